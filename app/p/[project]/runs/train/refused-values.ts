import { errorIssues } from "@/app/components/error-text";

/** A value that the server does not take, by the key of its field on the sheet, and why. */
export type RefusedValue = { key: string; message: string };

/**
 * The fields whose values the server refused, by the path of each issue: the field itself, or one inside the object that
 * the issue is about, as `suiteThresholds.math` of `suiteThresholds`. A field may be refused for what another one says.
 * Empty where the error is about something else.
 *
 * @param shown keys of the fields that the sheet has
 */
export function refusedValues(
  error: unknown,
  { overrides, shown }: { overrides: Readonly<Record<string, unknown>>; shown: readonly string[] },
): RefusedValue[] {
  const keys = [...Object.keys(overrides), ...shown];
  return errorIssues(error).flatMap(({ field = "", message }) => {
    const key =
      keys.find((one) => one === field) ??
      keys.find((one) => one.startsWith(`${field}.`) || field.startsWith(`${one}.`));
    return field === "" || key === undefined ? [] : [{ key, message }];
  });
}
