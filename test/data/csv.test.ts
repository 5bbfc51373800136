import { describe, expect, test } from "vitest";
import { loadInputs } from "../../lib/data/inputs.js";
import { csvSettings } from "../../lib/options/data-settings.js";
import { thrownBy } from "../cli/support/throws.js";
import { fileMaker, open, plain, read } from "./support.js";

const saved = fileMaker();
const csv = (settings: object) => ({ csv: csvSettings.parse(settings) });

describe("rows become samples", () => {
  test("without a header", async () => {
    const source = await open(saved(".csv", "1,2.5,-3\n4,5e1,6\n"));
    expect(source).toMatchObject({ kind: "csv", total: 2, shape: [3], flat: true });
    expect(await read(source)).toEqual({
      indices: [0, 1],
      values: [
        [1, 2.5, -3],
        [4, 50, 6],
      ],
      labels: [undefined, undefined],
    });
  });

  test("with a header, quotes, a byte order mark, Windows' line ends and empty lines", async () => {
    const source = await open(saved(".csv", '\ufeffa,"b, really"\r\n\r\n1, "2" \r\n3,4\r\n\r\n'));
    expect((await read(source)).values).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test("the column of the classes by its usual name, by name and by number", async () => {
    const text = "id,label,x,y\n7,2,10,11\n8,0,12,13\n";
    const byUsualName = await open(saved(".csv", "label,a,b\n2,10,11\n0,12,13\n"), {}, [2]);
    expect(await read(byUsualName)).toMatchObject({
      values: [
        [10, 11],
        [12, 13],
      ],
      labels: [2, 0],
    });
    const byName = await open(saved(".csv", text), csv({ label: "label", columns: ["x", "y"] }));
    expect(await read(byName)).toMatchObject({
      values: [
        [10, 11],
        [12, 13],
      ],
      labels: [2, 0],
    });
    const byNumber = await open(saved(".csv", "5,1,2\n6,3,4\n"), csv({ label: 0 }));
    expect(await read(byNumber)).toMatchObject({
      values: [
        [1, 2],
        [3, 4],
      ],
      labels: [5, 6],
    });
  });

  test("a column with a usual name is an input where the model takes all of them", async () => {
    const source = await open(saved(".csv", "x,y\n1,2\n"), {}, [2]);
    expect(await read(source)).toMatchObject({ values: [[1, 2]], labels: [undefined] });
  });

  test("class names count sorted, or as the classes are given", async () => {
    const file = saved(".csv", "1,cat\n2,ant\n3,cat\n");
    const sorted = await open(file, csv({ label: 1 }));
    expect(sorted.labels?.names).toEqual(["ant", "cat"]);
    expect((await read(sorted)).labels).toEqual([1, 0, 1]);
    const given = await open(file, { ...csv({ label: 1 }), classes: ["cat", "dog", "ant"] });
    expect((await read(given)).labels).toEqual([0, 2, 0]);
    const error = await thrownBy(() => open(file, { ...csv({ label: 1 }), classes: ["cat", "dog"] }));
    expect([error.code, error.message]).toEqual([
      "CLASS_UNKNOWN",
      `${file}, line 2, column 1: there is no class "ant"`,
    ]);
  });

  test("only chosen rows are looked at", async () => {
    const rows = Array.from({ length: 50 }, (_, i) => (i === 7 ? "oops,1" : `${i},1`));
    const source = await open(saved(".csv", rows.join("\n")), csv({ header: false }));
    const { indices, values } = await read(source, { limit: 5, seed: 3 });
    expect(values.map(([first]) => first)).toEqual(indices);
    expect((await thrownBy(() => read(source))).message).toContain('line 8, column 0: "oops" is no number');
  });

  test("another delimiter, and a header of numbers", async () => {
    const source = await open(saved(".csv", "0;1\n5;6\n"), csv({ delimiter: ";", header: true }));
    expect((await read(source)).values).toEqual([[5, 6]]);
  });

  test("any number of rows for a model of that many values", async () => {
    const tensor = { type: "INT8", shape: [1, 2, 2, 1], scale: 1, zeroPoint: 0 };
    const { bytes, labels } = await loadInputs(saved(".csv", "a,b,c,d,class\n1,2,3,4,9\n"), tensor, plain);
    expect([...bytes, ...labels!.values]).toEqual([1, 2, 3, 4, 9]);
    const error = await thrownBy(() => loadInputs(saved(".csv", "1,2,3\n"), tensor, plain));
    expect(error.code).toBe("INPUT_SHAPE");
  });
});

describe("what is refused", () => {
  test.each([
    ["a ragged row", "1,2\n3\n", {}, "CSV_MALFORMED", "line 2"],
    ["a quote that never ends", '1,2\n"3,4\n', {}, "CSV_MALFORMED", "Quote"],
    ["an empty cell", "1,\n", {}, "CSV_VALUE", '""'],
    ["a word", "1,2\n3,x\n", {}, "CSV_VALUE", "line 2, column 1"],
    ["a label column that is not there", "a,b\n1,2\n", { label: "c" }, "CSV_COLUMN", '"c"'],
    ["a number beyond the columns", "1,2\n", { label: 2 }, "CSV_COLUMN", '"2"'],
    ["a name without a header", "1,2\n", { label: "c" }, "CSV_COLUMN", '"c"'],
  ])("%s", async (_, text, settings, code, message) => {
    const error = await thrownBy(async () => read(await open(saved(".csv", text), csv(settings))));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  test("an empty file and one with a header only: INPUT_EMPTY", async () => {
    const tensor = { type: "INT8", shape: [1, 2], scale: 1, zeroPoint: 0 };
    for (const text of ["", "a,b\n"]) {
      expect((await thrownBy(() => loadInputs(saved(".csv", text), tensor, plain))).code).toBe("INPUT_EMPTY");
    }
  });

  test("infinite values: INPUT_NOT_FINITE", async () => {
    const tensor = { type: "INT8", shape: [1, 2], scale: 1, zeroPoint: 0 };
    const error = await thrownBy(() => loadInputs(saved(".csv", "1,2\n1,Infinity\n"), tensor, plain));
    expect([error.code, error.message.includes("sample 1")]).toEqual(["INPUT_NOT_FINITE", true]);
  });
});
