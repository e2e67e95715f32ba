/** Finds the last midnight where the server stands: "today" in counts is the day of the machine's clock. */
export function startOfToday(): Date {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate());
}
