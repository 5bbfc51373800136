/**
 * The kernels as a board runs them: cross-compiled for every core, run by QEMU over the sweeps of test/kernels, held
 * byte for byte against the plain reference.
 */

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type BoardCore, boardCores } from "../../lib/board/boards.js";
import {
  boardFolder,
  compileObjects,
  kernelSources,
  linkProgram,
  strictFlags,
} from "../../lib/board/compile.js";
import { emulate } from "../../lib/board/emulate.js";
import { decodeAnswers, encodeRequests, type RunnerRequest } from "../../lib/board/requests.js";
import { convCases } from "../kernels/support/conv-cases.js";
import { fcCases } from "../kernels/support/fc-cases.js";
import { runnerRequest } from "../kernels/support/layers.js";
import { sparseCases } from "../kernels/support/sparse-cases.js";
import { boardSkipNote, buildFolder, haveBoardTools } from "./support/board.js";

interface BoardBuild {
  name: string;
  flags: readonly string[];
  asCxx?: boolean;
}

const builds: BoardBuild[] = [
  { name: "C99, -O3", flags: ["-std=c99", "-O3"] },
  { name: "C++11, -O2", flags: ["-std=c++11", "-O2", "-fno-rtti", "-fno-exceptions"], asCxx: true },
];

const sweeps = [
  {
    runner: "conv_runner.c",
    cases: convCases.map((c) => ({ ...c, request: runnerRequest(c.request) })),
  },
  { runner: "fc_runner.c", cases: fcCases },
  { runner: "sparse_runner.c", cases: sparseCases },
];

/** One program per runner: the kernels are compiled once, with every warning an error. */
async function buildRunners(core: BoardCore, { flags, asCxx }: BoardBuild): Promise<Map<string, string>> {
  const place = await buildFolder();
  const sources = [...sweeps.map(({ runner }) => join(boardFolder, runner)), ...kernelSources()];
  const objects = await compileObjects(
    { core, sources, flags: [...flags, ...strictFlags, "-DRUNNER_USE_EDGE"], asCxx: asCxx ?? false },
    place,
  );
  const kernels = objects.slice(sweeps.length);
  const programs = new Map<string, string>();
  for (const [index, { runner }] of sweeps.entries()) {
    programs.set(runner, await linkProgram(core, [objects[index]!, ...kernels], await buildFolder()));
  }
  return programs;
}

interface SweepCase {
  name: string;
  request: RunnerRequest;
  expected: Int8Array;
}

/** Names of the cases, each with its seed, whose output differs from the reference. */
async function differing(core: BoardCore, program: string, cases: readonly SweepCase[]): Promise<string[]> {
  const requests = encodeRequests(cases.map(({ request }) => request));
  const answers = decodeAnswers(await emulate(core, program, requests));
  expect(answers).toHaveLength(cases.length);
  return cases
    .filter(({ expected }, i) => !Buffer.from(answers[i]!.output).equals(Buffer.from(expected)))
    .map(({ name }) => name);
}

describe.skipIf(!haveBoardTools)(`kernels on an emulated board${boardSkipNote}`, () => {
  for (const core of boardCores) {
    for (const build of builds) {
      test(`${core}, ${build.name}: equal the TFLite reference byte for byte`, async () => {
        const programs = await buildRunners(core, build);
        for (const { runner, cases } of sweeps) {
          expect(await differing(core, programs.get(runner)!, cases)).toEqual([]);
        }
      }, 180_000);
    }
  }
});
