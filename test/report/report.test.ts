import { chmodSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { htmlReport } from "../../lib/report/html.js";
import { gatesMarkdown } from "../../lib/report/markdown.js";
import { escapeHtml, html } from "../../lib/report/markup.js";
import { prunePlots } from "../../lib/report/prune-plots.js";
import { type PruneResult, pruneResultSchema } from "../../lib/report/result.js";
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
  const pageOf = async (result: PruneResult) => htmlReport(result, await prunePlots(result));
  let page = "";
  beforeAll(async () => {
    page = await pageOf(sampleResult());
  });

  test("has every layer with its share and bytes", () => {
    for (const text of ["16x3x3x8", "37.5 %", "1,280", "594", "8x1x1x16", "100.0 %"])
      expect(page).toContain(text);
    expect(page.match(/aria-label="[0-9.]+ % kept"/g)).toHaveLength(2);
    expect(page).toContain('<rect class="kept" x="0.00" y="0" width="37.50" height="10"/>');
  });

  test("has a plot, with words for a screen reader and the numbers, for all that was measured", () => {
    for (const label of [
      "accuracy by bytes of the model file, 2 points",
      "Predicted loss by bytes of the model file, 3 points",
      "Bytes of both files by what they are for",
      "Layer 0: what is left of 2 filters of 3x3, 37.5 % of the weights",
      "Predicted instructions of 1 layers, dense and pruned",
      "Arena of the dense model over time: 3 activations, the peak at operator 1 with 12,000 bytes",
    ]) {
      expect(page).toContain(`role="img" aria-label="${label}"`);
    }
    expect(page.match(/<summary>The numbers<\/summary>/g)!.length).toBeGreaterThanOrEqual(5);
  });

  test("draws filterlets in shades: all, half, none", () => {
    const map = page.slice(page.indexOf('<svg class="map"'));
    // The first filter keeps its first position whole, its second by half, and nothing else.
    expect(map).toMatch(/class="shade-4" d="M0 0h4v4h-4z/);
    expect(map).toMatch(/class="shade-2" d="M4 0h4v4h-4z/);
    expect(map).toMatch(/class="shade-0" d="M8 0h4v4h-4z/);
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

  test("says when a limit was not met", async () => {
    const gates = [{ name: "flash", limit: 50_000, value: 54_000, pass: false }];
    const failed = await pageOf(sampleResult({ verdict: "fail", gates, files: [] }));
    expect(failed).toContain('<span class="fail">not met</span>');
    expect(failed).toContain("nothing was written");
  });

  test("says what the dense model was quantised from", async () => {
    const float = { bytes: 400_000, accuracy: 0.905, agreement: 0.99 };
    const says = "a float one of 400,000 B, accuracy 90.5 %; they agree on 99.0 %";
    const result = { ...sampleResult(), float };
    for (const text of [await pageOf(result), pruneSummary(result), gatesMarkdown(result)])
      expect(text).toContain(says);
  });

  test("does without the optional parts", async () => {
    const { verdict, method, target, seed, model, dense, pruned, seconds, schemaVersion } = sampleResult();
    const bare = { verdict, method, target, seed, model, dense, pruned, seconds, schemaVersion };
    expect(await pageOf({ ...bare, gates: [], layers: [], files: [] })).not.toMatch(/undefined|NaN/);
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

  test("the target's arena beside the host's, and how it was found", async () => {
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
    expect(htmlReport(result, await prunePlots(result))).toMatch(/Arena bytes, target.*16,000.*15,200/s);
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

test("terminal and HTML report say on which kernels the proof ran", async () => {
  const words = "400 evaluation inputs, 64 of them on TFLM's own kernels, the rest on equal host kernels";
  expect(pruneSummary(sampleResult())).toContain(words);
  const page = htmlReport(sampleResult(), await prunePlots(sampleResult()));
  expect(page).toContain(escapeHtml(words));
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
