import type { JudgedStatement } from "./judged.ts";

/** Statements that share a transaction as their tool runs them; `all-pending` ones across migrations. */
export function transactionsOf(judged: readonly JudgedStatement[]): JudgedStatement[][] {
  const groups: JudgedStatement[][] = [];
  let last: string | null = null;
  for (const entry of judged) {
    const { migration, statement } = entry;
    const key =
      statement.transaction === null
        ? null
        : migration.transaction === "all-pending"
          ? "all-pending"
          : `${migration.id}#${statement.transaction}`;
    const group = groups.at(-1);
    if (group !== undefined && key !== null && key === last) group.push(entry);
    else groups.push([entry]);
    last = key;
  }
  return groups;
}
