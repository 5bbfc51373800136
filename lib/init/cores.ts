import type { Target } from "../options/types.js";

/** Parts of the names of chips and boards, with the core that they have. The first that matches counts. */
const chips: readonly (readonly [RegExp, Target])[] = [
  [/esp32|esp8266|esp-?wrover/, "generic"],
  // Cortex-M0+: no DSP instructions, so the portable kernels.
  [/rpi_?pico_?2|pico_?2|rp2350/, "cortex-m33"],
  [/rpi_?pico|^pico|rp2040|samd21|mkr|stm32[lfg]0|nucleo_[lfg]0|nrf51/, "generic"],
  [/an547|ensemble|stm32n6|nucleo_n6|corstone-?3[01]0/, "cortex-m55"],
  [
    /nrf53|nrf54l|nrf91|stm32(u5|l5|h5)|nucleo_(u5|l5|h5)|b_u585|an505|an521|lpc55|ra6m[45]|thingy53/,
    "cortex-m33",
  ],
  [
    /stm32(f7|h7)|nucleo_(f7|h7)|disco_(f7|h7)|portenta|giga|mimxrt1|imxrt|teensy4|an500|stm32[fh]7\w*_disco/,
    "cortex-m7",
  ],
  [
    /nrf52|nano33ble|nano_?33|nicla|stm32(f3|f4|l4|g4|wb)|nucleo_(f3|f4|l4|g4|wb)|disco_(f3|f4|l4)|apollo3|samd51|same5|an386|uno_?r4|minima|ra4m1|teensy3|sparkfun_edge|reel_board|thingy52/,
    "cortex-m4",
  ],
  [/stm32(f1|f2|l1)|nucleo_(f1|f2|l1)|an385|qemu_cortex_m3|(^|:)due|sam3x|bluepill/, "cortex-m3"],
];

/** The core of a chip or board by its name; undefined for one that is not known. */
export function coreOfBoard(name: string): Target | undefined {
  const lower = name.toLowerCase();
  return chips.find(([pattern]) => pattern.test(lower))?.[1];
}

/** The target for `cortex-m4`, `cortex-m0plus` and the like; undefined if it is no Cortex-M. */
export function targetOfCore(core: string): Target | undefined {
  const number = /cortex[-_]m(\d+)/i.exec(core)?.[1];
  switch (number) {
    case undefined:
      return undefined;
    case "3":
      return "cortex-m3";
    case "4":
      return "cortex-m4";
    case "7":
      return "cortex-m7";
    case "33":
    case "35":
      return "cortex-m33";
    case "55":
    case "52":
    case "85":
      return "cortex-m55";
    default:
      return "generic";
  }
}
