import type { Index } from "../../model/schema.ts";
import { bareName } from "../../model/schema.ts";
import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { named, sqlTable } from "../words.ts";

/** More than GitLab allows any of its tables (15): from here on each write pays for all of them. */
const MANY = 15;

export const redundantIndex: Rule = ruleFor("create-index", {
  id: "redundant-index",
  summary: "an index that another one contains, one column twice, or one of very many",
  check(change, statement, context) {
    const { index, table } = change;
    const relation = context.table(statement, table);
    const others = (relation?.indexes ?? []).filter((other) => other.name !== index.name && other.valid);
    const said =
      overlap(index, others) ??
      (others.length >= MANY
        ? {
            what: `${named(table)} has ${others.length} indexes already`,
            help: "look which of them no query uses (`pg_stat_user_indexes.idx_scan = 0`) before the next one",
          }
        : null);
    if (said === null || relation === null) return null;
    return {
      severity: "info",
      about: index.name,
      message: `index ${named(bareName(index.name))}: ${said.what}`,
      label: "every write pays for it",
      why: `what the smaller index finds, the larger one finds too. Each index is written by every INSERT and by every UPDATE that is not HOT, takes its space in memory and on disk, and keeps VACUUM busy`,
      help: said.help,
      evidence: context.existedBefore(statement, table) ? [context.sizeEvidence(table)] : [],
    };
  },
});

function overlap(index: Index, others: readonly Index[]): { readonly what: string; readonly help: string } | null {
  const twice = index.columns.find((column, at) => column !== null && index.columns.indexOf(column) !== at);
  if (twice !== undefined) return { what: `${named(twice ?? "")} stands in it twice`, help: "name each column once" };
  const larger = others.find((other) => isPrefix(index, other));
  if (larger !== undefined && !index.unique) {
    return {
      what: `${named(bareName(larger.name))} (${larger.columns.join(", ")}) begins with the same columns`,
      help: `leave it out: ${named(bareName(larger.name))} serves the same queries`,
    };
  }
  const smaller = others.find((other) => !other.unique && other.constraint === null && isPrefix(other, index));
  if (smaller === undefined) return null;
  return {
    what: `it begins with the columns of ${named(bareName(smaller.name))} (${smaller.columns.join(", ")}), which is then no longer needed`,
    help: `when it is built and valid: \`DROP INDEX CONCURRENTLY ${sqlTable(smaller.name)};\``,
  };
}

/** All that `small` can find, `large` finds too: same kind, same rows, same leading columns. Expressions are not compared. */
function isPrefix(small: Index, large: Index): boolean {
  return (
    // An order, a collation or an operator class of its own (varchar_pattern_ops) finds other things.
    small.special !== true &&
    large.special !== true &&
    small.method === "btree" &&
    large.method === "btree" &&
    small.predicate === large.predicate &&
    !small.columns.includes(null) &&
    small.columns.length <= large.columns.length &&
    small.columns.every((column, at) => large.columns[at] === column)
  );
}
