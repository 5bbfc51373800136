/* Runs packed layers from stdin through check and kernel, as one process for thousands of layers.
 *
 * Request, int32 little endian then bytes: option, weight, index, record and input byte counts, input NHWC,
 * output NHWC, the five blobs in that order. Answer: status, scratch bytes, output bytes, the output. Every
 * blob is its own exact allocation, so that a sanitizer sees each byte that is read beyond it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtmm_filterlet_check.h"

#ifndef GUARD_BYTES
#define GUARD_BYTES 64
#endif

enum { kOptions, kWeights, kIndex, kRecords, kInput, kBlobs };
enum { kGuardValue = 0x5a };

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

static int read_ints(int32_t* values, size_t count) {
  return fread(values, sizeof(int32_t), count, stdin) == count;
}

static void write_ints(int32_t status, int32_t scratch_bytes, int32_t output_bytes) {
  const int32_t values[3] = {status, scratch_bytes, output_bytes};
  fwrite(values, sizeof(int32_t), 3, stdout);
}

static void run(const DtmmFilterletOptions* options, const DtmmConvShape* shape,
                const DtmmPackedTensors* packed, const int8_t* input) {
  const int32_t scratch_bytes = dtmm_filterlet_conv_wrapper_s8_get_buffer_size(options, shape);
  const DtmmNhwc* out = &shape->output;
  const Guarded output = guarded_alloc((size_t)(out->batches * out->height * out->width * out->channels));
  const Guarded scratch = guarded_alloc((size_t)scratch_bytes);
  dtmm_filterlet_conv_wrapper_s8(options, shape, packed, input, (int8_t*)(output.block + GUARD_BYTES),
                                 scratch_bytes == 0 ? NULL : (int8_t*)(scratch.block + GUARD_BYTES));
  write_ints(DTMM_STATUS_OK, scratch_bytes, (int32_t)output.bytes);
  fwrite(output.block + GUARD_BYTES, 1, output.bytes, stdout);
  guarded_free(output);
  guarded_free(scratch);
}

int main(void) {
  int32_t head[kBlobs + 8];
  while (read_ints(head, kBlobs + 8)) {
    const int32_t* dims = head + kBlobs;
    const DtmmConvShape shape = {{dims[0], dims[1], dims[2], dims[3]}, {dims[4], dims[5], dims[6], dims[7]}};
    unsigned char* blobs[kBlobs];
    DtmmPackedTensors packed;
    DtmmFilterletOptions options;
    DtmmStatus status;
    int i;
    for (i = 0; i < kBlobs; ++i) {
      const size_t bytes = (size_t)head[i];
      blobs[i] = (unsigned char*)malloc(bytes);
      if (bytes > 0 && fread(blobs[i], 1, bytes, stdin) != bytes) die("request is cut off");
    }
    packed.weights = (const int8_t*)blobs[kWeights];
    packed.weight_bytes = head[kWeights];
    packed.index = blobs[kIndex];
    packed.index_bytes = head[kIndex];
    packed.records = blobs[kRecords];
    packed.record_bytes = head[kRecords];
    status = dtmm_filterlet_check(blobs[kOptions], (size_t)head[kOptions], &shape, &packed, &options);
    if (status != DTMM_STATUS_OK) {
      write_ints((int32_t)status, 0, 0);
    } else {
      const int64_t input_bytes = (int64_t)dims[0] * dims[1] * dims[2] * dims[3];
      if (input_bytes != head[kInput]) die("the accepted input shape is not that of the input");
      run(&options, &shape, &packed, (const int8_t*)blobs[kInput]);
    }
    for (i = 0; i < kBlobs; ++i) free(blobs[i]);
  }
  return 0;
}
