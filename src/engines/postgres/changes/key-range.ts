import type { Relation } from "../../../model/schema.ts";
import { as, strings, type Node } from "../parse/grammar.ts";

/** Rows that a batch may have and still count as bounded: what a few seconds of writing at most lock (`docs/hazards.md`, entry 126). */
const LARGEST_BATCH = 100_000;
const INTEGERS = new Set(["smallint", "integer", "bigint"]);

/**
 * `id BETWEEN 1 AND 5000`, `id >= 1 AND id < 5001`: whole numbers of a unique column between two constants are as many rows as there
 * are numbers between them, at most.
 * @param columnOf the column of the relation that a side of a comparison names, or null
 */
export function isShortRange(
  relation: Relation,
  conditions: readonly Node[],
  columnOf: (node: Node | undefined) => string | null,
): boolean {
  return relation.columns.some((column) => {
    if (!INTEGERS.has(column.type.name) || !isUnique(relation, column.name)) return false;
    let low = -Infinity;
    let high = Infinity;
    for (const condition of conditions) {
      const [from, to] = limits(condition, (node) => columnOf(node) === column.name);
      low = Math.max(low, from);
      high = Math.min(high, to);
    }
    return high - low < LARGEST_BATCH;
  });
}

function isUnique(relation: Relation, column: string): boolean {
  return relation.indexes.some((i) => i.valid && i.unique && i.predicate === null && i.columns.length === 1 && i.columns[0] === column);
}

/** Smallest and largest number that the condition leaves, both included. */
function limits(condition: Node, isColumn: (node: Node | undefined) => boolean): readonly [number, number] {
  const test = as(condition, "A_Expr");
  const open = [-Infinity, Infinity] as const;
  if (test === undefined) return open;
  if (test.kind === "AEXPR_BETWEEN" && isColumn(test.lexpr)) {
    const [from, to] = (as(test.rexpr, "List")?.items ?? []).map(integerOf);
    return [from ?? -Infinity, to ?? Infinity];
  }
  if (test.kind !== "AEXPR_OP") return open;
  const operator = strings(test.name).at(-1) ?? "";
  if (isColumn(test.lexpr)) return side(operator, integerOf(test.rexpr));
  return isColumn(test.rexpr) ? side(MIRRORED[operator] ?? "", integerOf(test.lexpr)) : open;
}

const MIRRORED: Readonly<Record<string, string>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

function side(operator: string, bound: number | null): readonly [number, number] {
  if (bound === null) return [-Infinity, Infinity];
  if (operator === ">=") return [bound, Infinity];
  if (operator === ">") return [bound + 1, Infinity];
  if (operator === "<=") return [-Infinity, bound];
  return operator === "<" ? [-Infinity, bound - 1] : [-Infinity, Infinity];
}

function integerOf(node: Node | undefined): number | null {
  const constant = as(node, "A_Const");
  if (constant?.ival !== undefined) return constant.ival.ival ?? 0;
  // The scanner hands numbers beyond 32 bits over as text.
  const large = constant?.fval?.fval;
  return large !== undefined && /^\d{1,15}$/.test(large) ? Number(large) : null;
}
