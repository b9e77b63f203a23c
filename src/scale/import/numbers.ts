const COUNT_UNITS: Readonly<Record<string, number>> = {
  k: 1e3,
  thousand: 1e3,
  m: 1e6,
  mio: 1e6,
  million: 1e6,
  b: 1e9,
  bn: 1e9,
  billion: 1e9,
  t: 1e12,
  trillion: 1e12,
};

const BYTE_UNITS: Readonly<Record<string, number>> = { "": 0, k: 1, m: 2, g: 3, t: 4, p: 5, e: 6 };

/**
 * A number of rows or of anything per second as people and tools write it: `2004118230`, `2,004,118,230`, `2.0 billion`, `1.2e9`,
 * `~5200`. Null when it is empty or says that it is not known.
 * @throws Error with what was found
 */
export function readCount(value: unknown): number | null {
  if (isNothing(value)) return null;
  if (typeof value === "number") return checked(value, value);
  const text = clean(value);
  const match = /^([\d.,_'\s]+(?:e[+-]?\d+)?)\s*([a-z]*)(?:\s*rows)?$/i.exec(text.replace(/\s*(?:\/|per\s)\s*s(?:ec(?:ond)?s?)?$/i, ""));
  const unit = match?.[2]?.toLowerCase() ?? "";
  const scale = unit === "" || unit === "rows" ? 1 : COUNT_UNITS[unit];
  if (match === null || scale === undefined) throw new Error(`not a number: ${JSON.stringify(text)}`);
  return checked(plain(match[1] ?? "", value) * scale, value);
}

/**
 * Bytes as people and tools write them: `870187106304`, `812 GB`, `1.2 TiB`. `kB`, `MB`, `GB` and `TB` are steps of 1024, as Postgres
 * means them (`pg_size_pretty`).
 * @throws Error with what was found
 */
export function readBytes(value: unknown): number | null {
  if (isNothing(value)) return null;
  if (typeof value === "number") return checked(value, value);
  const text = clean(value);
  const match = /^([\d.,_'\s]+(?:e[+-]?\d+)?)\s*(?:([kmgtpe]?)i?b(?:ytes?)?|bytes?|([kmgtpe]))?$/i.exec(text);
  if (match === null) throw new Error(`not a size: ${JSON.stringify(text)} (for example 870187106304 or 812 GB)`);
  const power = BYTE_UNITS[(match[2] ?? match[3] ?? "").toLowerCase()] ?? 0;
  return checked(Math.round(plain(match[1] ?? "", value) * 1024 ** power), value);
}

/** `2%` and `0.02` are the same. */
export function readFraction(value: unknown): number | null {
  if (isNothing(value)) return null;
  const percent = typeof value === "string" && value.trim().endsWith("%");
  const number = readCount(percent ? value.trim().slice(0, -1) : value);
  const fraction = number === null ? null : percent ? number / 100 : number;
  if (fraction !== null && fraction > 1) throw new Error(`not a fraction between 0 and 1: ${JSON.stringify(value)}`);
  return fraction;
}

/** Seconds: `41`, `00:00:41`, `41 s`, `2 min`, `1 h`. */
export function readSeconds(value: unknown): number | null {
  if (isNothing(value)) return null;
  if (typeof value === "number") return checked(value, value);
  const text = clean(value);
  const clock = /^(?:(\d+) days? )?(\d+):(\d\d):(\d\d(?:\.\d+)?)$/.exec(text);
  if (clock !== null) return Number(clock[1] ?? 0) * 86_400 + Number(clock[2]) * 3600 + Number(clock[3]) * 60 + Number(clock[4]);
  const match = /^([\d.,]+)\s*(ms|s|sec|seconds?|min|minutes?|h|hours?)?$/i.exec(text);
  if (match === null) throw new Error(`not a duration: ${JSON.stringify(text)}`);
  const unit = (match[2] ?? "s").toLowerCase();
  const scale = unit === "ms" ? 0.001 : unit.startsWith("s") ? 1 : unit.startsWith("m") ? 60 : 3600;
  return checked(plain(match[1] ?? "", value) * scale, value);
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === "string" && /^\s*(?:|-|–|null|n\/a|na|none|unknown|\?)\s*$/i.test(value);
}

function clean(value: unknown): string {
  return (typeof value === "string" ? value : JSON.stringify(value))
    .trim()
    .replaceAll(/[\u00A0\u202F]/g, " ")
    .replace(/^[~≈]\s*/, "");
}

/** With the separators of thousands taken away; a comma before one or two last digits is a decimal comma. */
function plain(text: string, value: unknown): number {
  let digits = text.replaceAll(/[\s_']/g, "");
  if (/^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(digits)) digits = digits.replaceAll(",", "");
  else if (/^\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?$/.test(digits)) digits = digits.replaceAll(".", "").replace(",", ".");
  else if (/^\d+,\d{1,2}$/.test(digits)) digits = digits.replace(",", ".");
  const number = Number(digits);
  if (digits === "" || Number.isNaN(number)) throw new Error(`not a number: ${JSON.stringify(value)}`);
  return number;
}

function checked(number: number, value: unknown): number {
  // reltuples is -1 where a table was never analyzed.
  if (!Number.isFinite(number) || number < 0) throw new Error(`not a number from 0 up: ${JSON.stringify(value)}`);
  return number;
}
