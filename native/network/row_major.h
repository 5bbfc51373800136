// Matrices of the forward and the backward pass, which lie in plain arrays.
#pragma once

// Eigen computes small products value by value, and where the result begins in memory then decides which
// values are summed in which order: the last bits of a training would follow the allocator. The way of large
// products does not look at addresses.
#define EIGEN_GEMM_TO_COEFFBASED_THRESHOLD 1

#include <Eigen/Core>

namespace dtmm {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace dtmm
