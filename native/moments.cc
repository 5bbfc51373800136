#include "moments.h"

#include <Eigen/Core>
#include <algorithm>

namespace dtmm {
namespace {
constexpr size_t kBlockRows = 256;  // 256 * 255 * 255 < 2^24: see the class comment
}  // namespace

PatchMoments::PatchMoments(const ConvGeometry& geometry, int input_zero_point, int targets)
    : geometry_(geometry),
      zero_point_(input_zero_point),
      order_(geometry.PatchSize() + 1),
      block_(kBlockRows * order_),
      product_(order_ * order_),
      sums_(order_ * order_),
      targets_(static_cast<size_t>(targets)),
      target_block_(kBlockRows * targets_),
      target_product_(targets_ * order_),
      cross_(targets_ * order_) {}

void PatchMoments::Add(const int8_t* input, const float* targets) {
  const ConvGeometry& g = geometry_;
  for (int y = 0; y < g.output_height; ++y) {
    for (int x = 0; x < g.output_width; ++x) {
      float* row = block_.data() + rows_ * order_;
      for (int ky = 0; ky < g.kernel_height; ++ky) {
        const int iy = g.InputRow(y, ky);
        for (int kx = 0; kx < g.kernel_width; ++kx, row += g.input_channels) {
          const int ix = g.InputColumn(x, kx);
          if (iy < 0 || iy >= g.input_height || ix < 0 || ix >= g.input_width) {
            std::fill(row, row + g.input_channels, 0.0f);
            continue;
          }
          const int8_t* source = input + (static_cast<size_t>(iy) * g.input_width + ix) * g.input_channels;
          for (int c = 0; c < g.input_channels; ++c) row[c] = static_cast<float>(source[c] - zero_point_);
        }
      }
      *row = 1.0f;
      if (targets_ > 0) {
        std::copy_n(targets, targets_, target_block_.data() + rows_ * targets_);
        targets += targets_;
      }
      if (++rows_ == kBlockRows) Flush();
    }
  }
}

void PatchMoments::Flush() {
  if (rows_ == 0) return;
  const auto order = static_cast<Eigen::Index>(order_);
  Eigen::Map<Eigen::MatrixXf> product(product_.data(), order, order);
  Eigen::Map<const Eigen::MatrixXf> block(block_.data(), order, static_cast<Eigen::Index>(rows_));
  product.setZero();
  product.selfadjointView<Eigen::Lower>().rankUpdate(block);
  for (size_t column = 0; column < order_; ++column) {
    const float* from = product_.data() + column * order_;
    double* to = sums_.data() + column * order_;
    for (size_t row = column; row < order_; ++row) to[row] += from[row];
  }
  if (targets_ > 0) {
    const auto targets = static_cast<Eigen::Index>(targets_);
    Eigen::Map<Eigen::MatrixXf> cross(target_product_.data(), order, targets);
    const Eigen::Map<const Eigen::MatrixXf> wanted(target_block_.data(), targets, block.cols());
    cross.noalias() = block * wanted.transpose();
    for (size_t i = 0; i < cross_.size(); ++i) cross_[i] += target_product_[i];
  }
  count_ += static_cast<double>(rows_);
  rows_ = 0;
}

std::vector<double> PatchMoments::Sums() {
  Flush();
  std::vector<double> full(sums_);
  for (size_t column = 0; column < order_; ++column) {
    for (size_t row = column + 1; row < order_; ++row)
      full[row * order_ + column] = full[column * order_ + row];
  }
  return full;
}

std::vector<double> PatchMoments::Cross() {
  Flush();
  return cross_;
}

}  // namespace dtmm
