import type { JudgedStatement } from "../../model/judged.ts";

/**
 * What the migrations under judgement will ask of the data that is there already. Real data is presumed to satisfy it (or the
 * migration could not go out anywhere), so seeded rows do too: a made-up duplicate must not look like a finding.
 */
export interface SeedHints {
  readonly foreignKeys: readonly {
    readonly table: string;
    readonly columns: readonly string[];
    readonly references: string;
    readonly referencedColumns: readonly string[];
  }[];
  readonly uniques: readonly { readonly table: string; readonly columns: readonly string[] }[];
  readonly checks: readonly { readonly table: string; readonly expression: string }[];
  /** Type that a column is changed to, by `table.column`. */
  readonly types: ReadonlyMap<string, string>;
}

export const NO_HINTS: SeedHints = { foreignKeys: [], uniques: [], checks: [], types: new Map() };

export function hintsOf(judged: readonly JudgedStatement[]): SeedHints {
  const foreignKeys: SeedHints["foreignKeys"][number][] = [];
  const uniques: SeedHints["uniques"][number][] = [];
  const checks: SeedHints["checks"][number][] = [];
  const types = new Map<string, string>();
  for (const { statement, before } of judged) {
    for (const change of statement.changes) {
      if (change.kind === "add-constraint") {
        const { constraint, table } = change;
        if (constraint.kind === "foreign-key" && constraint.references !== null) {
          const { relation, columns } = constraint.references;
          const key =
            columns.length > 0
              ? columns
              : (before.relations.get(relation)?.constraints.find((c) => c.kind === "primary-key")?.columns ?? []);
          foreignKeys.push({ table, columns: constraint.columns, references: relation, referencedColumns: key });
        } else if (constraint.kind === "unique" || constraint.kind === "primary-key" || constraint.kind === "exclusion") {
          uniques.push({ table, columns: constraint.columns });
        } else if (constraint.kind === "check" && constraint.expression !== null) {
          checks.push({ table, expression: constraint.expression.sql });
        }
      } else if (change.kind === "create-index" && change.index.unique && change.index.predicate === null) {
        uniques.push({ table: change.table, columns: change.index.columns.filter((column) => column !== null) });
      } else if (change.kind === "change-type") {
        types.set(`${change.table}.${change.column}`, change.type.name);
      }
    }
  }
  return { foreignKeys, uniques, checks, types };
}
