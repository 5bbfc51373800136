import {
  planResolverPatch,
  type Registration,
  type ResolverWish,
} from "../../lib/firmware/resolver/patch.js";

/** The registration of DTMM_FILTERLET_CONV_2D, as the expected texts spell it. */
export const filterletConv: Registration = {
  customName: "dtmm::kFilterletConv2DName",
  register: "dtmm::RegisterFilterletConv2D()",
  include: '"dtmm_filterlet_conv_2d.h"',
  replaces: "CONV_2D",
};

/** The patched text of a project that has this one source. */
export async function patchText(text: string, wish: ResolverWish, path = "main.cc"): Promise<string> {
  const result = await planResolverPatch([{ path, text }], wish);
  if (result.kind !== "patched") throw new Error(JSON.stringify(result));
  return result.sources[0]!.text;
}
