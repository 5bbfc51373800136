/** All finders, in the order in which they need each other, and what is decided from what they found. */

import { posix } from "node:path";
import { dtmmError } from "../errors/index.js";
import type { GlueKind } from "../firmware/glue/kinds.js";
import { resolverNames } from "../firmware/resolver-names.js";
import { importModel } from "../import.js";
import type { InitOptions, Target } from "../options/types.js";
import { inProject } from "../project-path.js";
import type { Asker } from "./asker.js";
import type { ConfigEntry, MissingEntry } from "./config-file.js";
import { decide } from "./decide.js";
import { findBuilds } from "./find-build.js";
import { findCores } from "./find-core.js";
import { findInputs } from "./find-inputs.js";
import { type FoundModel, findModels } from "./find-model.js";
import { findResolvers } from "./find-resolver.js";
import { findTflm } from "./find-tflm.js";
import type { Finding } from "./finding.js";
import { outputPlace } from "./place.js";

export interface Survey {
  findings: ConfigEntry[];
  missing: MissingEntry[];
  notes: string[];
}

const given = "as given";

/** Looks through the project for all that the options leave open. */
export async function survey(options: InitOptions, asker: Asker | undefined): Promise<Survey> {
  const survey: Survey = { findings: [], missing: [], notes: [] };
  const model = await surveyModel(options, asker, survey);
  await surveyInputs(options, model, asker, survey);
  await surveyMachine(options, asker, survey);
  const resolver = await surveyResolver(options, asker, survey);
  await surveyBuild(options, resolver, asker, survey);
  return survey;
}

function add(
  { findings }: Survey,
  key: ConfigEntry["key"],
  finding: Finding<ConfigEntry["value"]> | undefined,
): void {
  if (finding) findings.push({ key, ...finding });
}

/** What an option names, relative to the project. */
function givenPath(root: string, path: string | undefined): Finding<string> | undefined {
  return path === undefined ? undefined : { value: inProject(root, path), reason: given };
}

function ignored({ out }: InitOptions): string[] {
  return out === undefined ? [] : [out];
}

async function surveyModel(
  options: InitOptions,
  asker: Asker | undefined,
  survey: Survey,
): Promise<FoundModel> {
  const { root, arrayName } = options;
  const finding = options.model
    ? {
        value: {
          path: inProject(root, options.model),
          imported: await importModel(options.model, {
            purpose: "prune",
            arrayName,
            dense: true,
            float: true,
          }),
        },
        reason: given,
      }
    : await searchModel(options, asker, survey);
  const { path, imported } = finding.value;
  add(survey, "model", { value: path, reason: finding.reason });
  const name = imported.array ?? arrayName;
  if (name !== undefined) {
    add(survey, "arrayName", { value: name, reason: imported.array ? "the array's name there" : given });
  }
  return finding.value;
}

async function searchModel(
  options: InitOptions,
  asker: Asker | undefined,
  survey: Survey,
): Promise<Finding<FoundModel>> {
  const { root } = options;
  const found = await findModels(root, ignored(options));
  const subject = {
    plural: "models",
    question: "Which model is to be pruned?",
    flag: "--model",
    label: ({ path }: FoundModel) => path,
  };
  const decided = await decide(found, subject, asker);
  if (!decided) throw dtmmError("INIT_MODEL_MISSING", { root, notes: found.notes });
  survey.notes.push(...found.notes);
  return decided;
}

