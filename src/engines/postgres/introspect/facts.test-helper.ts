import { formatType } from "../changes/types.ts";
import type { SchemaState } from "../../../model/schema.ts";

/**
 * Everything of a schema but how somebody happened to write it (the server writes expressions anew), what a live server knows of its
 * extensions, and what lives in another session.
 */
export function facts(state: SchemaState): unknown {
  const sorted = <T>(list: readonly T[]): T[] => [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const value = (e: { readonly volatility: string; readonly isNull: boolean } | null): string | null =>
    e === null || e.isNull ? null : e.volatility;
  return {
    relations: sorted(
      [...state.relations.values()]
        .filter((r) => !r.name.startsWith("pg_temp."))
        .map((r) => ({
          name: r.name,
          kind: r.kind,
          columns: r.columns.map(
            (c) =>
              `${c.name} ${formatType(c.type).replace(/^public\./, "")}${c.notNull ? " not null" : ""} default=${value(c.default)} ${c.identity ?? ""} ${c.generated ?? ""} ${c.collation?.replace(/^.*\./, "") ?? ""}`,
          ),
          constraints: sorted(
            r.constraints
              .filter((c) => c.kind !== "not-null")
              .map((c) => ({
                ...c,
                columns: c.kind === "check" ? sorted(c.columns) : c.columns,
                expression: c.expression === null ? null : { columns: sorted(c.expression.columns), volatility: c.expression.volatility },
              })),
          ),
          indexes: sorted(
            r.indexes.map((i) => ({
              ...i,
              mentions: sorted(i.mentions),
              valid: i.valid || r.kind === "partitioned-table",
              predicate: i.predicate !== null,
            })),
          ),
          triggers: sorted(r.triggers),
          partition: [r.partitionOf, bound(r.partitionBound)],
          inherits: r.inherits,
          unlogged: r.unlogged,
          rowSecurity: r.rowSecurity,
          reads: r.reads === null ? null : sorted(r.reads),
        })),
    ),
    types: sorted(
      [...state.types.values()]
        .filter((t) => t.kind !== "other")
        .map((t) => {
          const base = { kind: t.kind, name: t.name };
          if (t.kind === "enum") return { ...base, values: t.values };
          if (t.kind === "domain")
            return {
              ...base,
              base: formatType(t.base),
              notNull: t.notNull,
              default: value(t.default),
              checks: sorted(t.checks.map((c) => [c.name, c.validated])),
            };
          return t.kind === "composite" ? { ...base, columns: t.columns.map((c) => `${c.name} ${formatType(c.type)}`) } : base;
        }),
    ),
    functions: sorted([...state.functions.values()].filter((f) => f.language !== "c").map((f) => [f.name, f.volatility, f.language])),
    sequences: sorted([...state.sequences.values()]),
    extensions: sorted([...state.extensions]),
    schemas: sorted([...state.schemas]),
    complete: state.complete,
  };
}

/** Postgres writes a bound back in its own way: numbers in quotes, midnight with its hours. */
function bound(written: string | null): string | undefined {
  return written
    ?.replaceAll(/\s+/g, " ")
    .replaceAll(/'(-?\d+)'/g, "$1")
    .replaceAll(/ 00:00:00(?=')/g, "")
    .toLowerCase();
}
