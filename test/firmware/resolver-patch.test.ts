import { describe, expect, test } from "vitest";
import { DtmmError } from "../../lib/errors/index.js";
import { findResolvers } from "../../lib/firmware/resolver/find.js";
import { type Registration, removeResolverPatch } from "../../lib/firmware/resolver/patch.js";
import { patchText } from "./registration.js";

const conv: Registration = {
  customName: "dtmm::kConvName",
  register: "dtmm::RegisterConv()",
  include: '"conv.h"',
};
const dense: Registration = {
  customName: "dtmm::kDenseName",
  register: "dtmm::RegisterDense()",
  include: '"dense.h"',
};
const source = `#include "resolver.h"

void Setup() {
  tflite::MicroMutableOpResolver<5> ops;
  ops.AddConv2D();
}
`;

const patch = (text: string, registrations: Registration[]) => patchText(text, { registrations });

function errorOf(work: () => unknown): DtmmError {
  try {
    work();
  } catch (error) {
    if (error instanceof DtmmError) return error;
  }
  throw new Error("no DtmmError was thrown");
}

describe("registrations", () => {
  test("two ops take two slots, two includes and two calls", async () => {
    const text = await patch(source, [conv, dense]);
    expect(text).toContain("MicroMutableOpResolver</*dtmm:was 5 +2*/7>");
    expect(text).toContain('#include "conv.h"\n#include "dense.h"\n');
    expect(text).toContain("  ops.AddCustom(dtmm::kDenseName, dtmm::RegisterDense());\n");
  });

  test("a patch for other ops replaces the earlier one", async () => {
    expect(await patch(await patch(source, [conv, dense]), [dense])).toBe(await patch(source, [dense]));
  });

  test("no op left means no patch left", async () => {
    expect(await patch(await patch(source, [conv]), [])).toBe(source);
  });

  test("a header that is included already is not included again", async () => {
    const text = await patch(`#include "conv.h"\n${source}`, [conv]);
    expect(text.match(/#include "conv\.h"/g)).toHaveLength(1);
  });
});

describe("edits inside of the patch", () => {
  test("a changed block is refused with its line", async () => {
    const edited = (await patch(source, [conv])).replace("AddCustom(dtmm::kConvName", "AddCustom(kMyName");
    const error = errorOf(() => removeResolverPatch(edited, "src/main.cc"));
    expect(error.code).toBe("PATCH_EDITED");
    expect(error.message).toContain("src/main.cc:9:");
    await expect(patch(edited, [conv])).rejects.toMatchObject({
      code: "PATCH_EDITED",
    });
  });

  test("a block without its end is refused", async () => {
    const edited = (await patch(source, [conv])).replace("  // dtmm:end register\n", "");
    expect(errorOf(() => removeResolverPatch(edited, "main.cc")).message).toContain("dtmm:end register");
  });

  test("formatting is no edit: indentation, line endings, blanks after the size", async () => {
    const text = (await patch(source, [conv]))
      .replace("  // dtmm:begin reg", "\t// dtmm:begin reg")
      .replace("  ops.AddCustom", "\t\tops.AddCustom")
      .replace("+1*/6", "+1*/ 6")
      .replaceAll("\n", "\r\n");
    expect(removeResolverPatch(text, "main.cc")).toBe(source.replaceAll("\n", "\r\n"));
  });

  test("a size that the user raised keeps what the user added", async () => {
    const raised = (await patch(source, [conv])).replace("*/6>", "*/8>");
    expect(removeResolverPatch(raised, "main.cc")).toBe(source.replace("<5>", "<7>"));
  });

  test("a size that makes no sense is refused", async () => {
    const broken = (await patch(source, [conv])).replace("*/6>", "*/kOps>");
    const error = errorOf(() => removeResolverPatch(broken, "main.cc"));
    expect(error.code).toBe("PATCH_EDITED");
    expect(error.message).toContain("main.cc:7:");
  });
});

describe("findResolvers", () => {
  test("lists objects and their calls", async () => {
    expect(await findResolvers(source)).toEqual([
      { name: "ops", kind: "mutable", size: "5", line: 4, adds: ["AddConv2D"] },
    ]);
  });

  test("a local name hides the one outside", async () => {
    const text = `tflite::MicroMutableOpResolver<1> ops;\nvoid F() { tflite::MicroMutableOpResolver<2> ops; ops.AddMul(); }`;
    expect((await findResolvers(text)).map(({ size, adds }) => [size, adds])).toEqual([
      ["1", []],
      ["2", ["AddMul"]],
    ]);
  });

  test("calls named Add on other objects do not count", async () => {
    expect(await findResolvers("void F(List& list) { list.AddItem(1); }")).toEqual([]);
  });

  test("text that is not C++ gives no resolver and no exception", async () => {
    expect(await findResolvers("\u0000}}}} MicroMutableOpResolver< <<< )")).toEqual([]);
  });
});
