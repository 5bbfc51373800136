/**
 * The reports in a real browser: Debian's Chromium. What is compared is what does not hang on the machine's fonts: overflow,
 * requests, accessibility, and the colours in which plots are painted on a light and on a dark page.
 */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compareHtml } from "../../lib/report/compare/html.js";
import { htmlReport } from "../../lib/report/html.js";
import { prunePlots } from "../../lib/report/prune-plots.js";
import { tempFolder, writeFiles } from "../cli/support/temp-folder.js";
import { sampleComparison } from "./sample-comparison.js";
import { sampleResult } from "./sample-result.js";

const executable = ["chromium", "chromium-browser", "google-chrome"].find(
  (name) => spawnSync(name, ["--version"]).status === 0,
);
const required = process.env.CI === "true" && process.platform === "linux";
const skipped = executable === undefined && !required;
const note = skipped ? " (skipped: no chromium on this machine)" : "";

const args = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
  ...["--disable-background-networking", "--disable-component-update"],
];
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = tempFolder();

/** A page's horizontal extent, beyond its window. */
const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Colours in which marks of plots are painted, as the browser computes them, and that of the page. */
const paint = (page: Page) =>
  page.evaluate(() => ({
    page: getComputedStyle(document.body).backgroundColor,
    marks: [...document.querySelectorAll("svg.chart path, svg.chart text")]
      .map((mark) => getComputedStyle(mark).fill)
      .filter((fill, i, all) => fill.startsWith("rgb(") && all.indexOf(fill) === i),
  }));

/** Contrast of two colours by WCAG 2. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string) => {
    const [red, green, blue] = [...colour.matchAll(/[\d.]+/g)].map(([value]) => {
      const channel = Number(value) / 255;
      return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

describe.skipIf(skipped)(`reports in a browser${note}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    const result = sampleResult();
    writeFiles(folder, {
      "prune.html": htmlReport(result, await prunePlots(result)),
      "compare.html": await compareHtml(sampleComparison()),
    });
    const executablePath = spawnSync("which", [executable ?? "chromium"], { encoding: "utf8" }).stdout.trim();
    browser = await chromium.launch({ executablePath, args });
  }, 60_000);
  afterAll(() => browser?.close());

  /** Opens a report; what it says on the console or asks of the network is collected. */
  async function open(file: string, colorScheme: "light" | "dark", width: number) {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
    const said: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith("file:")) said.push(request.url());
    });
    await page.goto(pathToFileURL(path.join(folder, file)).href);
    return { page, said };
  }

  describe.each(["prune.html", "compare.html"])("%s", (file) => {
    test.each([360, 1000])(
      "at %i pixels: nothing to scroll sideways, nothing said, nothing fetched",
      async (width) => {
        const { page, said } = await open(file, "light", width);
        expect(await overflow(page)).toBe(0);
        expect(said).toEqual([]);
        await page.close();
      },
    );

    test("light and dark: plots are painted in other colours, each readable on its page", async () => {
      const painted = [];
      for (const scheme of ["light", "dark"] as const) {
        const { page } = await open(file, scheme, 1000);
        painted.push(await paint(page));
        await page.close();
      }
      const [light, dark] = painted as [(typeof painted)[0], (typeof painted)[0]];
      expect(light!.page).not.toBe(dark!.page);
      for (const { page, marks } of [light!, dark!]) {
        expect(marks.length).toBeGreaterThan(3);
        // WCAG 2 asks for 3:1 of what is needed to understand a graphic.
        for (const mark of marks.filter((colour) => colour !== page)) {
          expect(contrast(mark, page), `${mark} on ${page}`).toBeGreaterThan(3);
        }
      }
    });

    test("a plot takes its place: no mark outside of its drawing, none of them empty", async () => {
      const { page } = await open(file, "light", 1000);
      const boxes = await page.evaluate(() =>
        [...document.querySelectorAll("svg.chart")].map((svg) => {
          const outer = svg.getBoundingClientRect();
          const marks = [...svg.querySelectorAll("path, text, rect")]
            .map((mark) => mark.getBoundingClientRect())
            .filter(({ width, height }) => width + height > 0);
          const inside = marks.every(
            ({ left, right, top, bottom }) =>
              left >= outer.left - 2 &&
              right <= outer.right + 2 &&
              top >= outer.top - 2 &&
              bottom <= outer.bottom + 2,
          );
          return { marks: marks.length, inside, height: outer.height };
        }),
      );
      expect(boxes.length).toBeGreaterThan(3);
      for (const { marks, inside, height } of boxes) {
        expect(inside).toBe(true);
        expect(marks).toBeGreaterThan(5);
        expect(height).toBeGreaterThan(50);
      }
      await page.close();
    });

    test.each(["light", "dark"] as const)("%s: no serious fault in accessibility", async (scheme) => {
      const { page } = await open(file, scheme, 1000);
      await page
        .evaluate((source) => {
          // The page's policy forbids scripts; the debugger may evaluate all the same.
          new Function(source)();
        }, axe)
        .catch(() => page.evaluate(axe));
      const faults = await page.evaluate(async () => {
        const { axe: tool } = globalThis as unknown as {
          axe: { run(): Promise<{ violations: { id: string; impact: string }[] }> };
        };
        return (await tool.run()).violations.map(({ id, impact }) => `${impact}: ${id}`);
      });
      expect(faults.filter((fault) => /^(serious|critical)/.test(fault))).toEqual([]);
      await page.close();
    });
  });
});
