/** `20240131235959` → `20240201000000`: dates are counted as dates, everything else as a number of the same width. */
export function nextNumber(numbers: readonly string[]): string | null {
  let newest: string | null = null;
  for (const number of numbers) if (newest === null || BigInt(number) > BigInt(newest)) newest = number;
  if (newest === null) return null;
  const date = /^((?:19|20)\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?$/.exec(newest);
  if (date !== null) {
    const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = date.slice(1).map((part) => Number(part ?? 0));
    const step = newest.length === 8 ? 86_400_000 : newest.length === 12 ? 60_000 : 1000;
    const at = Date.UTC(year, month - 1, day, hour, minute, second);
    const digits = new Date(at).toISOString().replaceAll(/\D/g, "").slice(0, newest.length);
    // Not every number of 14 digits is a date.
    if (digits === newest) return new Date(at + step).toISOString().replaceAll(/\D/g, "").slice(0, newest.length);
  }
  return String(BigInt(newest) + 1n).padStart(newest.length, "0");
}

/** `2024-01-31-235959` (Diesel), one second later. */
export function nextDashed(stamps: readonly string[]): string | null {
  const newest = [...stamps].sort().at(-1);
  if (newest === undefined) return null;
  const next = nextNumber([newest.replaceAll("-", "")]);
  return next === null || next.length !== 14 ? null : `${next.slice(0, 4)}-${next.slice(4, 6)}-${next.slice(6, 8)}-${next.slice(8)}`;
}

/** A part of a file name: small letters, digits and underscores. */
export function slug(name: string): string {
  return (
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "_")
      .replace(/^_+|_+$/g, "")
      .slice(0, 60) || "follow_up"
  );
}
