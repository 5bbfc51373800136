/** Folders of files with a sample each, in folders by class or all in one. */

import { readdir, realpath, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { dtmmError } from "../errors/index.js";
import { unreadable } from "./read-file.js";
import type { SourceLabels } from "./source.js";

/** Names of images that are read. */
export const imageName = /\.(jpe?g|png|webp|gif|tiff?)$/i;

/** Kinds of files, by the end of their names. */
const kindsByEnd = {
  images: imageName,
  audio: /\.wav$/i,
  bin: /\.bin$/i,
} as const;

export type FolderKind = keyof typeof kindsByEnd;

/** Files of a folder that are read, as errors list them. */
const folderFormats = ".jpg, .png, .webp, .gif, .tif, .wav, .bin";

export interface DataFolder {
  kind: FolderKind;
  /** In the order of their classes and names. */
  files: string[];
  /** Where the files stand in a folder by class. */
  labels?: SourceLabels & { values: Float64Array };
  notes: string[];
}

/** The kind of a file, undefined where it is none that is read. */
export function kindOfFile(name: string): FolderKind | undefined {
  return (Object.keys(kindsByEnd) as FolderKind[]).find((kind) => kindsByEnd[kind].test(name));
}

/** What a folder holds, hidden files aside. */
interface Listing {
  files: string[];
  /** Numbers of files of no kind that is read, by the end of their names. */
  others: Map<string, number>;
}

/** No data set is deeper. */
const maxDepth = 16;

/**
 * Lists the data of a folder. Files that stand in it directly have no class; else every folder in it is a class, whose number is
 * its place in `classes`, or among the sorted names. Folders that `classes` leaves out are passed over, and so are hidden files
 * and files of kinds that are not read.
 *
 * @throws DATA_UNREADABLE, DATA_FOLDER_*, CLASS_FOLDERS
 */
export async function listFolder(path: string, classes: readonly string[] | undefined): Promise<DataFolder> {
  const top = await entriesOf(path);
  const direct: Listing = { files: [], others: new Map() };
  for (const name of top.files) add(direct, join(path, name));
  const listed = await Promise.all(
    top.folders.map(async (name) => ({ name, listing: await listingOf(join(path, name)) })),
  );
  // A folder without any data counts as a class only where no other file says that it is for something else.
  const folders = listed.filter(({ listing }) => listing.files.length > 0 || listing.others.size === 0);
  const holding = folders.find(({ listing }) => listing.files.length > 0);
  const others = othersOf([direct, ...listed.map(({ listing }) => listing)]);
  if (direct.files.length === 0 && holding === undefined) {
    throw dtmmError("DATA_FOLDER_EMPTY", { path, formats: folderFormats, others });
  }
  if (direct.files.length > 0 && holding !== undefined) {
    const file = direct.files[0]!.slice(path.length + 1);
    throw dtmmError("DATA_FOLDER_LAYOUT", { path, file, folder: holding.name });
  }
  const notes = others.length > 0 ? [`passed over: ${others.join(", ")}`] : [];
  if (holding === undefined) return { kind: kindOf(path, direct.files), files: direct.files, notes };
  const names = classes ?? folders.map(({ name }) => name);
  const byName = new Map(folders.map(({ name, listing }) => [name, listing.files]));
  const unlisted = folders.flatMap(({ name }) => (names.includes(name) ? [] : [name]));
  const missing = names.filter((name) => !byName.has(name));
  if (missing.length > 0 && unlisted.length > 0) {
    throw dtmmError("CLASS_FOLDERS", { path, missing, others: unlisted });
  }
  if (unlisted.length > 0) notes.push(`folders that are no class: ${unlisted.join(", ")}`);
  const labelled = names.flatMap((name, label) => (byName.get(name) ?? []).map((file) => ({ file, label })));
  const files = labelled.map(({ file }) => file);
  const values = Float64Array.from(labelled, ({ label }) => label);
  return { kind: kindOf(path, files), files, labels: { values, names }, notes };
}

function kindOf(path: string, files: readonly string[]): FolderKind {
  const counts = new Map<FolderKind, number>();
  for (const file of files) {
    const kind = kindOfFile(file)!;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  if (counts.size > 1) {
    const kinds = [...counts].map(([kind, count]) => `${count} of ${kind}`);
    throw dtmmError("DATA_FOLDER_MIXED", { path, kinds });
  }
  return [...counts.keys()][0]!;
}

/** All files below a folder, sorted by their paths. Links are followed, but into no folder twice. */
async function listingOf(folder: string): Promise<Listing> {
  const listing: Listing = { files: [], others: new Map() };
  const seen = new Set<string>();
  const visit = async (path: string, depth: number): Promise<void> => {
    const real = await realpath(path).catch((error) => unreadable(path, error));
    if (seen.has(real) || depth > maxDepth) return;
    seen.add(real);
    const { files, folders } = await entriesOf(path);
    for (const name of files) add(listing, join(path, name));
    for (const name of folders) await visit(join(path, name), depth + 1);
  };
  await visit(folder, 0);
  return listing;
}

function add({ files, others }: Listing, file: string): void {
  if (kindOfFile(file)) {
    files.push(file);
  } else {
    const end = extname(file).toLowerCase() || "files without an end";
    others.set(end, (others.get(end) ?? 0) + 1);
  }
}

/** "3 .bmp", "1 .txt" */
function othersOf(listings: readonly Listing[]): string[] {
  const sums = new Map<string, number>();
  for (const { others } of listings) {
    for (const [end, count] of others) sums.set(end, (sums.get(end) ?? 0) + count);
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([end, count]) => `${count} ${end}`);
}

async function entriesOf(path: string): Promise<{ files: string[]; folders: string[] }> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error) => unreadable(path, error));
  const files: string[] = [];
  const folders: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith(".") || entry.name === "__MACOSX") continue;
    const facts = entry.isSymbolicLink() ? await stat(join(path, entry.name)).catch(() => undefined) : entry;
    if (facts?.isFile()) files.push(entry.name);
    if (facts?.isDirectory()) folders.push(entry.name);
  }
  return { files: files.sort(), folders: folders.sort() };
}
