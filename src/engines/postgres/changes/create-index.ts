import type { IndexElem, IndexStmt } from "libpg-query";
import { schemaOf } from "../../../model/apply/index.ts";
import type { Change } from "../../../model/change.ts";
import type { Index } from "../../../model/schema.ts";
import { all } from "../parse/grammar.ts";
import type { Context } from "./context.ts";
import { columnsIn } from "./expression.ts";
import { indexColumnNames, Names } from "./names.ts";
import { refusedIndex } from "./refused-commands.ts";

export function createIndex(node: IndexStmt, context: Context): Change[] {
  const table = context.relation(node.relation);
  const elements = all(node.indexParams, "IndexElem");
  const including = all(node.indexIncludingParams, "IndexElem");
  const names = new Names(context.state, table);
  const bare = node.idxname ?? names.relation(indexColumnNames([...elements, ...including]), "idx");
  const where = context.wordAt("where");
  const predicate = node.whereClause === undefined || where === -1 ? null : context.sql.slice(context.tokens[where]?.end ?? 0).trim();
  const index: Index = {
    name: `${schemaOf(table)}.${bare}`,
    unique: node.unique === true,
    method: node.accessMethod ?? "btree",
    columns: elements.map((e) => e.name ?? null),
    ...(including.length === 0 ? {} : { including: including.flatMap((e) => e.name ?? []) }),
    mentions: [...new Set([...[...elements, ...including].flatMap(mentioned), ...columnsIn(node.whereClause)])],
    predicate,
    valid: true,
    constraint: null,
    ...(elements.some((e) => e.collation !== undefined || e.opclass !== undefined) ? { special: true } : {}),
    ...(elements.some((e) => e.ordering === "SORTBY_DESC" || e.nulls_ordering === "SORTBY_NULLS_FIRST") ? { ordered: true } : {}),
    labels: indexColumnNames([...elements, ...including]),
  };
  const refused = refusedIndex(node, context);
  return [
    {
      ...(refused === null ? {} : { refused }),
      ...context.change({
        kind: "create-index",
        table,
        index,
        concurrently: node.concurrent === true,
        ifNotExists: node.if_not_exists === true,
        only: node.relation?.inh !== true,
        ...(including.length > 0 ? { including: true } : {}),
        ...(elements.some(isSorted) ? { sorted: true } : {}),
      }),
    },
  ];
}

function isSorted({ ordering, nulls_ordering: nulls }: IndexElem): boolean {
  return (ordering ?? "SORTBY_DEFAULT") !== "SORTBY_DEFAULT" || (nulls ?? "SORTBY_NULLS_DEFAULT") !== "SORTBY_NULLS_DEFAULT";
}

function mentioned(element: IndexElem): string[] {
  return element.name === undefined ? columnsIn(element.expr) : [element.name];
}
