/* The runner of the operators whose weights are no blocks; extents: which one (kOperators), input NHWC,
 * output NHWC. */
#include "dtmm_csr.h"
#include "dtmm_packed_format.h"
#include "dtmm_pattern.h"
#include "runner.h"

enum { kPatternConv, kCsrConv, kCsrFullyConnected };

static DtmmStatus check(int32_t op, const Request* request, const DtmmConvShape* shape,
                        DtmmFilterletOptions* options) {
  const uint8_t* bytes = request->blobs[kOptions];
  const size_t count = (size_t)request->bytes[kOptions];
  if (op == kPatternConv) return dtmm_pattern_check(bytes, count, shape, &request->packed, options);
  return dtmm_csr_check(bytes, count, op == kCsrConv ? DTMM_CSR_CONV_VERSION : DTMM_CSR_FC_VERSION, shape,
                        &request->packed, options);
}

static void run(int32_t op, const DtmmFilterletOptions* options, const DtmmConvShape* shape,
                const Request* request) {
  const int8_t* input = (const int8_t*)request->blobs[kInput];
  const DtmmNhwc* in = &shape->input;
  const DtmmNhwc* out = &shape->output;
  const Guarded output = guarded_alloc((size_t)(out->batches * out->height * out->width * out->channels));
  const Guarded scratch =
      guarded_alloc((size_t)(op == kPatternConv ? dtmm_pattern_conv_s8_get_buffer_size(options)
                                                : dtmm_csr_conv_s8_get_buffer_size(options, shape)));
  uint32_t from;
  uint32_t to;
  if ((int64_t)in->batches * in->height * in->width * in->channels != request->bytes[kInput]) {
    die("the accepted input shape is not that of the input");
  }
  from = board_ticks();
  if (op == kPatternConv) {
    dtmm_pattern_conv_s8(options, shape, &request->packed, input, guarded_values(output),
                         guarded_values(scratch));
  } else {
    dtmm_csr_conv_s8(options, shape, &request->packed, input, guarded_values(output),
                     guarded_values(scratch));
  }
  to = board_ticks();
  answer_output(output, scratch, board_instructions(from, to));
}

int main(void) {
  Request request;
  int32_t extents[9];
  while (read_request(&request, extents, 9)) {
    const int32_t* dims = extents + 1;
    const DtmmConvShape shape = {{dims[0], dims[1], dims[2], dims[3]}, {dims[4], dims[5], dims[6], dims[7]}};
    DtmmFilterletOptions options;
    const DtmmStatus status = check(extents[0], &request, &shape, &options);
    if (status == DTMM_STATUS_OK) {
      run(extents[0], &options, &shape, &request);
    } else {
      answer_refusal(status);
    }
    free_request(&request);
  }
  return 0;
}
