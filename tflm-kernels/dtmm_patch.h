/* Patches: the input values that a few output positions read, value by value of the kernel. For kernels whose
 * weights lie anywhere, so that nothing longer than one value can be loaded at a time.
 *
 * A patch holds, for every weight of a dense filter, the inputs of DTMM_PATCH_GROUP neighbouring positions
 * side by side, padding included. */
#ifndef DTMM_PATCH_H_
#define DTMM_PATCH_H_

#include <stdint.h>
#include <string.h>

#include "dtmm_filterlet_conv.h"
#include "dtmm_target.h"

#if DTMM_USE_MVE
#include <arm_mve.h>
#elif DTMM_USE_DSP
#include <arm_acle.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

enum { DTMM_PATCH_GROUP = 4 };

/* The DSP instructions multiply halves of words. */
#if DTMM_USE_DSP
typedef int16_t DtmmPatchValue;
#else
typedef int8_t DtmmPatchValue;
#endif

/* How a patch is laid out: where the value of a tap and a channel stands, in groups. */
typedef struct DtmmPatchLayout {
  int32_t tap_step;
  int32_t channel_step;
} DtmmPatchLayout;

/* Computes all filters at one group of positions, of which `count` are to be written; the others repeat one.
 * output: [count][filters] */
typedef void (*DtmmPatchKernel)(const void* layer, const DtmmPatchValue* patch, int32_t count,
                                int8_t* output);

/* Bytes of scratch for dtmm_patch_conv: a patch, and a column of padding. */
int32_t dtmm_patch_conv_get_buffer_size(const DtmmFilterletOptions* options);

/* Runs the kernel over all groups of output positions of a checked layer.
 * scratch: aligned to 8 bytes. */
void dtmm_patch_conv(const DtmmFilterletOptions* options, const DtmmConvShape* shape, DtmmPatchLayout layout,
                     DtmmPatchKernel kernel, const void* layer, const int8_t* input, int8_t* output,
                     int8_t* scratch);

/* The accumulators of a group. */
#if DTMM_USE_MVE
typedef int32x4_t DtmmPatchSums;

static inline DtmmPatchSums dtmm_patch_sums(int32_t bias) { return vdupq_n_s32(bias); }

/* Adds weight * value at all positions. */
static inline void dtmm_patch_add(const DtmmPatchValue* values, int32_t weight, DtmmPatchSums* sums) {
  *sums = vmlaq_n_s32(*sums, vldrbq_s32(values), weight);
}

static inline void dtmm_patch_store(const DtmmPatchSums* sums, int32_t* values) { vst1q_s32(values, *sums); }
#else
typedef struct DtmmPatchSums {
  int32_t at[DTMM_PATCH_GROUP];
} DtmmPatchSums;

static inline DtmmPatchSums dtmm_patch_sums(int32_t bias) {
  DtmmPatchSums sums;
  sums.at[0] = sums.at[1] = sums.at[2] = sums.at[3] = bias;
  return sums;
}

/* Adds weight * value at all positions. */
static inline void dtmm_patch_add(const DtmmPatchValue* values, int32_t weight, DtmmPatchSums* sums) {
#if DTMM_USE_DSP
  int32_t pairs[2];
  memcpy(pairs, values, sizeof pairs);
  sums->at[0] = __smlabb(pairs[0], weight, sums->at[0]);
  sums->at[1] = __smlatb(pairs[0], weight, sums->at[1]);
  sums->at[2] = __smlabb(pairs[1], weight, sums->at[2]);
  sums->at[3] = __smlatb(pairs[1], weight, sums->at[3]);
#else
  sums->at[0] += weight * values[0];
  sums->at[1] += weight * values[1];
  sums->at[2] += weight * values[2];
  sums->at[3] += weight * values[3];
#endif
}

static inline void dtmm_patch_store(const DtmmPatchSums* sums, int32_t* values) {
  memcpy(values, sums->at, sizeof sums->at);
}
#endif

/* Writes the outputs of one filter at `count` positions. output: that of the first position. */
void dtmm_patch_write(const DtmmFilterletOptions* options, const uint8_t* records, int32_t filter,
                      const DtmmPatchSums* sums, int32_t count, int8_t* output);

#ifdef __cplusplus
}
#endif

#endif /* DTMM_PATCH_H_ */
