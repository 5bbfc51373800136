#ifndef IMAGE_PROVIDER_H_
#define IMAGE_PROVIDER_H_

#include <cstdint>

constexpr int kImageBytes = 28 * 28;

enum class ImageStatus { kOk, kEnd, kTruncated };

// Fills `pixels` (kImageBytes values, row by row, 0 paper to 255 ink) with the next image. A board asks its
// camera here; this host version reads standard input.
ImageStatus GetImage(uint8_t* pixels);

#endif  // IMAGE_PROVIDER_H_
