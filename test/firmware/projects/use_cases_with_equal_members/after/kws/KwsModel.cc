#include "KwsModel.hpp"
// dtmm:begin include sha256:23a24889e347
#include "dtmm_filterlet_conv_2d.h"
// dtmm:end include

const tflite::MicroOpResolver& app::KwsModel::GetOpResolver() { return this->m_opResolver; }

bool app::KwsModel::EnlistOperations() {
  /*dtmm:drop 82b2dce1b5a5 this->m_opResolver.AddConv2D();*/
  this->m_opResolver.AddDepthwiseConv2D();
  this->m_opResolver.AddAveragePool2D();
  this->m_opResolver.AddReshape();
  this->m_opResolver.AddSoftmax();
  // dtmm:begin register sha256:2193153b1698
  this->m_opResolver.AddCustom(dtmm::kFilterletConv2DName, dtmm::RegisterFilterletConv2D());
  // dtmm:end register
  return true;
}
