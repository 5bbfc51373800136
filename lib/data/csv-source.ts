import { dtmmError } from "../errors/index.js";
import type { CsvSettings } from "../options/data-settings.js";
import { type CsvRow, csvRows } from "./csv.js";
import { elementCount } from "./elements.js";
import { labelsOfTexts } from "./label-values.js";
import { chosenOf, type DataSource, type ExpectedInput, type Sample, type SampleChoice } from "./source.js";

/** Names that a column of classes goes by. */
const labelColumnName = /^(labels?|class(es)?|targets?|y)$/i;

/** Which cells of a row are what. */
interface Columns {
  /** Names, where the first row has them. */
  names?: readonly string[];
  inputs: readonly number[];
  label?: number;
}

interface CsvRequest {
  path: string;
  settings: CsvSettings;
  /** Names of the classes in the model's order. */
  classes: readonly string[] | undefined;
}

/**
 * Opens a CSV file with a sample a row. The file is read twice: to count its rows and see their classes, and to take the
 * numbers of the chosen rows.
 *
 * @throws DATA_UNREADABLE, CSV_*, CLASS_UNKNOWN
 */
export async function openCsv(request: CsvRequest, expected?: ExpectedInput): Promise<DataSource> {
  const { path, settings, classes } = request;
  let columns: Columns | undefined;
  let total = 0;
  const texts: string[] = [];
  const lines: number[] = [];
  for await (const row of csvRows(path, settings.delimiter)) {
    if (columns === undefined) {
      columns = columnsOf(row, request, expected);
      if (columns.names) continue;
    }
    total++;
    if (columns.label === undefined) continue;
    texts.push(row.cells[columns.label]!);
    lines.push(row.line);
  }
  const { inputs = [], names, label } = columns ?? {};
  const labels =
    label === undefined
      ? undefined
      : labelsOfTexts(
          texts,
          classes,
          (index) => `${path}, line ${lines[index]}, column ${columnName(label, names)}`,
        );
  return {
    ...{ kind: "csv", path, total, shape: [inputs.length], flat: true, type: "float64" },
    ...(labels ? { labels } : {}),
    read: (choice) =>
      readSamples(request, { inputs, names, label }, { total, labels: labels?.values, choice }),
  };
}

/** A cell that reads as a number; an empty one does not. */
function numberIn(cell: string): number {
  return cell === "" ? Number.NaN : Number(cell);
}

/** "7 (pixel7)" or "7" */
function columnName(column: number, names: readonly string[] | undefined): string {
  return names ? `${column} (${names[column]})` : String(column);
}

function columnsOf({ cells }: CsvRow, { path, settings }: CsvRequest, expected?: ExpectedInput): Columns {
  const names = namesIn(cells, settings);
  const place = { path, cells, names };
  const label =
    settings.label === undefined ? usualLabel(names, settings, expected) : findColumn(settings.label, place);
  const inputs = settings.columns
    ? settings.columns.map((column) => findColumn(column, place))
    : cells.map((_, column) => column).filter((column) => column !== label);
  return { names, inputs, label };
}

/** The names of the columns, where the first row has them. */
function namesIn(cells: readonly string[], { header }: CsvSettings): readonly string[] | undefined {
  return (header ?? cells.every((cell) => Number.isNaN(numberIn(cell)))) ? cells : undefined;
}

function findColumn(
  column: string | number,
  { path, cells, names }: { path: string; cells: readonly string[]; names: readonly string[] | undefined },
): number {
  const at = typeof column === "number" ? column : (names?.indexOf(column) ?? -1);
  if (at >= 0 && at < cells.length) return at;
  const known = names ?? [`0 to ${cells.length - 1} (the file has no header)`];
  throw dtmmError("CSV_COLUMN", { path, column: String(column), known });
}

/** The one column with a usual name, unless all columns together are the model's input. */
function usualLabel(
  names: readonly string[] | undefined,
  settings: CsvSettings,
  expected?: ExpectedInput,
): number | undefined {
  if (!names || settings.columns || (expected && elementCount(expected.shape) === names.length))
    return undefined;
  const usual = names.flatMap((name, column) => (labelColumnName.test(name) ? [column] : []));
  return usual.length === 1 ? usual[0] : undefined;
}

/**
 * The column of classes in a file that has nothing but labels to give: the one of the settings, the only one, or the one with a
 * usual name.
 *
 * @param cells the first row; a row of names where it is the header
 * @throws CSV_COLUMN
 */
export function labelColumnOf(
  cells: readonly string[],
  path: string,
  settings: CsvSettings,
): { column: number; isHeader: boolean } {
  // In a file of class names, only a usual name tells the header from the first class.
  const isHeader =
    settings.header ?? cells.some((cell) => labelColumnName.test(cell) || cell === settings.label);
  const names = isHeader ? cells : undefined;
  if (settings.label !== undefined) {
    return { column: findColumn(settings.label, { path, cells, names }), isHeader };
  }
  const column = cells.length === 1 ? 0 : (usualLabel(names, settings) ?? -1);
  if (column < 0) throw dtmmError("CSV_COLUMN", { path, column: "label", known: names ?? cells });
  return { column, isHeader };
}

async function* readSamples(
  { path, settings }: CsvRequest,
  { inputs, names }: Columns,
  { total, labels, choice }: { total: number; labels: Float64Array | undefined; choice: SampleChoice },
): AsyncGenerator<Sample> {
  const chosen = chosenOf(total, choice);
  let index = names ? -2 : -1;
  let next = 0;
  for await (const { cells, line } of csvRows(path, settings.delimiter)) {
    if (next === chosen.length) return;
    index++;
    if (index !== chosen[next]) continue;
    const values = Float64Array.from(inputs, (column) => {
      const value = numberIn(cells[column]!);
      if (!Number.isNaN(value)) return value;
      const place = { path, line, column: columnName(column, names) };
      throw dtmmError("CSV_VALUE", { ...place, value: cells[column]! });
    });
    yield { index, values, label: labels?.[index] };
    next++;
  }
}
