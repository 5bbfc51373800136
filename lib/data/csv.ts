import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { dtmmError } from "../errors/index.js";
import { openDataFile, unreadable } from "./read-file.js";

/** A row of a CSV file: its cells without the space around them, and the line it ends on, counted from 1. */
export interface CsvRow {
  cells: string[];
  line: number;
}

/** A row with more characters is no row: the delimiter or a quote is wrong. */
const maxRowCharacters = 16 * 1024 * 1024;

/**
 * Reads a CSV file row by row (RFC 4180: quotes, line breaks within them); empty lines are passed over.
 *
 * @throws DATA_UNREADABLE; CSV_MALFORMED, also for a row with other than the first one's number of cells
 */
export async function* csvRows(path: string, delimiter: string): AsyncGenerator<CsvRow> {
  const { parse } = await import("csv-parse");
  await (await openDataFile(path)).close();
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    max_record_size: maxRowCharacters,
    skip_empty_lines: true,
    trim: true,
  });
  // Errors of the file reach the parser, and whoever stops early ends the reading of the file.
  pipeline(createReadStream(path), parser, () => undefined);
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      yield { cells: record, line: info.lines };
    }
  } catch (error) {
    throw malformed(path, error);
  }
}

function malformed(path: string, error: unknown): unknown {
  const { code, message } = error as { code?: string; message: string };
  if (code?.startsWith("CSV_")) return dtmmError("CSV_MALFORMED", { path, problem: message }, error);
  return unreadable(path, error);
}
