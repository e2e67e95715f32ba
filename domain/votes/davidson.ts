import { invertSymmetric } from "../statistics/invert-symmetric";
import { type ClusteredCovariance, twoWayCovariance } from "./two-way-covariance";
import type { Vote } from "./vote";

/** What beside the two models may decide a vote, and how a vote shows it. */
export const STYLES = {
  /** The log₂ of how many times longer the first completion is: 1 for twice as long. */
  length: (vote: Vote) => Math.log2((vote.firstLength + 1) / (vote.secondLength + 1)),
  /** 1 where the first completion was shown first, −1 where it was shown second, halved so that their gap is 1. */
  position: (vote: Vote) => (vote.firstShownFirst === null ? 0 : vote.firstShownFirst ? 0.5 : -0.5),
} as const;
export type Style = keyof typeof STYLES;

export interface Fit {
  /** The parameters: strengths of the models after the first (whose strength is 0), log ν if there are ties, styles. */
  values: Float64Array;
  covariance: ClusteredCovariance;
  hasTies: boolean;
  styles: Style[];
  logLikelihood: number;
}

const MAX_STEPS = 50;
const TOLERANCE = 1e-10;

/**
 * Fits strengths λ to votes by maximum likelihood. With d = λ_first − λ_second + Σ γ_s·x_s (styles x_s), the first model is
 * preferred with weight e^{d/2}, the second with e^{−d/2}, and the vote is a tie with weight ν (Davidson 1970, whose π is
 * e^λ; without ties it is Bradley & Terry 1952). "Both bad" is a tie. Newton's method, since the likelihood is concave.
 * The covariance is the sandwich H⁻¹ M H⁻¹ whose M sums the scores by prompt and by person (Cameron, Gelbach & Miller 2011).
 *
 * @param models those to be placed, two or more; every vote is between two of them
 * @returns null where no finite parameters fit best
 */
export function fitDavidson(votes: readonly Vote[], models: readonly string[], styles: readonly Style[]): Fit | null {
  const place = new Map(models.map((model, index) => [model, index - 1])); // the first model has no parameter
  const hasTies = votes.some(({ outcome }) => outcome === "tie" || outcome === "both-bad");
  const told = styles.filter((style) => varies(votes, STYLES[style]));
  const tieAt = models.length - 1;
  const styleAt = tieAt + Number(hasTies);
  const size = styleAt + told.length;
  const rows = votes.map((vote) => row(vote));
  let values: Float64Array = new Float64Array(size);
  let current = likelihood(values);
  for (let step = 0; step < MAX_STEPS; step++) {
    const inverse = invertSymmetric(current.information);
    if (!inverse) return null;
    const move = inverse.map((line) => dot(line, current.score));
    const decrement = move.reduce((sum, by, at) => sum + by * (current.score[at] ?? 0), 0);
    if (decrement < TOLERANCE) {
      const covariance = twoWayCovariance(votes, inverse, (index, add) => scoreOf(rows[index] as Row, values, add));
      return { values, covariance, hasTies, styles: told, logLikelihood: current.logLikelihood };
    }
    let scale = 1;
    let next = likelihood(moved(values, move, scale));
    while (!(next.logLikelihood >= current.logLikelihood) && scale > 1e-6) {
      scale /= 2;
      next = likelihood(moved(values, move, scale));
    }
    values = moved(values, move, scale);
    if (values.some((value) => Math.abs(value) > 30)) return null; // the best fit lies at infinity
    current = next;
  }
  return null;

  /** What a vote touches: the places of its parameters in d with their factors, and its outcome. */
  function row(vote: Vote): Row {
    const at: number[] = [];
    const by: number[] = [];
    const put = (index: number, factor: number) => {
      if (index < 0 || factor === 0) return;
      at.push(index);
      by.push(factor);
    };
    put(place.get(vote.first) ?? -1, 1);
    put(place.get(vote.second) ?? -1, -1);
    told.forEach((style, index) => void put(styleAt + index, STYLES[style](vote)));
    const outcome = vote.outcome === "first" ? 1 : vote.outcome === "second" ? -1 : 0;
    return { at, by, outcome };
  }

  function chances({ at, by }: Row, parameters: Float64Array) {
    let d = 0;
    for (let i = 0; i < at.length; i++) d += (by[i] as number) * (parameters[at[i] as number] as number);
    const tie = hasTies ? (parameters[tieAt] as number) : Number.NEGATIVE_INFINITY;
    const top = Math.max(Math.abs(d) / 2, tie);
    const [first, second, even] = [Math.exp(d / 2 - top), Math.exp(-d / 2 - top), Math.exp(tie - top)];
    const sum = first + second + even;
    return { d, tie, first: first / sum, second: second / sum, even: even / sum, logSum: top + Math.log(sum) };
  }

  function likelihood(parameters: Float64Array) {
    const score = new Float64Array(size);
    const information = Array.from({ length: size }, () => new Float64Array(size));
    let logLikelihood = 0;
    for (const one of rows) {
      const { at, by, outcome } = one;
      const { d, tie, first, second, even, logSum } = chances(one, parameters);
      logLikelihood += (outcome === 0 ? tie : (outcome * d) / 2) - logSum;
      const slope = (outcome - (first - second)) / 2;
      const curve = (first + second - (first - second) ** 2) / 4;
      for (let i = 0; i < at.length; i++) {
        const [atI, byI] = [at[i] as number, by[i] as number];
        add(score, atI, slope * byI);
        for (let j = 0; j < at.length; j++) add(information[atI], at[j] as number, curve * byI * (by[j] as number));
        if (hasTies) {
          const cross = (-(first - second) / 2) * even * byI;
          add(information[atI], tieAt, cross);
          add(information[tieAt], atI, cross);
        }
      }
      if (hasTies) {
        add(score, tieAt, Number(outcome === 0) - even);
        add(information[tieAt], tieAt, even * (1 - even));
      }
    }
    return { score, information, logLikelihood };
  }

  function scoreOf(one: Row, parameters: Float64Array, put: (at: number, by: number) => void): void {
    const { first, second, even } = chances(one, parameters);
    const slope = (one.outcome - (first - second)) / 2;
    one.at.forEach((index, i) => void put(index, slope * (one.by[i] as number)));
    if (hasTies) put(tieAt, Number(one.outcome === 0) - even);
  }
}

type Row = { at: number[]; by: number[]; outcome: -1 | 0 | 1 };

const add = (to: Float64Array | undefined, at: number, by: number) => {
  if (to) to[at] = (to[at] ?? 0) + by;
};
const dot = (one: Float64Array, two: Float64Array) => one.reduce((sum, value, at) => sum + value * (two[at] ?? 0), 0);
const moved = (values: Float64Array, by: readonly number[], scale: number) =>
  values.map((value, at) => value + scale * (by[at] ?? 0));

/** Whether a style differs between votes; one that does not can't be told from the models. */
function varies(votes: readonly Vote[], style: (vote: Vote) => number): boolean {
  const sign = votes.map((vote) => style(vote));
  return sign.some((value) => Math.abs(value - (sign[0] ?? 0)) > 1e-9);
}
