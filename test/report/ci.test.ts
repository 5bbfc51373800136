/** What continuous integration reads of a prune: JUnit's XML and Markdown. */

import { expect, test } from "vitest";
import { gatesJUnit, junit } from "../../lib/report/junit.js";
import { gatesMarkdown, markdownTable } from "../../lib/report/markdown.js";
import { sampleResult } from "./sample-result.js";

test("JUnit has a case per limit, and a failure with both numbers", () => {
  const gates = [
    { name: "bitExact", limit: 0, value: 0, pass: true },
    { name: "flash", limit: 50_000, value: 54_000, pass: false },
  ];
  const xml = gatesJUnit(sampleResult({ gates }));
  expect(xml).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuite name="dtmm models/);
  expect(xml).toContain('tests="2" failures="1" time="6.800"');
  expect(xml).toContain('name="flash">\n    <failure message="54000, and at most 50000 was to be"/>');
});

test("JUnit stays XML whatever names hold", () => {
  const xml = junit('a"<&', [{ name: "b\u0000\u001bc", failure: "<d>\n'e'" }], 1);
  expect(xml).toContain("a&quot;&lt;&amp;");
  expect(xml).toContain('name="b  c"');
  expect(xml).toContain("&lt;d&gt;\n&#39;e&#39;");
});

test("Markdown has before, after and the limits", () => {
  const markdown = gatesMarkdown(sampleResult({ model: { path: "m.tflite", sha256: "" } }));
  expect(markdown).toContain("### dtmm: m.tflite: pass");
  expect(markdown).toContain("| model bytes | 100,000 | 54,000 | -46.0 % |");
  expect(markdown).toContain("| maxAccuracyDrop | 0.75 | 1 | met |");
  expect(markdown).toContain("- operator 2 stays dense: it would grow & grow");
});

test("cells of a Markdown table cannot break it", () => {
  expect(markdownTable(["a|b"], [["c\nd"], ["<e>"]])).toBe("| a\\|b |\n| --- |\n| c d |\n| \\<e\\> |");
});
