#include "AdModel.hpp"

const tflite::MicroOpResolver& app::AdModel::GetOpResolver() { return this->m_opResolver; }

bool app::AdModel::EnlistOperations() {
  this->m_opResolver.AddConv2D();
  this->m_opResolver.AddDepthwiseConv2D();
  this->m_opResolver.AddFullyConnected();
  return true;
}
