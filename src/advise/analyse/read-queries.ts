import { ClickHouseError } from "../../engines/clickhouse/embedded/index.ts";
import { type Lab, quoteName, unlessRefused } from "../engine/lab.ts";
import type { Schema } from "../table/definition.ts";
import type { WorkloadQuery } from "../workload/workload.ts";
import { parseQueryTree, type TreeNode } from "./query-tree.ts";
import { type QueryReads, readsOf } from "./query-reads.ts";

export interface Analysed {
  readonly query: WorkloadQuery;
  readonly reads: QueryReads;
  readonly readAs: string;
}

export interface AnalysedWorkload {
  readonly queries: readonly Analysed[];
  /** Names of queries that read other tables only. */
  readonly elsewhere: readonly string[];
  readonly unmeasured: readonly { readonly query: string; readonly reason: string; readonly at: string }[];
}

/** Server codes: a table, database or dictionary that the schema does not know. */
const UNKNOWN_OBJECT: ReadonlySet<number> = new Set([60, 81]);
const SYNTAX = 62;

/**
 * Asks the engine's analyzer what each query reads. The schema's tables must exist in the lab.
 * @throws EngineCrashed
 */
export async function analyseWorkload(lab: Lab, schema: Schema, queries: readonly WorkloadQuery[]): Promise<AnalysedWorkload> {
  const { definition, neighbours } = schema;
  const isTarget = (name: string): boolean => definition.readAs.includes(name);
  const views = new Map<string, TreeNode>();
  for (const neighbour of neighbours) {
    if (neighbour.kind !== "view" || neighbour.select === null) continue;
    const tree = await treeOf(lab, neighbour.select, definition.database);
    if (!(tree instanceof ClickHouseError)) views.set(neighbour.name, tree);
  }
  const analysed: Analysed[] = [];
  const elsewhere: string[] = [];
  const unmeasured: { query: string; reason: string; at: string }[] = [];
  for (const query of queries) {
    const at = `${query.file}:${query.line}`;
    const tree = await treeOf(lab, query.sql, query.database ?? definition.database);
    if (tree instanceof ClickHouseError) {
      if (UNKNOWN_OBJECT.has(tree.code) && !(await namesTarget(lab, query.sql, definition.readAs))) elsewhere.push(query.name);
      else unmeasured.push({ query: query.name, reason: reasonOf(tree), at });
      continue;
    }
    const reads = readsOf(tree, isTarget, views);
    const names = [...reads.tables].filter(isTarget);
    const [readAs] = names;
    if (readAs === undefined) elsewhere.push(query.name);
    else if (names.length > 1)
      unmeasured.push({ query: query.name, reason: `it reads the table under two names (${names.join(", ")})`, at });
    else analysed.push({ query, reads, readAs });
  }
  return { queries: analysed, elsewhere, unmeasured };
}

async function treeOf(lab: Lab, sql: string, database: string): Promise<TreeNode | ClickHouseError> {
  const used = await unlessRefused(lab.text(`USE ${quoteName(database)}`));
  if (used instanceof ClickHouseError) return used;
  // One pass: names resolved and constants folded, nothing rewritten yet.
  const text = await unlessRefused(lab.text(`EXPLAIN QUERY TREE passes = 1 ${sql}`));
  return text instanceof ClickHouseError ? text : parseQueryTree(text);
}

/** Whether a query that cannot be resolved names the table at all, by the engine's own parser. */
async function namesTarget(lab: Lab, sql: string, names: readonly string[]): Promise<boolean> {
  const ast = await unlessRefused(lab.text(`EXPLAIN AST ${sql}`));
  if (ast instanceof ClickHouseError) return true;
  const identifiers = ast
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith("TableIdentifier "))
    .map((line) => line.slice("TableIdentifier ".length).replace(/ \(.*$/, ""));
  return identifiers.some((found) => names.some((name) => name === found || name.slice(name.indexOf(".") + 1) === found));
}

function reasonOf(error: ClickHouseError): string {
  const words = error.message
    .replace(/\s+/g, " ")
    .replace(/: In scope .*$/, "")
    .replace(/\. Expected one of: .*$/, "");
  const short = words.length > 240 ? `${words.slice(0, 240)}…` : words;
  return error.code === SYNTAX ? `it does not parse: ${short}` : `the engine refuses it (code ${error.code}): ${short}`;
}
