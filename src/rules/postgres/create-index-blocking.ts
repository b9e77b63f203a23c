import type { JudgedStatement } from "../../model/judged.ts";
import type { ChangeOf, Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { GENERIC_WORK, whoWaits, workEvidence, worstSeverity } from "../work.ts";
import { bareName } from "../../model/schema.ts";
import { named, sayTo, sentences, sqlName, sqlTable } from "../words.ts";

export const createIndexBlocking: Rule = ruleFor("create-index", {
  id: "create-index-blocking",
  summary: "CREATE INDEX without CONCURRENTLY blocks writes until the index is built",
  check(change, statement, context) {
    if (change.concurrently) return null;
    const work = context.blockingWork(statement);
    const [first] = work;
    if (first === undefined) return null;
    const tables = work.map((item) => item.table);
    const partitioned = context.table(statement, change.table)?.kind === "partitioned-table";
    return {
      severity: worstSeverity(context, tables),
      about: change.index.name,
      message: `building index ${named(bareName(change.index.name))} blocks writes to ${named(change.table)} until it is complete`,
      label: "writes wait from here on",
      why: sentences(
        whoWaits(context, first),
        partitioned &&
          "On a partitioned table it is built on every partition in one statement, and all of them stay locked until the last is done.",
        change.index.unique && "It also fails, after all that time, on the first pair of duplicates (SQLSTATE 23505).",
      ),
      help: partitioned
        ? onPartitions(change)
        : sayTo(statement, { sql: concurrent(statement, change), django: inDjango(statement, change) }),
      evidence: workEvidence(statement, context, tables),
      supersedes: GENERIC_WORK,
    };
  },
});

function concurrent(statement: JudgedStatement, change: ChangeOf<"create-index">): string {
  return `outside of a transaction (a migration of its own):\n${concurrentForm(statement, change)}\n-- if it fails it leaves an INVALID index behind: DROP INDEX CONCURRENTLY it before the next try`;
}

function inDjango(statement: JudgedStatement, change: ChangeOf<"create-index">): string {
  return `\`AddIndexConcurrently\` from \`django.contrib.postgres.operations\` instead of \`AddIndex\` (for a field with an index of its own, as every foreign key has: \`db_index=False\` on the field and the index in \`Meta.indexes\`), in a migration of its own with \`atomic = False\`; it runs\n${concurrentForm(statement, change)}`;
}

function onPartitions(change: ChangeOf<"create-index">): string {
  const name = bareName(change.index.name);
  return `CONCURRENTLY is refused on a partitioned table. Make the parent's index without its partitions, build each partition's concurrently, attach them:\nCREATE ${change.index.unique ? "UNIQUE " : ""}INDEX ${definition(change, "ONLY ")};\nCREATE ${change.index.unique ? "UNIQUE " : ""}INDEX CONCURRENTLY … ON <partition> …;   -- once per partition\nALTER INDEX ${sqlName(name)} ATTACH PARTITION …;`;
}

function definition({ index, table }: ChangeOf<"create-index">, only: string = ""): string {
  const keys = index.columns.map((column) => (column === null || index.special === true ? "…" : sqlName(column))).join(", ");
  const method = index.method === "btree" ? "" : ` USING ${index.method}`;
  return `${sqlName(bareName(index.name))} ON ${only}${sqlTable(table)}${method} (${keys})${index.predicate === null ? "" : ` WHERE ${index.predicate}`}`;
}

/** The statement as it stands, with CONCURRENTLY: operator classes, INCLUDE and WITH stay what they are. */
function concurrentForm({ statement }: JudgedStatement, change: ChangeOf<"create-index">): string {
  const unique = change.index.unique ? "UNIQUE " : "";
  const rest = /^\s*create\s+(?:unique\s+)?index\s+(?:if\s+not\s+exists\s+)?([^]+?)\s*;?\s*$/i.exec(statement.sql)?.[1];
  // A comment in it would swallow what follows once it stands in one line.
  const whole = rest === undefined || /--|\/\*/.test(rest) ? definition(change) : rest.replaceAll(/\s*\n\s*/g, " ");
  return `CREATE ${unique}INDEX CONCURRENTLY ${whole};`;
}
