import { columnsWithDefault } from "../../model/apply/index.ts";
import type { JudgedStatement } from "../../model/judged.ts";
import type { Hazard, Rule, RuleContext } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { named, sqlName, sqlTable } from "../words.ts";

export const sequenceRestarted: Rule = {
  id: "sequence-restarted",
  summary: "a sequence that begins again gives keys that rows have already",
  database: "postgres",
  kinds: ["alter-sequence", "set-identity"],
  check(statement, context) {
    const of = [
      ...changesOf(statement, "alter-sequence").flatMap((change) =>
        change.restart === undefined ? [] : columnsOf(statement, change.name).map((column) => ({ ...column, restart: change.restart })),
      ),
      ...changesOf(statement, "set-identity").flatMap(({ table, column, restart }) =>
        restart === undefined ? [] : [{ table, column, restart }],
      ),
    ];
    return of.flatMap(({ table, column, restart }): Hazard[] => {
      if (!context.existedBefore(statement, table) || isEmptied(statement, context, table)) return [];
      return [hazard(statement, context, table, column, restart ?? null)];
    });
  },
};

/** @param restart null: where it began before */
function hazard(statement: JudgedStatement, context: RuleContext, table: string, column: string, restart: number | null): Hazard {
  const unique = context
    .table(statement, table)
    ?.indexes.some((index) => index.unique && index.columns.length === 1 && index.columns[0] === column);
  // A large number is what somebody looked up; that it lies past the greatest key no migration tells.
  const fromTheStart = restart === null || restart <= 1;
  const [t, c] = [sqlTable(table), sqlName(column)];
  return {
    severity: unique !== true ? "info" : fromTheStart ? "error" : "warning",
    about: `${table}.${column}`,
    message: `${named(column)} of ${named(table)} is counted from ${restart ?? "its first number"} again, whatever numbers are there`,
    label: unique === true ? "the next INSERT may get a key that is taken" : "the next INSERT may get a number that is taken",
    why:
      unique === true
        ? `an INSERT that leaves ${named(column)} to the database fails with SQLSTATE 23505 when its number is taken, again and again until the sequence has passed the greatest`
        : `rows get numbers that other rows have, and nothing refuses it`,
    help: `\`SELECT setval(pg_get_serial_sequence('${t}', '${column}'), (SELECT max(${c}) FROM ${t}));\` puts it behind the greatest key${fromTheStart ? "" : "; if the number was chosen so, say it: `-- tread-ignore sequence-restarted: <reason>`"}`,
    evidence: [context.sizeEvidence(table)],
  };
}

/** Emptied before, in the same release: there are no keys to collide with. */
function isEmptied(statement: JudgedStatement, context: RuleContext, table: string): boolean {
  const before = context.release.slice(0, context.release.indexOf(statement));
  return before.some((other) => changesOf(other, "truncate").some(({ names }) => names.includes(table)));
}

function columnsOf(statement: JudgedStatement, sequence: string): readonly { readonly table: string; readonly column: string }[] {
  const owner = statement.before.sequences.get(sequence)?.ownedBy;
  const found = new Map<string, { table: string; column: string }>();
  if (owner?.column != null) found.set(`${owner.relation}.${owner.column}`, { table: owner.relation, column: owner.column });
  for (const { relation, column } of columnsWithDefault(statement.before, sequence))
    found.set(`${relation.name}.${column.name}`, { table: relation.name, column: column.name });
  return [...found.values()];
}
