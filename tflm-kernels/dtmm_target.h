/* Which kernels the compiler's target has instructions for. One of the two macros is 1 at most:
 *
 *   DTMM_USE_MVE   Helium with integers: Cortex-M55, M85
 *   DTMM_USE_DSP   16-bit multiply-accumulate in pairs: Cortex-M4, M7, M33 and M35P with DSP, Armv7-A
 *
 * With DTMM_FORCE_REFERENCE defined, and on every other core, both are 0: the portable kernels run. */
#ifndef DTMM_TARGET_H_
#define DTMM_TARGET_H_

#define DTMM_USE_MVE 0
#define DTMM_USE_DSP 0

/* The kernels read several int8 values as one word, the first in its lowest byte. */
#if !defined(DTMM_FORCE_REFERENCE) && !defined(__ARM_BIG_ENDIAN)
#if defined(__ARM_FEATURE_MVE) && (__ARM_FEATURE_MVE & 1)
#undef DTMM_USE_MVE
#define DTMM_USE_MVE 1
#elif defined(__ARM_FEATURE_DSP) && defined(__ARM_FEATURE_SIMD32)
#undef DTMM_USE_DSP
#define DTMM_USE_DSP 1
#endif
#endif

#endif /* DTMM_TARGET_H_ */
