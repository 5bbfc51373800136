/** A folder per way of building: the project before, the project with dtmm's glue, or why it is refused. */

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import type { DtmmError } from "../../../lib/errors/index.js";
import { planGlue } from "../../../lib/firmware/glue/index.js";
import { glueKinds, inLayout, layoutOf } from "../../../lib/firmware/glue/kinds.js";
import type { GlueFile, GlueRequest } from "../../../lib/firmware/glue/request.js";
import { unpatchBytes } from "../../../lib/firmware/patch.js";
import { treeOf } from "../../emit/project.js";

const folder = fileURLToPath(new URL("./cases/", import.meta.url));
const caseSchema = z.strictObject({
  kind: z.enum(glueKinds),
  out: z.string(),
  resolver: z.string().default("src/main.cc"),
  refused: z.strictObject({ path: z.string(), line: z.number().optional(), reason: z.string() }).optional(),
});
/** Writes what is missing in `after`; for a new case, to be read before it is committed. */
const record = process.env.DTMM_RECORD_GLUE === "1";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "dtmm-glue-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function requestOf({ kind, out, resolver }: z.infer<typeof caseSchema>): GlueRequest {
  const layout = layoutOf(kind);
  const sources = [
    inLayout(layout.model, "model_data.cc", layout),
    inLayout(layout.kernels, "dtmm_conv.cc", layout),
    inLayout(layout.kernels, "dtmm_conv.c", layout),
  ];
  const includeDirs = [...new Set([layout.model, layout.kernels])];
  return { kind, root, out, sources, includeDirs, resolverFile: resolver };
}

function write(files: readonly GlueFile[]): void {
  for (const { path, content } of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

describe.each(readdirSync(folder))("%s", (name) => {
  const place = (part: string) => join(folder, name, part);
  const one = caseSchema.parse(JSON.parse(readFileSync(place("case.json"), "utf8")));
  beforeEach(() => cpSync(place("before"), root, { recursive: true }));

  if (one.refused) {
    const { path, line, reason } = one.refused;
    test("is refused, with the lines to add", async () => {
      const error: DtmmError = await planGlue(requestOf(one)).then(
        () => expect.fail("nothing was refused"),
        (thrown) => thrown,
      );
      expect(error).toMatchObject({ code: "GLUE_NOT_PATCHABLE", exit: 1 });
      expect(error.message).toContain(`${path}${line === undefined ? "" : `:${line}`}: ${reason}`);
      expect(error.hint).toMatch(/^ {4}(include.*dtmm\.(mk|cmake)|lib_extra_dirs)/m);
    });
    return;
  }

  test("becomes the project in `after`; a second run changes nothing, and undo gives every byte back", async () => {
    const before = treeOf(root);
    const files = await planGlue(requestOf(one));
    write(files);
    if (record && !existsSync(place("after"))) cpSync(root, place("after"), { recursive: true });
    expect(treeOf(root)).toEqual(treeOf(place("after")));
    write(await planGlue(requestOf(one)));
    expect(treeOf(root)).toEqual(treeOf(place("after")));
    for (const { path, undo } of files) {
      if (undo === "file") rmSync(join(root, path));
      else writeFileSync(join(root, path), unpatchBytes(readFileSync(join(root, path)), path));
    }
    for (const [path, hash] of Object.entries(before)) expect(treeOf(root)[path]).toBe(hash);
  });
});

test("a block that was changed by hand is never replaced", async () => {
  cpSync(join(folder, "make", "before"), root, { recursive: true });
  const request = requestOf(caseSchema.parse({ kind: "make", out: "model" }));
  write(await planGlue(request));
  const edited = readFileSync(join(root, "Makefile"), "utf8").replace(
    "+= $(DTMM_INCLUDES)",
    "+= $(DTMM_INCLUDES) -O3",
  );
  writeFileSync(join(root, "Makefile"), edited);
  await expect(planGlue(request)).rejects.toMatchObject({ code: "PATCH_EDITED" });
});

test.each(glueKinds.filter((kind) => kind === "make" || kind === "cmake"))(
  "no build file for %s",
  async (kind) => {
    const request = requestOf(caseSchema.parse({ kind, out: "model" }));
    await expect(planGlue(request)).rejects.toMatchObject({ code: "GLUE_NOT_PATCHABLE" });
  },
);
