/**
 * What each method could remove of a model, and what it would come to, before anything is run. Methods that go by the weights
 * alone are carried out; for those that have to see data, sizes are those of the same share in every layer. Times are predicted
 * by the prices that `--latency` goes by.
 */

import { channelMasks } from "../baselines/channel-masks.js";
import { l1Norms } from "../baselines/filter-l1.js";
import { isPatterned, openPatdnn } from "../baselines/patdnn.js";
import { rankChannels } from "../baselines/rank-channels.js";
import { lampScores, unstructuredMasks } from "../baselines/unstructured.js";
import { type BoardCore, boardCores } from "../board/boards.js";
import { dearLayers } from "../budget/dear-layers.js";
import { figuresOf, previewOf, referenceOf } from "../budget/figures.js";
import { compact } from "../compact.js";
import { DtmmError } from "../errors/index.js";
import type { WeightLayer } from "../layers.js";
import { methodStorage } from "../method-storage.js";
import { networkPlan } from "../network-plan.js";
import type { PruneOptions, Target } from "../options/types.js";
import { type DietStep, dietSteps } from "../pack/diet-steps.js";
import { prunableLayers } from "../prunable.js";
import { maskedModel } from "../prune.js";
import type { InspectResult } from "../report/result.js";
import { hasFilterlets } from "../taylor/prune.js";
import { isCustomOperator, mainGraph } from "../tflite/graph.js";
import type { Model } from "../tflite/model.js";
import { bundles, filterlet, groupOffsets, type Masked, type PruningUnit } from "../unit.js";
import { candidateUnits } from "../unit-choice.js";

type MethodName = PruneOptions["method"];
type MethodOutlook = NonNullable<InspectResult["methods"]>[number];
type OutlookPoint = MethodOutlook["points"][number];

/** Shares of the prunable weights that are looked at. */
const shares = [0.75, 0.5, 0.25];

/** A mask that keeps the same share of the groups everywhere, evenly spread. */
function evenMask(layer: WeightLayer, unit: PruningUnit, share: number): Masked {
  const groups = bundles(unit, layer) * (groupOffsets(unit, layer).length - 1);
  const keep = Uint8Array.from(
    { length: groups },
    (_, i) => Math.floor((i + 1) * share) - Math.floor(i * share),
  );
  return { layer, unit, keep };
}

/** A model with the layers that can be pruned. */
interface Subject {
  model: Model;
  layers: WeightLayer[];
  operators: ReadonlySet<number>;
}

/** The product's own method: nothing goes of layers that would cost more time than they save bytes, as with `--aim both`. */
function ownPoints({ model, layers, operators }: Subject): OutlookPoint[] {
  const basis = { model, diet: dietSteps, reference: referenceOf(model, operators, "generic") };
  const dense = layers.map((layer) => evenMask(layer, filterlet(layer), 1));
  const denseBytes = previewOf(basis, dense, 0).figures.bytes;
  return shares.map((share) => {
    const chosenFor = (target: Target, diet: readonly DietStep[] = []) => {
      const own = { ...basis, diet, reference: referenceOf(model, operators, target) };
      const states = layers.map((layer) => evenMask(layer, candidateUnits(layer, target).at(-1)!, share));
      const preview = previewOf(own, states, 0);
      const dear = new Set(dearLayers(own.reference, model, preview, denseBytes));
      return previewOf(
        own,
        states.map((state, i) => (dear.has(i) ? dense[i]! : state)),
        0,
      );
    };
    const { bytes, keptWeights: kept } = chosenFor("generic", dietSteps).figures;
    const latency = onCores((core) => chosenFor(core).figures.latency);
    return { share, kept, bytes, latency };
  });
}

/** A method's masks at a share; undefined where it cannot come to so few weights. */
type MasksAt = (share: number) => Masked[] | undefined;

function orNothing(masksAt: (share: number) => Masked[]): MasksAt {
  return (share) => {
    try {
      return masksAt(share);
    } catch (error) {
      if (error instanceof DtmmError && error.code === "LIMIT_OUT_OF_REACH") return undefined;
      throw error;
    }
  };
}

function byChannels({ model, layers, operators }: Subject): MasksAt {
  return (share) => channelMasks(layers, rankChannels(model, share, l1Norms, operators).removals);
}

/** What a method leaves at each share, on every core as far as there are prices for how it stores its layers. */
function baselinePoints({ model, operators }: Subject, method: MethodName, masksAt: MasksAt): OutlookPoint[] {
  const storage = methodStorage[method];
  return shares.flatMap((share) => {
    const masks = masksAt(share);
    if (masks === undefined) return [];
    const masked = maskedModel(model, masks);
    const layers = storage === "dense" ? [] : masked.layers.map((layer) => ({ ...layer, storage }));
    const small = compact({ ...masked, layers }, dietSteps);
    const figures = (target: Target) =>
      figuresOf(referenceOf(model, operators, target), { ...small, predictedLoss: 0 });
    const { keptWeights, bytes } = figures("generic");
    const priced = storage === "dense" || storage === "blocks";
    return [
      {
        share,
        kept: keptWeights,
        bytes,
        ...(priced ? { latency: onCores((core) => figures(core).latency) } : {}),
      },
    ];
  });
}

function onCores(latency: (core: BoardCore) => number): Record<string, number> {
  return Object.fromEntries(boardCores.map((core) => [core, latency(core)]));
}

/**
 * The outlook of every method that has something to remove of an int8 model.
 *
 * @returns empty for a model without prunable layers, or with packed ones
 */
export function inspectMethods(model: Model): MethodOutlook[] {
  if (mainGraph(model).operators.some((operator) => isCustomOperator(model, operator))) return [];
  const { layers } = prunableLayers(model, networkPlan(model, "classes").operators);
  const subject = { model, layers, operators: new Set(layers.map(({ operator }) => operator)) };
  const windows = layers.filter(hasFilterlets);
  const scores = layers.map(lampScores);
  const channels = layers.length === 0 ? [] : baselinePoints(subject, "filter-l1", byChannels(subject));
  const outlook = (
    method: MethodName,
    removes: string,
    touched: readonly WeightLayer[],
    points: () => OutlookPoint[],
  ) =>
    touched.length === 0
      ? []
      : [
          {
            method,
            removes,
            layers: touched.map(({ operator }) => operator),
            weights: touched.reduce((sum, { weights }) => sum + weights.length, 0),
            points: points(),
          },
        ];
  return [
    ...outlook("filterlet", "filterlets, channel blocks, tiles", layers, () => ownPoints(subject)),
    ...outlook("taylor", "filterlets of kernels beyond 1x1", windows, () =>
      baselinePoints(subject, "taylor", (share) =>
        windows.map((layer) => evenMask(layer, filterlet(layer), share)),
      ),
    ),
    ...outlook("filter-l1", "channels", layers, () => channels),
    ...outlook("chip", "channels", layers, () => channels),
    ...outlook("patdnn", "weights of 3x3 kernels", layers.filter(isPatterned), () =>
      baselinePoints(subject, "patdnn", orNothing(openPatdnn(layers, ""))),
    ),
    ...outlook("unstructured", "single weights", layers, () =>
      baselinePoints(subject, "unstructured", (share) => unstructuredMasks(layers, scores, share)),
    ),
  ];
}
