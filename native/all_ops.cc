#include "all_ops.h"

#include "dtmm_block_fully_connected.h"
#include "dtmm_csr_conv_2d.h"
#include "dtmm_csr_fully_connected.h"
#include "dtmm_filterlet_conv_2d.h"
#include "dtmm_pattern_conv_2d.h"
#include "fault.h"

namespace dtmm {
namespace {

#ifdef DTMM_TREE_ALL_OPS
using TreeOps = DTMM_TREE_ALL_OPS;
int AddTreeOps(TreeOps* resolver) { return static_cast<int>(resolver->GetRegistrationLength()); }
#else
// No AllOpsResolver since 2023: the build lists the Add functions that the tree's header offers.
using TreeOps = tflite::MicroMutableOpResolver<192>;
int AddTreeOps(TreeOps* resolver) {
  int added = 0;
#define DTMM_ADD_OP(add) added += resolver->add() == kTfLiteOk ? 1 : 0;
#include "dtmm_all_ops.inc"
#undef DTMM_ADD_OP
  return added;
}
#endif

class Everything : public TreeOps {
 public:
  Everything() : tree_operators_(AddTreeOps(this)) {
    if (AddCustom(kFilterletConv2DName, RegisterFilterletConv2D()) != kTfLiteOk ||
        AddCustom(kBlockFullyConnectedName, RegisterBlockFullyConnected()) != kTfLiteOk ||
        AddCustom(kPatternConv2DName, RegisterPatternConv2D()) != kTfLiteOk ||
        AddCustom(kCsrConv2DName, RegisterCsrConv2D()) != kTfLiteOk ||
        AddCustom(kCsrFullyConnectedName, RegisterCsrFullyConnected()) != kTfLiteOk) {
      throw Fault("TFLM_RESOLVER_FULL", "the tree's op resolver has no room for DTMM's operators");
    }
  }
  int tree_operators() const { return tree_operators_; }
  void operator delete(void*) {}

 private:
  int tree_operators_;
};

const Everything& Instance() {
  static const Everything resolver;
  return resolver;
}

}  // namespace

const bridge::Resolver& AllOps() { return Instance(); }

int TreeOperatorCount() { return Instance().tree_operators(); }

}  // namespace dtmm
