import { bareName } from "../../model/schema.ts";
import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { named, sayTo, sqlTable } from "../words.ts";

export const concurrentlyIfNotExists: Rule = ruleFor("create-index", {
  id: "concurrently-if-not-exists",
  summary: "CREATE INDEX CONCURRENTLY IF NOT EXISTS passes over the invalid index of a failed try",
  check(change, statement, context) {
    if (!change.concurrently || !change.ifNotExists || !context.existedBefore(statement, change.table)) return null;
    const droppedBefore = context
      .siblings(statement)
      .some(
        (other) =>
          other.statement.index < statement.statement.index &&
          other.statement.changes.some(
            (earlier) => earlier.kind === "drop-index" && bareName(earlier.name) === bareName(change.index.name),
          ),
      );
    if (droppedBefore) return null;
    // The schema was read from a database, and that has the invalid index.
    const isThere =
      context.table(statement, change.table)?.indexes.some((index) => index.name === change.index.name && !index.valid) === true;
    return {
      severity: isThere ? "error" : "info",
      about: change.index.name,
      message: isThere
        ? `${named(bareName(change.index.name))} is there and INVALID: IF NOT EXISTS passes over it, and nothing is built`
        : `IF NOT EXISTS passes over an INVALID ${named(bareName(change.index.name))} that a failed build left behind`,
      why: "a build that fails (a timeout, a deadlock, a duplicate) leaves an index that no query uses and every write pays for; the second try sees the name, does nothing and reports success",
      help: sayTo(statement, {
        sql: `\`DROP INDEX CONCURRENTLY IF EXISTS ${sqlTable(change.index.name)};\` before it, and CREATE INDEX CONCURRENTLY without IF NOT EXISTS`,
        django: `\`RemoveIndexConcurrently\`-like \`RunSQL("DROP INDEX CONCURRENTLY IF EXISTS ${sqlTable(change.index.name)}")\` before it, in the same \`atomic = False\` migration`,
      }),
      evidence: [],
    };
  },
});
