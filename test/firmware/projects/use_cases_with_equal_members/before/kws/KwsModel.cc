#include "KwsModel.hpp"

const tflite::MicroOpResolver& app::KwsModel::GetOpResolver() { return this->m_opResolver; }

bool app::KwsModel::EnlistOperations() {
  this->m_opResolver.AddConv2D();
  this->m_opResolver.AddDepthwiseConv2D();
  this->m_opResolver.AddAveragePool2D();
  this->m_opResolver.AddReshape();
  this->m_opResolver.AddSoftmax();
  return true;
}