async function surveyInputs(
  options: InitOptions,
  { imported }: FoundModel,
  asker: Asker | undefined,
  survey: Survey,
): Promise<void> {
  const { root } = options;
  const found = await findInputs(root, imported.model, ignored(options));
  let calibration = givenPath(root, options.calibration) ?? found.calibration;
  if (!calibration && asker) {
    const answer = await asker.ask(
      "Recorded inputs to learn from (docs/data.md lists the kinds; empty for none yet)",
      "data/inputs.npy",
    );
    if (answer !== undefined) calibration = { value: answer, reason: "as answered" };
  }
  add(survey, "calibration", calibration);
  if (!calibration) {
    const reason = "recorded inputs, which `dtmm prune` needs";
    survey.missing.push({ key: "calibration", example: "inputs.npy", reason });
  }
  add(survey, "eval", givenPath(root, options.eval) ?? found.eval);
  add(survey, "labels", givenPath(root, options.labels) ?? found.labels);
  const scale = options.inputScale;
  add(survey, "inputScale", scale === undefined ? found.inputScale : { value: scale, reason: given });
  const offset = options.inputOffset;
  add(survey, "inputOffset", offset === undefined ? found.inputOffset : { value: offset, reason: given });
}

async function surveyMachine(options: InitOptions, asker: Asker | undefined, survey: Survey): Promise<void> {
  const { root, target, tflm } = options;
  if (tflm === undefined) {
    const found = await findTflm(root);
    const [tree] = found.candidates;
    add(survey, "tflm", tree && { value: { dir: tree.value }, reason: tree.reason });
    survey.notes.push(...found.notes);
  } else {
    const { dir, archive, sha256 } = tflm;
    const value: Record<string, string> = dir
      ? { dir: inProject(root, dir) }
      : { archive: inProject(root, archive ?? ""), ...(sha256 && { sha256 }) };
    add(survey, "tflm", { value, reason: given });
  }
  if (target !== undefined) return add(survey, "target", { value: target, reason: given });
  const cores = await findCores(root, ignored(options));
  const subject = {
    plural: "cores",
    question: "Which core does the model run on?",
    flag: "--target",
    label: (core: Target) => core,
  };
  const core = await decide(cores, subject, asker);
  add(survey, "target", core);
  if (!core) {
    const reason = "the core; the files do not name one, so kernels and costs are the portable ones";
    survey.missing.push({ key: "target", example: "cortex-m4", reason });
  }
}

async function surveyResolver(
  options: InitOptions,
  asker: Asker | undefined,
  survey: Survey,
): Promise<string | undefined> {
  const { root } = options;
  const [name] = resolverNames(root, options.resolver);
  if (name) {
    const value = options.resolver!.map((path) => inProject(root, path)).join(",");
    add(survey, "resolver", { value, reason: given });
    return name.file;
  }
  const found = await findResolvers(root, ignored(options));
  const subject = {
    plural: "op resolvers",
    question: "Which op resolver runs the model?",
    flag: "--resolver",
    label: (path: string) => path,
  };
  const decided = await decide(found, subject, asker);
  add(survey, "resolver", decided);
  if (decided) return resolverNames(root, [posix.join(root, decided.value)])[0]!.file;
  survey.notes.push(...found.notes, "no op resolver was found that can be patched, so `patch` is off");
  return undefined;
}

async function surveyBuild(
  options: InitOptions,
  resolver: string | undefined,
  asker: Asker | undefined,
  survey: Survey,
): Promise<void> {
  const { root } = options;
  let glue: Finding<GlueKind> | undefined;
  if (options.glue !== undefined) {
    glue = { value: options.glue, reason: given };
  } else {
    const found = await findBuilds(root, resolver, ignored(options));
    const subject = {
      plural: "build systems",
      question: "What builds the firmware?",
      flag: "--glue",
      label: (kind: GlueKind) => kind,
    };
    glue = await decide(found, subject, asker);
    survey.notes.push(...found.notes);
  }
  add(survey, "glue", glue);
  if (!glue)
    survey.notes.push("no build was found that can be patched: docs/patching.md has the lines to add");
  const place = givenPath(root, options.out) ?? outputPlace(glue?.value ?? "none", resolver);
  add(survey, "out", { ...place, value: posix.normalize(place.value) });
  if (resolver !== undefined) {
    add(survey, "patch", { value: true, reason: "`npm run prune` changes the firmware as well" });
  }
}
