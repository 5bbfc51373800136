#pragma once

#include "Model.hpp"

namespace app {
class AdModel : public Model {
 protected:
  const tflite::MicroOpResolver& GetOpResolver() override;
  bool EnlistOperations() override;

 private:
  static constexpr int ms_maxOpCnt = 5;
  tflite::MicroMutableOpResolver<ms_maxOpCnt> m_opResolver;
};
}  // namespace app
