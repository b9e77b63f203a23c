import type { PostgresEngine } from "../../engines/postgres/engine.ts";
import { apply } from "../../model/apply/index.ts";
import type { Change } from "../../model/change.ts";
import type { SchemaState } from "../../model/schema.ts";
import type { Span } from "../../text/span.ts";
import { displayName } from "../../model/schema.ts";
import { splitAtCommas } from "../sql.ts";
import { tokensOf } from "../../engines/postgres/parse/lexer.ts";
import { PlanTrouble } from "../trouble.ts";

const NOWHERE: Span = { file: "the change", line: 1, column: 1, endLine: 1, endColumn: 1 };

export interface Understood {
  readonly changes: readonly Change[];
  readonly after: SchemaState;
}

/**
 * Statements of a request against the schema before them.
 * @throws PlanTrouble for one that is no SQL, or that tread does not understand
 */
export function understand(engine: PostgresEngine, sql: readonly string[], before: SchemaState): Understood {
  const changes: Change[] = [];
  let after = before;
  for (const text of sql) {
    const step = { kind: "sql", sql: text, span: NOWHERE, verbatim: true, operation: null, reverse: "unknown", suppressions: [] } as const;
    for (const raw of engine.read(step)) {
      if (raw.syntaxError !== null)
        throw new PlanTrouble(
          `${text}: ${raw.syntaxError.message}`,
          "this is the statement that the words stand for: say them another way",
        );
      if (raw.opaque !== null) throw new PlanTrouble(`${text}: ${raw.opaque}`, "a plan is made only of what tread understands");
      for (const change of engine.changes(raw, after)) {
        if (change.kind === "opaque")
          throw new PlanTrouble(`${text}: ${change.reason}`, "a plan is made only of what tread understands", 3);
        changes.push(change);
        after = apply(change, after, { migration: null });
      }
    }
  }
  return { changes, after };
}

/** `ALTER TABLE t a, b` as `ALTER TABLE t a` and `ALTER TABLE t b`; everything else as it is. */
export function pieces(sql: string): readonly string[] {
  const tokens = tokensOf(sql);
  if (tokens[0]?.text !== "alter" || tokens[1]?.text !== "table") return [sql];
  let at = 2;
  if (tokens[at]?.text === "if") at += 2;
  if (tokens[at]?.text === "only" && tokens[at]?.kind === "word") at++;
  at++;
  while (tokens[at]?.text === ".") at += 2;
  if (tokens[at]?.text === "*") at++;
  const from = tokens[at]?.start;
  if (from === undefined) return [sql];
  const parts = splitAtCommas(sql.slice(from));
  return parts.length === 1 ? [sql] : parts.map((part) => `${sql.slice(0, from)}${part}`);
}

/** `not-null person.email`: a change in the words of `tread plan`, for what a migration was found to do. */
export function wordsOf(change: Change): string {
  const column = (of: { readonly table: string; readonly column: string }): string => `${displayName(of.table)}.${of.column}`;
  switch (change.kind) {
    case "set-not-null":
      return `not-null ${column(change)}`;
    case "drop-column":
      return `drop-column ${column(change)}`;
    case "rename-column":
      return `rename-column ${column(change)} to ${change.to}`;
    case "change-type":
      return `change-type ${column(change)} ${displayName(change.type.name)}`;
    case "add-column":
      return `add-column ${displayName(change.table)}.${change.column.name} ${displayName(change.column.type.name)}`;
    case "create-index":
      return `add-index ${displayName(change.index.name)} on ${displayName(change.table)}`;
    case "drop-index":
      return `drop-index ${displayName(change.name)}`;
    case "rename-relation":
      return `rename-table ${displayName(change.name)} to ${displayName(change.to)}`;
    case "drop-relation":
      return `drop-table ${displayName(change.name)}`;
    case "add-constraint": {
      const { kind, columns, references } = change.constraint;
      if (kind === "check") return `add-check ${displayName(change.table)} (${change.constraint.expression?.sql ?? ""})`;
      const own = `${displayName(change.table)} (${columns.join(", ")})`;
      if (kind === "foreign-key" && references !== null)
        return `add-foreign-key ${own} ${displayName(references.relation)} (${references.columns.join(", ")})`;
      return `add-${kind} ${own}`;
    }
    case "attach-partition":
      return `attach-partition ${displayName(change.partition)} to ${displayName(change.table)} ${change.bound}`;
    case "detach-partition":
      return `detach-partition ${displayName(change.partition)} from ${displayName(change.table)}`;
    case "add-enum-value":
      return `add-enum-value ${displayName(change.type)} '${change.value}'`;
    case "rename-enum-value":
      return `rename-enum-value ${displayName(change.type)} '${change.value}' to '${change.to}'`;
    case "alter-domain":
      return `domain-constraint ${displayName(change.domain)}`;
    case "write":
      return `${change.verb} ${displayName(change.table)}`;
    default:
      return change.kind;
  }
}
