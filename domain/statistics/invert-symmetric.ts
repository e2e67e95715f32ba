/**
 * Inverts a symmetric positive definite matrix by Cholesky's decomposition, row by row. Null where the matrix is none, to
 * the precision of its numbers.
 */
export function invertSymmetric(matrix: readonly Float64Array[]): Float64Array[] | null {
  const size = matrix.length;
  const lower = Array.from({ length: size }, () => new Float64Array(size));
  const at = (of: readonly Float64Array[], i: number, j: number) => of[i]?.[j] ?? 0;
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let sum = at(matrix, i, j);
      for (let k = 0; k < j; k++) sum -= at(lower, i, k) * at(lower, j, k);
      const line = lower[i] as Float64Array;
      if (i === j) {
        if (!(sum > 1e-12 * Math.max(1, Math.abs(at(matrix, i, i))))) return null;
        line[j] = Math.sqrt(sum);
      } else line[j] = sum / at(lower, j, j);
    }
  const columns = Array.from({ length: size }, (_, column) => {
    const forward = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      let sum = Number(i === column);
      for (let k = 0; k < i; k++) sum -= at(lower, i, k) * (forward[k] ?? 0);
      forward[i] = sum / at(lower, i, i);
    }
    const solution = new Float64Array(size);
    for (let i = size - 1; i >= 0; i--) {
      let sum = forward[i] ?? 0;
      for (let k = i + 1; k < size; k++) sum -= at(lower, k, i) * (solution[k] ?? 0);
      solution[i] = sum / at(lower, i, i);
    }
    return solution;
  });
  return columns; // the inverse of a symmetric matrix is symmetric, so its columns are its rows
}
