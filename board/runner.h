/* Runs packed layers from stdin through check and kernel, as one process for thousands of layers, on the host
 * or on an emulated board: what the runners of all operators share.
 *
 * Request, int32 little endian then bytes: option, weight, index, record and input byte counts, the extents
 * of the activations, the five blobs in that order. Answer: status, scratch bytes, output bytes, instructions
 * that the kernel took (0 on the host), the output.
 * Every blob is its own exact allocation, so that a sanitizer sees each byte that is read beyond it. A board
 * has none: there, with RUNNER_USE_EDGE, one blob of each request, in turn, ends where memory ends, wherever
 * that puts its start, and reading on is a fault. */
#ifndef RUNNER_H_
#define RUNNER_H_

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtmm_packed_layer.h"
#include "dtmm_status.h"
#include "instruction_counter.h"

#ifndef GUARD_BYTES
#define GUARD_BYTES 64
#endif

enum { kOptions, kWeights, kIndex, kRecords, kInput, kBlobs };
enum { kGuardValue = 0x5a };

typedef struct Request {
  int32_t bytes[kBlobs];
  unsigned char* blobs[kBlobs];
  DtmmPackedTensors packed;
  int edge_blob; /* the blob that ends where memory ends, or kBlobs */
} Request;

typedef struct Guarded {
  unsigned char* block;
  size_t bytes;
} Guarded;

static void die(const char* what) {
  fprintf(stderr, "runner: %s\n", what);
  exit(1);
}

static Guarded guarded_alloc(size_t bytes) {
  Guarded memory;
  memory.bytes = bytes;
  memory.block = (unsigned char*)malloc(bytes + 2 * GUARD_BYTES);
  if (memory.block == NULL) die("no memory");
  memset(memory.block, kGuardValue, bytes + 2 * GUARD_BYTES);
  return memory;
}

/* The guarded bytes, or NULL for none, as the kernels get them. */
static int8_t* guarded_values(Guarded memory) {
  return memory.bytes == 0 ? NULL : (int8_t*)(memory.block + GUARD_BYTES);
}

static void guarded_free(Guarded memory) {
  int i;
  for (i = 0; i < GUARD_BYTES; ++i) {
    if (memory.block[i] != kGuardValue ||
        memory.block[GUARD_BYTES + memory.bytes + (size_t)i] != kGuardValue) {
      die("wrote outside of its buffer");
    }
  }
  free(memory.block);
}

#ifdef RUNNER_USE_EDGE

extern unsigned char board_edge_start[]; /* from the linker script */
extern unsigned char board_edge_end[];

/* `bytes` bytes that end where memory ends, but aligned; NULL if there is no room. */
static unsigned char* edge_alloc(size_t bytes, size_t alignment) {
  const size_t taken = (bytes + alignment - 1) / alignment * alignment;
  return taken > (size_t)(board_edge_end - board_edge_start) ? NULL : board_edge_end - taken;
}

#else

static unsigned char* edge_alloc(size_t bytes, size_t alignment) {
  (void)bytes;
  (void)alignment;
  return NULL;
}

#endif

/* Memory for one blob; of every kBlobs requests, each blob is once at the edge. */
static unsigned char* blob_alloc(Request* request, int blob, int32_t turn) {
  const size_t bytes = (size_t)request->bytes[blob];
  /* The format promises that records start at a multiple of 16. */
  unsigned char* const at_edge = turn % kBlobs == blob ? edge_alloc(bytes, blob == kRecords ? 16 : 1) : NULL;
  if (at_edge == NULL) return (unsigned char*)malloc(bytes);
  request->edge_blob = blob;
  return at_edge;
}

/* The next request; 0 at the end of the input. Behind it stands free_request. */
static int read_request(Request* request, int32_t* extents, size_t extent_count) {
  static int32_t turn = 0;
  int i;
  if (fread(request->bytes, sizeof(int32_t), kBlobs, stdin) != kBlobs) return 0;
  if (fread(extents, sizeof(int32_t), extent_count, stdin) != extent_count) die("request is cut off");
  request->edge_blob = kBlobs;
  for (i = 0; i < kBlobs; ++i) {
    const size_t bytes = (size_t)request->bytes[i];
    request->blobs[i] = blob_alloc(request, i, turn);
    if (bytes > 0 && fread(request->blobs[i], 1, bytes, stdin) != bytes) die("request is cut off");
  }
  request->packed.weights = (const int8_t*)request->blobs[kWeights];
  request->packed.weight_bytes = request->bytes[kWeights];
  request->packed.index = request->blobs[kIndex];
  request->packed.index_bytes = request->bytes[kIndex];
  request->packed.records = request->blobs[kRecords];
  request->packed.record_bytes = request->bytes[kRecords];
  ++turn;
  return 1;
}

static void free_request(Request* request) {
  int i;
  for (i = 0; i < kBlobs; ++i) {
    if (i != request->edge_blob) free(request->blobs[i]);
  }
}

static void write_head(DtmmStatus status, size_t scratch_bytes, size_t output_bytes, uint32_t instructions) {
  const uint32_t values[4] = {(uint32_t)status, (uint32_t)scratch_bytes, (uint32_t)output_bytes,
                              instructions};
  fwrite(values, sizeof(uint32_t), 4, stdout);
}

static void answer_refusal(DtmmStatus status) { write_head(status, 0, 0, 0); }

/* Writes the output of an accepted layer, and frees it and the scratch memory. */
static void answer_output(Guarded output, Guarded scratch, uint32_t instructions) {
  write_head(DTMM_STATUS_OK, scratch.bytes, output.bytes, instructions);
  fwrite(output.block + GUARD_BYTES, 1, output.bytes, stdout);
  guarded_free(output);
  guarded_free(scratch);
}

#endif /* RUNNER_H_ */
