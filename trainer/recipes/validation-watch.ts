/**
 * The results of a run's validations so far. They are part of a checkpoint, so that a resumed run decides as an
 * uninterrupted one.
 */
export type ValidationProgress = {
  /** The step of the last validation; 0 before the first. */
  evaluatedAt: number;
  best: { step: number; loss: number; trainLoss: number } | null;
  /** Number of validations since the best one. */
  sinceBest: number;
  /** Whether the run has warned of overfitting. */
  warned: boolean;
  /** Training losses since the last validation. */
  trainLosses: readonly number[];
};

const START: ValidationProgress = { evaluatedAt: 0, best: null, sinceBest: 0, warned: false, trainLosses: [] };

/**
 * Number of validations in a row without a better one before the run warns of overfitting, because a single one may be
 * chance.
 */
const RISES_THAT_COUNT = 2;

/** Follows the validation loss: which step was best, when to stop, when a run learns its examples by heart. */
export class ValidationWatch {
  private progress: ValidationProgress = START;

  constructor(private readonly patience: number | undefined) {}

  get best(): ValidationProgress["best"] {
    return this.progress.best;
  }

  get evaluatedAt(): number {
    return this.progress.evaluatedAt;
  }

  /** Whether so many validations have passed without a better one that the run should end. */
  get isOutOfPatience(): boolean {
    return this.patience !== undefined && this.progress.sinceBest >= this.patience;
  }

  addTrainLoss(loss: number): void {
    this.progress = { ...this.progress, trainLosses: [...this.progress.trainLosses, loss] };
  }

  /**
   * Takes in a validation.
   * @returns whether this is the best step so far, and a warning if one is due
   */
  addValidation(step: number, loss: number): { isBest: boolean; warning: string | null } {
    const { best, sinceBest, warned, trainLosses } = this.progress;
    const trainLoss = trainLosses.reduce((sum, value) => sum + value, 0) / Math.max(1, trainLosses.length);
    if (Number.isFinite(loss) && (best === null || loss < best.loss)) {
      this.progress = { evaluatedAt: step, best: { step, loss, trainLoss }, sinceBest: 0, warned, trainLosses: [] };
      return { isBest: true, warning: null };
    }
    const overfits = best !== null && sinceBest + 1 >= RISES_THAT_COUNT && trainLoss < best.trainLoss;
    this.progress = { evaluatedAt: step, best, sinceBest: sinceBest + 1, warned: warned || overfits, trainLosses: [] };
    return { isBest: false, warning: overfits && !warned ? describeOverfitting(best, step, loss, trainLoss) : null };
  }

  export(): ValidationProgress {
    return this.progress;
  }

  import(progress: ValidationProgress): void {
    this.progress = progress;
  }
}

function describeOverfitting(
  best: { step: number; loss: number; trainLoss: number },
  step: number,
  loss: number,
  trainLoss: number,
): string {
  const round = (value: number) => Number(value.toPrecision(4));
  return `Overfitting: since step ${best.step} the validation loss went from ${round(best.loss)} to ${round(loss)} (step ${step}) while the training loss fell from ${round(best.trainLoss)} to ${round(trainLoss)}. Fewer epochs, a lower learning rate or more examples help.`;
}
