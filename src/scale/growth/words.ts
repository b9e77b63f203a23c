const UNITS = [
  { ms: 86_400_000, one: "day", many: "days" },
  { ms: 3_600_000, one: "hour", many: "hours" },
  { ms: 60_000, one: "minute", many: "minutes" },
  { ms: 1000, one: "s", many: "s" },
  { ms: 1, one: "ms", many: "ms" },
] as const;

/** `4 to 7 hours`, `40 s to 2 minutes`, `about 3 s`: rounded outwards, so that rounding never makes an interval narrower. */
export function spellInterval(lowMs: number, highMs: number): string {
  const unit = UNITS.find(({ ms }) => highMs >= ms * (ms > 60_000 ? 1.5 : 2)) ?? UNITS[4];
  const own = UNITS.find(({ ms }) => lowMs >= ms * (ms > 60_000 ? 1.5 : 2)) ?? UNITS[4];
  const high = roundOut(highMs / unit.ms, Math.ceil);
  if (lowMs / unit.ms >= 0.95) {
    const low = roundOut(lowMs / unit.ms, Math.floor);
    return low === high ? `about ${high} ${named(unit, high)}` : `${low} to ${high} ${named(unit, high)}`;
  }
  const low = roundOut(lowMs / own.ms, Math.floor);
  return `${low} ${named(own, low)} to ${high} ${named(unit, high)}`;
}

function named(unit: (typeof UNITS)[number], value: number): string {
  return value === 1 ? unit.one : unit.many;
}

/** Whole from ten on, one decimal below: `1.4`, `7`, `23`, `340`. */
function roundOut(value: number, round: (value: number) => number): number {
  if (value >= 100) return round(value / 10) * 10;
  if (value >= 10) return round(value);
  return round(value * 10) / 10;
}

/** `50 k`, `200 k`, `5.0 million`, `2.0 billion`: as people say sizes of tables. */
export function spellRows(rows: number): string {
  if (rows >= 999_500_000) return `${(rows / 1e9).toFixed(1)} billion`;
  if (rows >= 999_500) return `${(rows / 1e6).toFixed(1)} million`;
  if (rows >= 1000) return `${trim(rows / 1000)} k`;
  return String(Math.round(rows));
}

function trim(value: number): string {
  return value >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1).replace(/\.0$/, "");
}

/** `50 k, 100 k and 200 k`. */
export function spellList(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} and ${items.at(-1) ?? ""}`;
}
