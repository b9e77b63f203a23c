import type { ClickHouseError } from "../../../model/clickhouse/effects.ts";
import type { ClickHouseState } from "../../../model/clickhouse/schema.ts";
import type { FunctionExpression } from "../parse/ast.ts";
import { FUNCTION_NAMES } from "./function-names.ts";

interface Known {
  readonly least: number;
  /** Null: as many as one likes. */
  readonly most: number | null;
  readonly aggregate: boolean;
}

interface Catalogue {
  readonly byName: ReadonlyMap<string, Known>;
  /** Those whose case does not matter, in lower case. */
  readonly inAnyCase: ReadonlyMap<string, Known>;
}

/** Functions that the grammar, the analyser or the executor makes of something else: no catalogue lists them. */
const INSIDE = "grouping untuple exists viewIfPermitted lambda countDistinct any all columns apply some row interval extract";
/** Suffixes of an aggregate function, as system.aggregate_function_combinators lists them. */
const COMBINATORS = /(?:SimpleState|OrDefault|Distinct|Resample|ForEach|ArgMax|ArgMin|OrNull|Tuple|Merge|State|Array|Null|Map|If)$/;
/** Functions that later versions no longer have: an older server may. */
const FORMER =
  /^(?:yandexConsistentHash|catboostEvaluate|modelEvaluate|finalizeAggregationState|buildID|MD4|timeSlot2|sumMapFilteredWithOverflow)$/;

let catalogue: Catalogue | null = null;

function functionCatalogue(): Catalogue {
  if (catalogue !== null) return catalogue;
  const byName = new Map<string, Known>();
  const inAnyCase = new Map<string, Known>();
  const put = (word: string, known: Omit<Known, "aggregate">): void => {
    const aggregate = word.startsWith("+");
    const bare = aggregate ? word.slice(1) : word;
    const name = bare.startsWith("~") ? bare.slice(1) : bare;
    byName.set(name, { ...known, aggregate });
    if (bare !== name) inAnyCase.set(name.toLowerCase(), { ...known, aggregate });
  };
  const unknown = { least: 0, most: null };
  for (const block of FUNCTION_NAMES.split("\n:").slice(1)) {
    const [head = "", ...words] = block.split(/\s+/).filter((word) => word !== "");
    const [least = "", most = ""] = head.split("-");
    for (const word of words) {
      const [alias = "", of] = word.split("=");
      if (of === undefined) put(word, head === "?" ? unknown : { least: Number(least), most: most === "" ? null : Number(most) });
      else {
        const known = byName.get(of) ?? { ...unknown, aggregate: false };
        const name = alias.replace("~", "");
        byName.set(name, known);
        if (alias !== name) inAnyCase.set(name.toLowerCase(), known);
      }
    }
  }
  for (const word of INSIDE.split(" ")) inAnyCase.set(word.toLowerCase(), { ...unknown, aggregate: false });
  catalogue = { byName, inAnyCase };
  return catalogue;
}

function lookUp(name: string): Known | undefined {
  const { byName, inAnyCase } = functionCatalogue();
  return byName.get(name) ?? inAnyCase.get(name.toLowerCase());
}

/** Without its combinators: `sumIf`, `uniqStateArray`. Undefined: no such aggregate function. */
function combined(name: string): { readonly known: Known; readonly suffixes: readonly string[] } | undefined {
  let base = name;
  const suffixes: string[] = [];
  for (let found = COMBINATORS.exec(base); found !== null; found = COMBINATORS.exec(base)) {
    base = base.slice(0, found.index);
    suffixes.push(found[0]);
    const known = lookUp(base);
    if (known?.aggregate === true) return { known, suffixes };
  }
  return undefined;
}

/** Whether a name is that of an aggregate function, combinators included. */
export function isAggregateFunction(name: string): boolean {
  const known = lookUp(name);
  return known === undefined ? combined(name) !== undefined : known.aggregate;
}

/** A name that CREATE FUNCTION is refused for. */
export function isBuiltIn(name: string): boolean {
  return lookUp(name) !== undefined || combined(name) !== undefined;
}

/**
 * What the server answers to a call: 46 for a function that neither ClickHouse 26.7 has nor a migration made, 42 for a number of arguments that it
 * does not take. Functions from the server's own configuration (executable ones) are not known here.
 */
export function functionProblem(
  call: Pick<FunctionExpression, "name" | "arguments">,
  state: Pick<ClickHouseState, "functions" | "complete">,
): ClickHouseError | null {
  const { name } = call;
  const count = call.arguments.length;
  const own = state.functions.get(name);
  if (own !== undefined) {
    // A definition that is no lambda takes what it is given.
    return own.parameters.length === 0 || own.parameters.length === count ? null : wrongCount(name, count, `${own.parameters.length}`);
  }
  const known = lookUp(name);
  if (known !== undefined) return countProblem(name, count, known);
  const aggregate = combined(name);
  if (aggregate !== undefined) {
    const { suffixes } = aggregate;
    if (suffixes.length !== 1 || suffixes[0] !== "If") return null;
    return countProblem(name, count - 1, aggregate.known);
  }
  if (!state.complete || FORMER.test(name)) return null;
  return { code: 46, message: `Function with name '${name}' does not exist` };
}

function countProblem(name: string, count: number, { least, most }: Known): ClickHouseError | null {
  if (count >= least && (most === null || count <= most)) return null;
  return wrongCount(name, count, most === null ? `at least ${least}` : least === most ? `${least}` : `${least} to ${most}`);
}

function wrongCount(name: string, passed: number, takes: string): ClickHouseError {
  return { code: 42, message: `Number of arguments for function ${name} doesn't match: passed ${passed}, should be ${takes}` };
}
