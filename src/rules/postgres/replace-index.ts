import type { JudgedStatement } from "../../model/judged.ts";
import type { Index } from "../../model/schema.ts";
import { bareName } from "../../model/schema.ts";
import type { ChangeOf, Rule, RuleContext } from "../rule.ts";
import { changesOf, ruleFor } from "../rule.ts";
import { named, sayTo, sqlTable } from "../words.ts";

export const replaceIndex: Rule = ruleFor("drop-index", {
  id: "replace-index",
  summary: "an index is dropped before the one that takes its place is built",
  check(change, statement, context) {
    const old = indexNamed(statement, context, change.name);
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

/** A statement locks the table of the index that it drops, so the others need not be searched. */
function indexNamed(
  statement: JudgedStatement,
  context: RuleContext,
  name: string,
): { readonly table: string; readonly index: Index } | null {
  for (const { relation } of context.effects(statement).locks) {
    const index = context.table(statement, relation)?.indexes.find((candidate) => candidate.name === name);
    if (index !== undefined) return { table: relation, index };
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
  const made = builtIn(context.release).find(
    ({ position, judged, change }) => position > at && !together.has(judged) && change.table === table && change.index.columns[0] === first,
  );
  return made === undefined ? null : { name: made.change.index.name, judged: made.judged };
}

interface Built {
  readonly position: number;
  readonly judged: JudgedStatement;
  readonly change: ChangeOf<"create-index">;
}

// A release of thousands of statements is gone through once, not for each index that it drops.
const known = new WeakMap<readonly JudgedStatement[], readonly Built[]>();

function builtIn(release: readonly JudgedStatement[]): readonly Built[] {
  const found =
    known.get(release) ??
    release.flatMap((judged, position) => changesOf(judged, "create-index").map((change): Built => ({ position, judged, change })));
  known.set(release, found);
  return found;
}
