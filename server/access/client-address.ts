/** Reads the address that a request claims to come from. It serves rate limits only. */
export function clientAddress(headers: Headers | Record<string, unknown> | undefined): string {
  const value = headers instanceof Headers ? headers.get("x-forwarded-for") : headers?.["x-forwarded-for"];
  return String(value ?? "direct").split(",")[0] || "direct";
}
