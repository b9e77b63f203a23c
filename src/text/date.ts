const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/** `2026-11-03` or `2026-11-03T08:00:00Z` → `3 November 2026`. What is no date stays as it is. */
export function longDate(iso: string): string {
  const [year, month, day] = iso.slice(0, 10).split("-");
  const name = MONTHS[Number(month) - 1];
  return name === undefined || day === undefined ? iso : `${Number(day)} ${name} ${year ?? ""}`;
}

/** A calendar day that exists, alone or with a time of day: `2026-11-03`, `2026-11-03T08:00:00Z`. */
export function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/.exec(text);
  if (match === null) return false;
  const [, year, month, day] = match.map(Number);
  const date = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day));
  return (
    date.getUTCMonth() === (month ?? 0) - 1 && date.getUTCDate() === day && (match[4] === undefined || !Number.isNaN(Date.parse(text)))
  );
}
