/* What can be wrong with a packed layer, and the sentence for it. */
#ifndef DTMM_STATUS_H_
#define DTMM_STATUS_H_

/* X(name, sentence) for every packed operator. The registration itself finds these: */
#define DTMM_OPERATOR_STATUSES(X)                                                 \
  X(ARENA, "the arena is too small")                                              \
  X(SLOTS, "needs 4 inputs and 1 output, or a workspace too")                     \
  X(ACTIVATION_TYPE, "input and output must be int8")                             \
  X(CONSTANT_TYPE, "needs int8 weights, uint8 index and uint8 records of rank 1") \
  X(NOT_CONSTANT, "weights, index and records must be constant")                  \
  X(RANK, "input and output do not have the rank that the operator needs")        \
  X(SCRATCH, "no room in the arena for the scratch memory")

/* These are found by the check of its options, shapes and constants: */
#define DTMM_LAYER_STATUSES(X)                                                   \
  X(OPTIONS_SIZE, "the custom options have the wrong size")                      \
  X(VERSION, "these kernels do not know the format version; emit both again")    \
  X(LAYOUT, "these kernels do not know the weight layout; emit for this target") \
  X(BLOCK, "the block size does not fit the layer")                              \
  X(ACTIVATION, "the activation range is empty")                                 \
  X(CHANNELS, "the channels of the options and of the tensors differ")           \
  X(SHAPE, "the output shape does not follow from the input shape")              \
  X(TOO_LARGE, "a tensor or the scratch memory does not fit 31 bits")            \
  X(INDEX_SIZE, "the index has the wrong size")                                  \
  X(RECORDS_SIZE, "the records have the wrong size")                             \
  X(INDEX_TAIL, "the bits after the end of the index are not zero")              \
  X(WEIGHTS_SIZE, "the index does not match the number of weights")              \
  X(MULTIPLIER, "a multiplier is negative")                                      \
  X(SHIFT, "a shift is not in -31 to 30")                                        \
  X(ACCUMULATOR, "an accumulator can overflow 32 bits")

/* And these in convolutions only: */
#define DTMM_CONV_STATUSES(X)                               \
  X(KERNEL_SIZE, "kernel height and width must be 1 to 11") \
  X(STRIDE, "strides and dilations must be at least 1")     \
  X(PADDING, "padding must be SAME or VALID")

#define DTMM_STATUS_ENUMERATOR(name, sentence) DTMM_STATUS_##name,

typedef enum DtmmStatus {
  DTMM_STATUS_OK = 0,
  DTMM_OPERATOR_STATUSES(DTMM_STATUS_ENUMERATOR) DTMM_LAYER_STATUSES(DTMM_STATUS_ENUMERATOR)
      DTMM_CONV_STATUSES(DTMM_STATUS_ENUMERATOR) DTMM_STATUS_COUNT
} DtmmStatus;

#undef DTMM_STATUS_ENUMERATOR

#endif /* DTMM_STATUS_H_ */
