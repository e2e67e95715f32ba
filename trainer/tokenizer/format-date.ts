const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];

/**
 * Formats a date as Python's `strftime` does in the C locale, in UTC.
 * @throws Error naming a directive that is not known
 */
export function formatDate(date: Date, format: string): string {
  const [day, month, year] = [date.getUTCDate(), date.getUTCMonth(), date.getUTCFullYear()];
  const [hours, weekday] = [date.getUTCHours(), date.getUTCDay()];
  const two = (value: number) => String(value).padStart(2, "0");
  const known: Record<string, () => string> = {
    a: () => (DAYS[weekday] as string).slice(0, 3),
    A: () => DAYS[weekday] as string,
    w: () => String(weekday),
    u: () => String(weekday || 7),
    d: () => two(day),
    e: () => String(day).padStart(2, " "),
    b: () => (MONTHS[month] as string).slice(0, 3),
    h: () => (MONTHS[month] as string).slice(0, 3),
    B: () => MONTHS[month] as string,
    m: () => two(month + 1),
    y: () => two(year % 100),
    Y: () => String(year),
    H: () => two(hours),
    I: () => two(hours % 12 || 12),
    p: () => (hours < 12 ? "AM" : "PM"),
    M: () => two(date.getUTCMinutes()),
    S: () => two(date.getUTCSeconds()),
    f: () => String(date.getUTCMilliseconds() * 1000).padStart(6, "0"),
    j: () => String((Date.UTC(year, month, day) - Date.UTC(year, 0, 0)) / 86_400_000).padStart(3, "0"),
    z: () => "",
    Z: () => "",
    F: () => `${year}-${two(month + 1)}-${two(day)}`,
    D: () => `${two(month + 1)}/${two(day)}/${two(year % 100)}`,
    x: () => `${two(month + 1)}/${two(day)}/${two(year % 100)}`,
    T: () => `${two(hours)}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`,
    X: () => `${two(hours)}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`,
    R: () => `${two(hours)}:${two(date.getUTCMinutes())}`,
    "%": () => "%",
    n: () => "\n",
    t: () => "\t",
  };
  return format.replace(/%(-?)(.|$)/gs, (directive, dash: string, letter: string) => {
    const write = Object.hasOwn(known, letter) ? known[letter] : undefined;
    if (!write) throw new Error(`strftime_now('${format}'): ${directive} is not known`);
    return dash ? write().replace(/^[0 ]+(?=.)/, "") : write();
  });
}
