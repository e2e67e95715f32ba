/**
 * Sums numbers from the smallest to the largest. Sums of floating-point numbers depend on the order of their terms by a
 * last digit; here equal numbers give an equal sum, whoever gave which of them first.
 */
export const sumInOrder = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b).reduce((sum, value) => sum + value, 0);
