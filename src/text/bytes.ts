const UNITS = ["bytes", "kB", "MB", "GB", "TB", "PB"] as const;

/** `812 GB`, as `pg_size_pretty` writes sizes: in steps of 1024. */
export function spellBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  if (unit === 0) return `${Math.round(value)} bytes`;
  return `${value < 10 ? Math.round(value * 10) / 10 : Math.round(value)} ${UNITS[unit] ?? ""}`;
}
