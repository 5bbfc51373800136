import type { Registration } from "../../lib/firmware/resolver/patch.js";

/** The registration of DTMM_FILTERLET_CONV_2D, as the expected texts spell it. */
export const filterletConv: Registration = {
  customName: "dtmm::kFilterletConv2DName",
  register: "dtmm::RegisterFilterletConv2D()",
  include: '"dtmm_filterlet_conv_2d.h"',
};
