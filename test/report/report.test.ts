import { chmodSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { htmlReport } from "../../lib/report/html.js";
import { escapeHtml, html } from "../../lib/report/markup.js";
import { pruneResultSchema } from "../../lib/report/result.js";
import { checkResultPlace, resultJson, writeResultFile } from "../../lib/report/result-json.js";
import { gateFailures, pruneSummary } from "../../lib/report/summary.js";
import { textTable } from "../../lib/report/text-table.js";
import { tempFolder, writeFiles } from "../cli/support/temp-folder.js";
import { thrownBy } from "../cli/support/throws.js";
import { sampleResult } from "./sample-result.js";

const folder = tempFolder();

describe("the result object", () => {
  test("passes its own schema, and comes back from JSON", () => {
    const result = sampleResult();
    expect(pruneResultSchema.parse(JSON.parse(resultJson(result)))).toEqual(result);
  });

  test.each([
    ["an accuracy in percent", { dense: { bytes: 1, arenaBytes: 1, accuracy: 90, samples: 1 } }],
    ["another version", { schemaVersion: 2 as 1 }],
    ["a hash that is none", { model: { path: "m", sha256: "abc" } }],
  ])("the schema refuses %s", (_, changes) => {
    expect(pruneResultSchema.safeParse({ ...sampleResult(), ...changes }).success).toBe(false);
  });
});

describe("the HTML report", () => {
  const page = htmlReport(sampleResult());

  test("has every layer with its share and bytes", () => {
    for (const text of ["16x3x3x8", "37.5 %", "1,280", "594", "8x1x1x16", "100.0 %"])
      expect(page).toContain(text);
    expect(page.match(/aria-label="[^"]* kept"/g)).toHaveLength(2);
    expect(page).toContain('<rect class="kept" x="0.00" y="0" width="37.50" height="10"/>');
  });

  test("draws the bytes by kind to the scale of the dense file", () => {
    // Pruned: 736 bytes of layers and 18 of index, of 100,000; the rest of its 54,000 is other content.
    expect(page).toContain('aria-label="736 bytes of prunable layers, 18 of index, 53,246 of other content"');
    expect(page).toContain('<rect class="rest" x="0.75" y="0" width="53.25" height="10"/>');
  });

  test("escapes every text", () => {
    expect(page).not.toMatch(/<script/i);
    expect(page).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;");
    expect(page).toContain("it would grow &amp; grow");
  });

  test("refers to nothing outside itself", () => {
    expect(page).not.toMatch(/\b(src|href)=|url\(|@import|https?:/);
    expect(page).toContain("default-src 'none'");
  });

  test("closes what it opens", () => {
    for (const tag of ["table", "tr", "td", "th", "svg", "p", "div", "span", "h2"]) {
      const count = (pattern: RegExp) => page.match(pattern)?.length ?? 0;
      expect(count(new RegExp(`<${tag}[ >]`, "g")), tag).toBe(count(new RegExp(`</${tag}>`, "g")));
    }
  });

  test("says when a limit was not met", () => {
    const gates = [{ name: "flash", limit: 50_000, value: 54_000, pass: false }];
    const failed = htmlReport(sampleResult({ verdict: "fail", gates, files: [] }));
    expect(failed).toContain('<span class="fail">not met</span>');
    expect(failed).toContain("nothing was written");
  });

  test("does without the optional parts", () => {
    const { evaluation: _, diet: __, tflm: ___, warnings: ____, ...bare } = sampleResult();
    expect(htmlReport({ ...bare, gates: [], layers: [], files: [] })).not.toMatch(/undefined|NaN/);
  });

  test("escaping by hand", () => {
    expect(escapeHtml(`<a b="c" d='e'>&`)).toBe("&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
    expect(html`<i>${"<"}${1}${[html`<b/>`, html`<b/>`]}</i>`.text).toBe("<i>&lt;1<b/>\n<b/></i>");
  });
});

describe("the summary", () => {
  test("before and after, layers, limits and files", () => {
    const lines = pruneSummary(sampleResult()).split("\n");
    expect(lines).toContain("model bytes           100,000  54,000       -46.0 %");
    expect(lines).toContain("arena bytes, host      20,000  20,500        +2.5 %");
    expect(lines).toContain("accuracy               90.0 %  89.3 %  -0.75 points");
    expect(lines.find((line) => line.includes("DTMM_FILTERLET_CONV_2D"))).toMatch(
      /16x3x3x8 +37.5 % +1,280 +594$/,
    );
    expect(lines.find((line) => line.includes("8x1x1x16"))).toContain("stays dense: it would grow & grow");
    expect(lines.find((line) => line.startsWith("maxAccuracyDrop"))).toMatch(/0.75 +1 +met/);
    expect(lines.find((line) => line.includes("model.tflite"))).toMatch(/54,000$/);
  });

  test("the target's arena beside the host's, and how it was found", () => {
    const { dense, pruned, ...rest } = sampleResult();
    const from = "TFLM on an emulated cortex-m4";
    const result = {
      ...rest,
      dense: { ...dense, arenaTarget: { bytes: 16_000, from } },
      pruned: { ...pruned, arenaTarget: { bytes: 15_200, from } },
    };
    const lines = pruneSummary(result).split("\n");
    expect(lines).toContain("arena bytes, host      20,000  20,500        +2.5 %");
    expect(lines).toContain("arena bytes, target    16,000  15,200        -5.0 %");
    expect(lines.find((line) => line.includes(from))).toContain("evaluation inputs");
    expect(htmlReport(result)).toMatch(/Arena bytes, target.*16,000.*15,200/s);
  });

  test("what was not met, and that nothing was written", () => {
    const gates = [
      { name: "flash", limit: 50_000, value: 54_000, pass: false },
      { name: "bitExact", limit: 0, value: 0, pass: true },
    ];
    expect(gateFailures(gates)).toEqual(["flash is 54,000, the limit is 50,000"]);
    const text = pruneSummary(sampleResult({ verdict: "fail", gates }));
    expect(text).toContain("NOT MET");
    expect(text).toContain("Nothing was written");
    expect(text).not.toContain("Wrote");
  });

  test("without labels, accuracy is called what it is", () => {
    const evaluation = { path: "e.npy", samples: 1, accuracyMeans: "agreement" as const };
    const text = pruneSummary(sampleResult({ evaluation, dryRun: true }));
    expect(text).not.toContain("accuracy  ");
    expect(text.match(/agreement with dense/g)).toHaveLength(1);
    expect(text).toContain("Would write");
  });

  test("columns", () => {
    const rows = [
      ["name", "n"],
      ["a", "100"],
    ];
    expect(textTable(rows)).toBe("name    n\na     100");
  });
});

test("terminal and HTML report say on which kernels the proof ran", () => {
  const words = "400 evaluation inputs, 64 of them on TFLM's own kernels, the rest on equal host kernels";
  expect(pruneSummary(sampleResult())).toContain(words);
  expect(htmlReport(sampleResult())).toContain(escapeHtml(words));
  const proof = { treeSamples: 400, hostSamples: 0, strays: [3] };
  expect(pruneSummary(sampleResult({ proof }))).toMatch(/on 400 evaluation inputs$/m);
});

describe("writing a result", () => {
  test("makes folders, replaces what was there, leaves nothing else", async () => {
    const file = path.join(folder, "new/deep/result.json");
    await checkResultPlace(file);
    await writeResultFile(file, "old");
    await checkResultPlace(file);
    await writeResultFile(file, "new");
    expect(readFileSync(file, "utf8")).toBe("new");
    expect(readdirSync(path.dirname(file))).toEqual(["result.json"]);
    expect(statSync(file).mode & 0o044).toBe(0o044);
  });

  test.each([
    ["a folder", "."],
    ["below a file", "file.txt/result.json"],
    ["deep below a file", "file.txt/a/b/result.json"],
  ])("%s: RESULT_UNWRITABLE, before and after the work", async (_, place) => {
    writeFiles(folder, { "file.txt": "text" });
    const file = path.join(folder, place);
    expect((await thrownBy(() => checkResultPlace(file))).code).toBe("RESULT_UNWRITABLE");
    expect((await thrownBy(() => writeResultFile(file, "x"))).code).toBe("RESULT_UNWRITABLE");
    expect(readFileSync(path.join(folder, "file.txt"), "utf8")).toBe("text");
  });

  test.skipIf(process.getuid?.() === 0)(
    "a folder without permission (skipped for root, who may)",
    async () => {
      const locked = path.join(folder, "locked");
      writeFiles(locked, { "a.txt": "" });
      chmodSync(locked, 0o555);
      const error = await thrownBy(() => checkResultPlace(path.join(locked, "r.json")));
      expect(error.message).toContain("permission denied");
    },
  );
});
