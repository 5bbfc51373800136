/** The tries of a run: points of the path packed, and the choice of the one that becomes the result. */

import type { Aim } from "./aims.js";
import { type Basis, type Figures, figuresOf, type Reference } from "./budget/figures.js";
import { type FrontPoint, forecastFront } from "./budget/front.js";
import { type Budgets, type Plan, planBudgets, withinBudgets } from "./budget/plan.js";
import { settle } from "./budget/settle.js";
import { type Compact, compact } from "./compact.js";
import { type DenseBaseline, type Evaluation, scoreModel } from "./evaluation.js";
import { costPerWeight } from "./latency/index.js";
import type { TensorFacts } from "./native/addon-types.js";
import type { DietStep } from "./pack/diet-steps.js";
import type { PackedModel } from "./pack/index.js";
import { maskedModel, type PrunePath, prunedModel } from "./prune.js";
import { modelFacts, type RunContext, type WrittenModel, written } from "./runs.js";
import type { Score } from "./scoring.js";
import { descend, smallestShare } from "./search.js";
import type { Stopwatch } from "./stopwatch.js";
import { accuracyDrop, type Limits } from "./validate.js";
import { withWholeLayers } from "./whole-layers.js";

export interface Candidate extends Compact {
  figures: Figures;
}

/** What the report says about a training: judged on the held-out part. */
export interface Lesson {
  epochs: number;
  inputs: number;
  before: { loss: number; agreement: number };
  after: { loss: number; agreement: number };
}

/** What became of a candidate in the finetune stage; without a lesson it is as it was. */
export interface Taught {
  candidate: Candidate;
  lesson?: Lesson;
}

/** How the result is chosen: a share given by the user, or the accuracy that must hold, within all other limits. */
export interface Goal extends Limits {
  keep?: number | undefined;
}

/** What only the product's own method goes by. */
export interface ByPath {
  path: PrunePath;
  aim: Aim;
  /** Share of the weights, 0..1, that is about to be kept. */
  expectedShare: number;
  /** Whether the result has the fitted weights, or those of the dense model where they are kept. */
  refit: boolean;
}

export interface CandidateRequest extends ByPath {
  /** The model that is pruned: the imported one without its dead channels. */
  dense: WrittenModel;
  reference: Reference;
  diet: readonly DietStep[];
  goal: Goal;
  output: TensorFacts;
  evaluation: Evaluation;
  baseline: DenseBaseline;
  stopwatch: Stopwatch;
  /** The finetune stage; absent where nothing is to be taught. */
  teach?: ((candidate: Candidate) => Promise<Taught>) | undefined;
}

/** The result, and what else the run saw of the front. */
export interface Choice {
  candidate: Candidate;
  /** The candidate taught, where the search for the share had to know. */
  taught?: Taught | undefined;
  front: FrontPoint[];
  leftDense: ReadonlyMap<number, string>;
}

/** Arena of a packed model by TFLM's own planner: on the target where that is measured, else on the host. */
async function arenaOf(packed: PackedModel, context: RunContext): Promise<number> {
  if (context.arenaMeter !== undefined) return (await context.arenaMeter(packed)).bytes;
  return (await modelFacts(packed, context)).arenaBytes;
}

/** One run's tries, each carried out and measured once. */
class Tries {
  /** Those so far, by share. */
  private readonly made = new Map<number, Candidate & { share: number; arenaBytes: number }>();
  private readonly scores = new Map<number, Score>();
  private readonly lessons = new Map<number, Taught>();

  constructor(
    private readonly request: CandidateRequest,
    private readonly basis: Basis,
    private readonly stock: ReadonlySet<number>,
    private readonly context: RunContext,
  ) {}

  /** Packs a point of the path; not yet judged. */
  async carryOut(share: number) {
    const known = this.made.get(share);
    if (known !== undefined) return known;
    const { stopwatch, dense, path, diet, refit } = this.request;
    const note = `keeping ${(100 * share).toFixed(1)} %`;
    const point = await stopwatch.time("prune", () =>
      path.to(share, (done) => this.context.progress.update(done, note)),
    );
    const fitted = refit ? prunedModel(dense.model, point) : maskedModel(dense.model, point.states);
    const pruned = withWholeLayers(fitted, this.basis.reference, this.stock);
    const small = await stopwatch.time("pack", () => compact(pruned, diet));
    const { predictedLoss } = point;
    const figures = figuresOf(this.basis.reference, { ...small, predictedLoss });
    const arenaBytes = await arenaOf(small.packed, this.context);
    const made = { share, ...small, figures, arenaBytes };
    this.made.set(share, made);
    return made;
  }

