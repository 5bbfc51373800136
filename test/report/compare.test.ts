import { beforeAll, describe, expect, test } from "vitest";
import { compareJUnit, compareMarkdown } from "../../lib/report/compare/ci.js";
import { compareHtml } from "../../lib/report/compare/html.js";
import { representatives } from "../../lib/report/compare/representatives.js";
import { compareSummary } from "../../lib/report/compare/summary.js";
import { verdict } from "../../lib/report/compare/verdict.js";
import { compareResultSchema } from "../../lib/report/compare-result.js";
import { sampleComparison, samplePoint } from "./sample-comparison.js";

test("the result passes its own schema", () => {
  const result = sampleComparison();
  expect(compareResultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
});

test("who wins is said in words", () => {
  const [both, bytes] = sampleComparison().equalAccuracy;
  expect(verdict(both!)).toBe("bytes: filterlet takes 29.0 % less; instructions: chip takes 20.0 % less");
  expect(verdict(bytes!)).toBe("bytes: filterlet takes 37.5 % less");
  expect(verdict({ ...bytes!, bytesRatio: 1.003 })).toBe("bytes: even");
});

test("a method is shown by its smallest file within two points, or by the one that loses least", () => {
  const points = [
    samplePoint({ method: "a", bytes: 3, drop: 0.5 }),
    samplePoint({ method: "a", bytes: 2, drop: 2 }),
    samplePoint({ method: "a", bytes: 1, drop: 2.5 }),
    samplePoint({ method: "a", bytes: 1, drop: 1, seed: 2 }),
    samplePoint({ method: "b", bytes: 9, drop: 5 }),
    samplePoint({ method: "b", bytes: 8, drop: 6 }),
  ].map((point) => ({ ...point }));
  expect(representatives(points).map(({ bytes }) => bytes)).toEqual([2, 9]);
});

describe("the page", () => {
  let page = "";
  beforeAll(async () => {
    page = await compareHtml(sampleComparison());
  });

  test("has the plots, the ratios with their winner, and what could not be done", () => {
    for (const label of [
      "tiny &lt;b&gt;: accuracy by bytes of the model file, 4 points",
      "tiny &lt;b&gt;: accuracy by instructions per inference, 4 points",
      "tiny &lt;b&gt;: bytes by what they are for, one file of each method",
      "tiny &lt;b&gt;: share of the weights that each layer keeps, by method",
    ]) {
      expect(page).toContain(`role="img" aria-label="${label}"`);
    }
    expect(page).toContain("instructions: chip takes 20.0 % less");
    expect(page).toContain("the budget cannot be met");
  });

  test("escapes every text and refers to nothing outside itself", () => {
    expect(page).not.toContain("<b>");
    expect(page).not.toMatch(/<script|\b(src|href)=|url\(|@import|https?:/);
  });

  test("without counted instructions there is no plot of them", async () => {
    const points = sampleComparison().points.map(({ instructions: _, ...point }) => point);
    expect(await compareHtml(sampleComparison({ points }))).not.toContain("by instructions");
  });
});

test("the summary has every point, every ratio and every reason", () => {
  const lines = compareSummary(sampleComparison()).split("\n");
  expect(lines.find((line) => line.includes("60,000") && line.includes("filterlet, refit"))).toContain(
    "89.0 %",
  );
  expect(lines.find((line) => line.includes("filterlet / chip"))).toMatch(/1\.0 +1 +0\.710 +1\.250/);
  expect(lines.find((line) => line.includes("the budget cannot be met"))).toContain("10.0 %");
});

test("Markdown holds tables whatever the names are", () => {
  const markdown = compareMarkdown(sampleComparison());
  expect(markdown).toContain(
    "| tiny \\<b\\> | cortex-m4 | refit | filterlet / chip | 1.0 | 1 | 0.710 | 1.250 |",
  );
  const columns = markdown
    .split("\n")
    .filter((line) => line.startsWith("| tiny") || line.startsWith("| ---"));
  expect(columns.length).toBe(2 + 2 + 4);
});

test("JUnit has a case per point, and says which was not bit-exact", () => {
  const points = sampleComparison().points.map((point, i) => ({ ...point, bitExact: i !== 1 }));
  const xml = compareJUnit(sampleComparison({ points }));
  expect(xml).toContain('tests="4" failures="1"');
  expect(xml).toContain("tiny &lt;b&gt;");
  expect(xml.match(/<testcase /g)).toHaveLength(4);
  expect(xml.match(/<failure message="packed and stock model gave different bytes"\/>/g)).toHaveLength(1);
});
