import type { DeprecationItem, DeprecationsReport } from "./item.ts";

/** An item that may be dropped somewhere, and could have been for longer than was allowed. */
export interface Overdue {
  readonly item: DeprecationItem;
  readonly environment: string;
  readonly days: number;
}

const DAY = 86_400_000;

/** @param after milliseconds that something may stay after it has become safe to drop */
export function overdueOf(report: DeprecationsReport, after: number, now: Date): readonly Overdue[] {
  return report.items.flatMap((item) =>
    Object.entries(item.safeSince).flatMap(([environment, since]): Overdue[] => {
      if (since === null || item.verdicts[environment] !== "droppable") return [];
      const age = now.getTime() - Date.parse(since);
      return age > after ? [{ item, environment, days: Math.floor(age / DAY) }] : [];
    }),
  );
}
