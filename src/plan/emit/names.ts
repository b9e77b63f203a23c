import { nextNumber } from "../../fix/tools/numbers.ts";

/** Names of files are kept below what file systems and tools' own tables take (Flyway's column: 200). */
const LONGEST = 80;

/** `not-null-person-email` and `add-check`: the step is never what is cut off. */
export function draftName(plan: string, step: string): string {
  const [first, second] = [underscored(plan), underscored(step)];
  return `${first.slice(0, Math.max(10, LONGEST - second.length - 1)).replace(/_+$/, "")}_${second}`;
}

function underscored(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_");
}

/**
 * The number after the newest, in its kind: dates go on from now (a migration that is written today must not sort before one that a
 * colleague writes tomorrow), everything else counts on in the same width.
 * @param numbers those that are there
 * @param fallback the first one of an empty folder
 */
export function numberAfter(numbers: readonly string[], now: Date, fallback: string): string {
  const newest = numbers.reduce<string | null>((a, b) => (a === null || BigInt(b) > BigInt(a) ? b : a), null);
  if (newest === null) return fallback;
  const next = nextNumber([newest]) ?? fallback;
  const today = stampLike(newest, now);
  return today !== null && BigInt(today) > BigInt(next) ? today : next;
}

/** Now, as the newest number writes a moment; null where it is no moment. */
function stampLike(number: string, now: Date): string | null {
  if (/^(?:19|20)\d{12}$/.test(number)) return stamp(now);
  if (/^(?:19|20)\d{10}$/.test(number)) return stamp(now).slice(0, 12);
  // Seconds since 1970: `golang-migrate create -format unix`, Flyway's habit of some.
  if (/^1[0-9]{9}$/.test(number)) return String(Math.floor(now.getTime() / 1000));
  return null;
}

/** `20261122194000`, in UTC. */
export function stamp(now: Date): string {
  return now.toISOString().replaceAll(/\D/g, "").slice(0, 14);
}

export interface Numbered {
  readonly number: string;
  /** What stands between the number and the name. */
  readonly mark: string;
}

/** `0004_x`, `0004-x`, `0004`; not `2024-01-31-x`, whose number is more than its first part. */
export function numbered(name: string): Numbered | null {
  const match = /^(\d+)(?:([_-])(?!\d)|(?=\.))/.exec(name);
  return match?.[1] === undefined ? null : { number: match[1], mark: match[2] ?? "_" };
}

/** Numbers for so many new migrations, in order, with the mark that the others use. */
export function following(names: readonly string[], count: number, now: Date, fallback: string): readonly Numbered[] {
  const known = names.flatMap((name) => numbered(name) ?? []);
  const mark = known.at(-1)?.mark ?? "_";
  const numbers = known.map(({ number }) => number);
  return Array.from({ length: count }, () => {
    const number = numberAfter(numbers, now, fallback);
    numbers.push(number);
    return { number, mark };
  });
}
