/* Sequential reader of the bitmap index, the least significant bit of each byte first. */
#ifndef DTMM_INDEX_READER_H_
#define DTMM_INDEX_READER_H_

#include <stdint.h>

/* Most bits that one dtmm_index_read may ask for: up to 7 are left over, and the window holds 32. */
enum { DTMM_INDEX_CHUNK = 24 };

typedef struct DtmmIndexReader {
  const uint8_t* next; /* first byte that is not in the window yet */
  uint32_t window;     /* bits read from memory and not handed out, the next one in bit 0 */
  int32_t available;   /* number of bits in the window */
} DtmmIndexReader;

/* Starts at bit 0 of `index`. */
static inline DtmmIndexReader dtmm_index_reader(const uint8_t* index) {
  DtmmIndexReader reader;
  reader.next = index;
  reader.window = 0;
  reader.available = 0;
  return reader;
}

/* The next `count` bits (1 to DTMM_INDEX_CHUNK), the first in bit 0. Never touches a byte it needs no bit of.
 */
static inline uint32_t dtmm_index_read(DtmmIndexReader* reader, int32_t count) {
  uint32_t bits;
  while (reader->available < count) {
    reader->window |= (uint32_t)*reader->next++ << reader->available;
    reader->available += 8;
  }
  bits = reader->window & (((uint32_t)1 << count) - 1);
  reader->window >>= count;
  reader->available -= count;
  return bits;
}

/* Position of the lowest set bit; `bits` must not be 0. */
static inline int32_t dtmm_lowest_bit(uint32_t bits) {
#if defined(__GNUC__)
  return __builtin_ctz(bits);
#else
  int32_t position = 0;
  while ((bits & 1) == 0) {
    bits >>= 1;
    ++position;
  }
  return position;
#endif
}

#endif /* DTMM_INDEX_READER_H_ */