  /** What the finetune stage made of a try, if it was taught. */
  taught(share: number): Taught | undefined {
    return this.lessons.get(share);
  }

  private async taughtTry(share: number): Promise<Candidate> {
    const taught = await this.request.teach!(await this.carryOut(share));
    this.lessons.set(share, taught);
    return taught.candidate;
  }

  /** What the interpreter says about a try on the evaluation inputs. */
  private async scoreOf(share: number, { pruned }: Candidate): Promise<Score> {
    // In stock operators, which run faster on the host; the result is proven on what is packed.
    const quiet = { ...this.context, progress: { update: () => undefined, done: () => undefined } };
    const result = await this.request.stopwatch.time("validate", () =>
      scoreModel(written(pruned.model), this.request, quiet),
    );
    this.scores.set(share, result);
    return result;
  }

  /**
   * Whether a try holds the accuracy, as the interpreter measures it, and all other limits.
   *
   * @param taught whether it is taught before
   */
  async passes(share: number, budgets: Budgets, mostDrop: number, { taught = false } = {}): Promise<boolean> {
    const made = await this.carryOut(share);
    const { figures, arenaBytes } = made;
    const fits = withinBudgets(budgets, figures) && arenaBytes <= (budgets.arena ?? arenaBytes);
    if (!fits) return false;
    const { accuracy } = await this.scoreOf(share, taught ? await this.taughtTry(share) : made);
    return accuracyDrop(this.request.baseline.accuracy, accuracy) <= mostDrop;
  }

  /** The points that were tried, the largest share first. */
  front(): FrontPoint[] {
    return [...this.made.values()]
      .sort((a, b) => b.share - a.share)
      .map(({ share, figures, arenaBytes }) => {
        const measured = this.scores.get(share);
        const { accuracy, agreement } = measured ?? {};
        return { origin: "tried", ...figures, arenaBytes, ...(measured && { accuracy, agreement }) };
      });
  }
}

/** The share at which all budgets hold, carried out and corrected by its real figures. */
function settleWithin(tries: Tries, basis: Basis, plan: Plan, budgets: Budgets) {
  const states = basis.curves.map(({ state }) => state);
  const weights = states.reduce((sum, { layer }) => sum + layer.weights.length, 0);
  const cycles = states.reduce(
    (sum, { layer, unit }) => sum + layer.weights.length * costPerWeight(basis.reference.target, layer, unit),
    0,
  );
  const slopes = { bytes: weights, latency: cycles / basis.reference.time };
  return settle((share) => tries.carryOut(share), plan, budgets, slopes);
}

/**
 * Chooses how much to keep and carries it out: the share that the user gave, or the largest within the budgets; where an
 * accuracy is to hold and no share is given, the smallest whose measured accuracy holds, no larger than the budgets allow.
 * Where there is teaching, shares below that are taught before they are measured.
 *
 * @throws LIMIT_OUT_OF_REACH where a budget cannot be met whatever is pruned
 */
export async function chooseCandidate(request: CandidateRequest, context: RunContext): Promise<Choice> {
  const { goal, stopwatch, path, dense, diet, reference, aim, expectedShare } = request;
  const { maxAccuracyDrop, ...budgets } = goal;
  const basis: Basis = {
    ...{ model: dense.model, diet, reference },
    curves: await stopwatch.time("importance", () => path.forecast()),
  };
  const measured = (packed: PackedModel) => arenaOf(packed, context);
  const searched = goal.keep === undefined && maxAccuracyDrop !== undefined;
  const { plan, forecast } = await stopwatch.time("schedule", async () => {
    const plan = await planBudgets({
      basis,
      budgets,
      aim,
      expectedShare,
      goesOn: searched,
      arenaOf: measured,
    });
    return { plan, forecast: await forecastFront({ ...basis, stock: plan.stock }, plan.currency, measured) };
  });
  path.use(plan.currency);
  const tries = new Tries(request, basis, plan.stock, context);
  let { share } = plan.share < 1 ? await settleWithin(tries, basis, plan, budgets) : plan;
  if (searched) {
    const passes = (tried: number) => tries.passes(tried, budgets, maxAccuracyDrop);
    const holds = share === 1 || (await passes(share));
    const told = (done: number) => context.progress.update(done, "searching");
    if (holds) share = await smallestShare(passes, told, share);
    if (holds && request.teach !== undefined) {
      const passesTaught = (tried: number) => tries.passes(tried, budgets, maxAccuracyDrop, { taught: true });
      share = await descend(passesTaught, share);
    }
  }
  const candidate = await tries.carryOut(share);
  const front = [...forecast, ...tries.front()];
  return { candidate, taught: tries.taught(share), front, leftDense: plan.leftDense };
}
