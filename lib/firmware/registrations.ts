import type { Registration } from "./resolver/patch.js";

/** How each of dtmm's custom ops is registered in firmware; the key is the op's name in the model. */
const registrations: Readonly<Record<string, Registration>> = {
  DTMM_FILTERLET_CONV_2D: {
    customName: "dtmm::kFilterletConv2DName",
    register: "dtmm::RegisterFilterletConv2D()",
    include: '"dtmm_filterlet_conv_2d.h"',
  },
};

/** The names of all custom ops that dtmm can put into a model. */
export const customOps: readonly string[] = Object.keys(registrations);

/** The C++ expressions that register the named ops, in the order given. */
export function registrationsFor(ops: readonly string[]): Registration[] {
  return ops.map((op) => {
    const registration = registrations[op];
    if (!registration) throw new Error(`no registration is known for the custom op ${op}`);
    return registration;
  });
}
