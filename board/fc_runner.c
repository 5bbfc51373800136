/* The runner of DTMM_BLOCK_FULLY_CONNECTED; extents: input values, rows, outputs. */
#include "dtmm_block_fc_check.h"
#include "runner.h"

static void run(const DtmmBlockFcOptions* options, const DtmmFcShape* shape, const Request* request) {
  const Guarded output = guarded_alloc((size_t)(shape->rows * shape->outputs));
  const Guarded scratch = guarded_alloc((size_t)dtmm_block_fc_wrapper_s8_get_buffer_size(options, shape));
  uint32_t from;
  uint32_t to;
  if (shape->input_values != request->bytes[kInput]) die("the accepted input shape is not that of the input");
  from = board_ticks();
  dtmm_block_fc_wrapper_s8(options, shape, &request->packed, (const int8_t*)request->blobs[kInput],
                           guarded_values(output), guarded_values(scratch));
  to = board_ticks();
  answer_output(output, scratch, board_instructions(from, to));
}

int main(void) {
  Request request;
  int32_t extents[3];
  while (read_request(&request, extents, 3)) {
    const DtmmFcShape shape = {extents[0], extents[1], extents[2]};
    DtmmBlockFcOptions options;
    const DtmmStatus status = dtmm_block_fc_check(request.blobs[kOptions], (size_t)request.bytes[kOptions],
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
