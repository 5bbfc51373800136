#include "image_provider.h"

#include <cstdio>

ImageStatus GetImage(uint8_t* pixels) {
  const size_t received = std::fread(pixels, 1, kImageBytes, stdin);
  if (received == static_cast<size_t>(kImageBytes)) return ImageStatus::kOk;
  return received == 0 ? ImageStatus::kEnd : ImageStatus::kTruncated;
}
