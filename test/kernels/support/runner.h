/* Runs packed layers from stdin through check and kernel, as one process for thousands of layers: what the
 * runners of all operators share.
 *
 * Request, int32 little endian then bytes: option, weight, index, record and input byte counts, the extents
 * of the activations, the five blobs in that order. Answer: status, scratch bytes, output bytes, the output.
 * Every blob is its own exact allocation, so that a sanitizer sees each byte that is read beyond it. */
#ifndef RUNNER_H_
#define RUNNER_H_

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtmm_packed_layer.h"
#include "dtmm_status.h"

#ifndef GUARD_BYTES
#define GUARD_BYTES 64
#endif

enum { kOptions, kWeights, kIndex, kRecords, kInput, kBlobs };
enum { kGuardValue = 0x5a };

typedef struct Request {
  int32_t bytes[kBlobs];
  unsigned char* blobs[kBlobs];
  DtmmPackedTensors packed;
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

/* The next request; 0 at the end of the input. Behind it stands free_request. */
static int read_request(Request* request, int32_t* extents, size_t extent_count) {
  int i;
  if (fread(request->bytes, sizeof(int32_t), kBlobs, stdin) != kBlobs) return 0;
  if (fread(extents, sizeof(int32_t), extent_count, stdin) != extent_count) die("request is cut off");
  for (i = 0; i < kBlobs; ++i) {
    const size_t bytes = (size_t)request->bytes[i];
    request->blobs[i] = (unsigned char*)malloc(bytes);
    if (bytes > 0 && fread(request->blobs[i], 1, bytes, stdin) != bytes) die("request is cut off");
  }
  request->packed.weights = (const int8_t*)request->blobs[kWeights];
  request->packed.weight_bytes = request->bytes[kWeights];
  request->packed.index = request->blobs[kIndex];
  request->packed.index_bytes = request->bytes[kIndex];
  request->packed.records = request->blobs[kRecords];
  request->packed.record_bytes = request->bytes[kRecords];
  return 1;
}

static void free_request(Request* request) {
  int i;
  for (i = 0; i < kBlobs; ++i) free(request->blobs[i]);
}

static void write_ints(int32_t status, int32_t scratch_bytes, int32_t output_bytes) {
  const int32_t values[3] = {status, scratch_bytes, output_bytes};
  fwrite(values, sizeof(int32_t), 3, stdout);
}

static void answer_refusal(DtmmStatus status) { write_ints((int32_t)status, 0, 0); }

/* Writes the output of an accepted layer, and frees it and the scratch memory. */
static void answer_output(Guarded output, Guarded scratch) {
  write_ints(DTMM_STATUS_OK, (int32_t)scratch.bytes, (int32_t)output.bytes);
  fwrite(output.block + GUARD_BYTES, 1, output.bytes, stdout);
  guarded_free(output);
  guarded_free(scratch);
}

#endif /* RUNNER_H_ */
