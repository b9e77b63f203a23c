const PER_MINUTE: Readonly<Record<string, number>> = {
  s: 60,
  sec: 60,
  second: 60,
  m: 1,
  min: 1,
  minute: 1,
  h: 1 / 60,
  hr: 1 / 60,
  hour: 1 / 60,
  d: 1 / 1440,
  day: 1 / 1440,
  w: 1 / 10080,
  week: 1 / 10080,
  month: 1 / 43200,
};

export interface Frequency {
  /** Per minute for a rate, else as written. */
  readonly value: number;
  readonly isRate: boolean;
}

/** `120/min`, `2/s`, `0.5/hour`, `1/day`, `40`; null for anything else. */
export function parseFrequency(text: string): Frequency | null {
  const [amount = "", unit, ...rest] = text.split("/");
  const value = Number(amount.replaceAll("_", ""));
  if (amount.trim() === "" || !Number.isFinite(value) || value < 0 || rest.length > 0) return null;
  if (unit === undefined) return { value, isRate: false };
  const factor =
    PER_MINUTE[
      unit
        .trim()
        .toLowerCase()
        .replace(/(?<=..)s$/, "")
    ];
  return factor === undefined ? null : { value: value * factor, isRate: true };
}
