import type { InspectDataResult } from "./data-result.js";
import { count, percent, shape } from "./format.js";
import { textTable } from "./text-table.js";

/** A preview of data for the terminal: what they are, their values, classes and first samples, and the model's word on them. */
export function dataSummary(result: InspectDataResult): string {
  const parts = [
    [dataLine(result), ...settingLines(result), ...result.data.notes].join("\n"),
    valueTable(result),
    classTable(result),
    ...result.first.map((sample) => firstSample(sample, result.data.shape)),
    modelLines(result).join("\n"),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function dataLine({ data, read }: InspectDataResult): string {
  const all = data.samples === undefined ? "" : `${count(data.samples)} `;
  const looked = read === data.samples ? "" : `; ${count(read)} of them were read`;
  return `${data.kind}: ${data.path}, ${all}samples of ${shape(data.shape)}, ${data.type}${looked}`;
}

function settingLines({ settings }: InspectDataResult): string[] {
  const words = (value: unknown): string => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return JSON.stringify(value);
    return Object.entries(value)
      .map(([key, inner]) => `${key}=${typeof inner === "string" ? inner : JSON.stringify(inner)}`)
      .join(",");
  };
  return Object.entries(settings).map(([key, value]) => `${key}: ${words(value)}`);
}

function valueTable({ recorded, real, notFinite }: InspectDataResult): string {
  const row = (title: string, { min, max, mean, std }: NonNullable<typeof recorded>) => [
    title,
    ...[min, max, mean, std].map(digits),
  ];
  const rows = [...(recorded ? [row("recorded", recorded)] : []), ...(real ? [row("real", real)] : [])];
  if (rows.length === 0) return "";
  const table = textTable([["values", "min", "max", "mean", "std"], ...rows]);
  return notFinite === 0 ? table : `${table}\n${count(notFinite)} values are NaN or infinite`;
}

function digits(value: number): string {
  return String(Number(value.toPrecision(5)));
}

function classTable({ classes }: InspectDataResult): string {
  if (classes === undefined) return "";
  const rows = classes.map(({ class: number, name = "", samples }) => [String(number), name, count(samples)]);
  return textTable([["class", "name", "samples"], ...rows], [1]);
}

function firstSample(
  { sample, class: label, values, picture }: InspectDataResult["first"][number],
  axes: readonly number[],
): string {
  const title = `sample ${sample}${label === undefined ? "" : `, class ${label}`}`;
  const numbers = values.map((value) => (value === null ? "-" : digits(value))).join(" ");
  const more = values.length < axes.reduce((product, axis) => product * axis, 1) ? " ..." : "";
  return [`${title}: ${numbers}${more}`, ...(picture ?? []).map((line) => `  ${line}`)].join("\n");
}

function modelLines({ model, real }: InspectDataResult): string[] {
  if (model === undefined) return [];
  const { input, problems, clamped, fits } = model;
  const range = input.range ? `, real values ${digits(input.range[0])} to ${digits(input.range[1])}` : "";
  const lines = [`model: ${model.path} takes ${input.type} ${shape(input.shape)}${range}`];
  if (clamped !== undefined && clamped > 0)
    lines.push(`${percent(clamped)} of the values lie beyond that range`);
  const used = real && input.range && share(real, input.range);
  if (used !== undefined && used < 0.1) {
    lines.push(`the values fill only ${percent(used)} of that range: check --input-scale and --input-offset`);
  }
  return [
    ...lines,
    fits ? "the data fit" : "the data do not fit:",
    ...problems.map(({ code, message }) => `  ${code}: ${message}`),
  ];
}

/** How much of the input's range lies between the least and the greatest value. */
function share({ min, max }: { min: number; max: number }, [low, high]: readonly number[]): number {
  const inside = Math.min(max, high!) - Math.max(min, low!);
  return Math.max(0, inside) / (high! - low!);
}
