/* The runner of DTMM_FILTERLET_CONV_2D; extents: input NHWC, output NHWC. */
#include "dtmm_filterlet_check.h"
#include "runner.h"

static void run(const DtmmFilterletOptions* options, const DtmmConvShape* shape, const Request* request) {
  const DtmmNhwc* in = &shape->input;
  const DtmmNhwc* out = &shape->output;
  const Guarded output = guarded_alloc((size_t)(out->batches * out->height * out->width * out->channels));
  const Guarded scratch =
      guarded_alloc((size_t)dtmm_filterlet_conv_wrapper_s8_get_buffer_size(options, shape));
  uint32_t from;
  uint32_t to;
  if ((int64_t)in->batches * in->height * in->width * in->channels != request->bytes[kInput]) {
    die("the accepted input shape is not that of the input");
  }
  from = board_ticks();
  dtmm_filterlet_conv_wrapper_s8(options, shape, &request->packed, (const int8_t*)request->blobs[kInput],
                                 guarded_values(output), guarded_values(scratch));
  to = board_ticks();
  answer_output(output, scratch, board_instructions(from, to));
}

int main(void) {
  Request request;
  int32_t dims[8];
  while (read_request(&request, dims, 8)) {
    const DtmmConvShape shape = {{dims[0], dims[1], dims[2], dims[3]}, {dims[4], dims[5], dims[6], dims[7]}};
    DtmmFilterletOptions options;
    const DtmmStatus status = dtmm_filterlet_check(request.blobs[kOptions], (size_t)request.bytes[kOptions],
                                                   &shape, &request.packed, &options);
    if (status == DTMM_STATUS_OK) {
      run(&options, &shape, &request);
    } else {
      answer_refusal(status);
    }
    free_request(&request);
  }
  return 0;
}
