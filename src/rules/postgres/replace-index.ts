import type { JudgedStatement } from "../../model/judged.ts";
import type { Index } from "../../model/schema.ts";
import { bareName } from "../../model/schema.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { changesOf, ruleFor } from "../rule.ts";
import { named, sayTo, sqlTable } from "../words.ts";

export const replaceIndex: Rule = ruleFor("drop-index", {
  id: "replace-index",
  summary: "an index is dropped before the one that takes its place is built",
  check(change, statement, context) {
    const old = indexNamed(statement, change.name);
    if (old === null || !old.index.valid || !context.existedBefore(statement, old.table)) return null;
    const successor = successorOf(statement, context, old.table, old.index);
    if (successor === null) return null;
    const name = named(bareName(change.name));
    const drop = `DROP INDEX CONCURRENTLY ${sqlTable(change.name)};`;
    return {
      severity: "warning",
      about: change.name,
      message: `${name} is dropped before ${named(bareName(successor.name))}, which takes its place, is built`,
      label: "until then queries have neither",
      why: `from here until the new index is complete every query that used ${name} reads ${named(old.table)} from end to end, or takes a plan that nobody has seen in production; if the build fails it stays that way`,
      help: sayTo(statement, {
        sql: `the other way round, the new one under another name; both may exist at once:\nCREATE INDEX CONCURRENTLY … ;\n${drop}   -- when the new one is valid\nALTER INDEX … RENAME TO ${bareName(change.name)};`,
        django: "`AddIndexConcurrently` first, under another name, then `RemoveIndexConcurrently`, and `RenameIndex` last",
      }),
      evidence: [context.sizeEvidence(old.table)],
      also: [{ span: successor.judged.statement.span, label: "built only here" }],
    };
  },
});

function indexNamed(statement: JudgedStatement, name: string): { readonly table: string; readonly index: Index } | null {
  for (const relation of statement.before.relations.values()) {
    const index = relation.indexes.find((candidate) => candidate.name === name);
    if (index !== undefined) return { table: relation.name, index };
  }
  return null;
}

/** Built later in the release on the same leading column; in the same transaction nobody sees the gap. */
function successorOf(
  statement: JudgedStatement,
  context: RuleContext,
  table: string,
  old: Index,
): { readonly name: string; readonly judged: JudgedStatement } | null {
  const at = context.release.indexOf(statement);
  const together = new Set(context.laterInTransaction(statement));
  const first = old.columns[0];
  const rest = new Set(
    statement.after.relations
      .get(table)
      ?.indexes.filter((index) => index.columns[0] === first)
      .map((index) => index.name),
  );
  // Another index that begins with the column is there meanwhile.
  if (rest.size > 0 || first === undefined || first === null) return null;
  for (const judged of context.release.slice(at + 1)) {
    if (together.has(judged)) continue;
    const made = changesOf(judged, "create-index").find((change) => change.table === table && change.index.columns[0] === first);
    if (made !== undefined) return { name: made.index.name, judged };
  }
  return null;
}
