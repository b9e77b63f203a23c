import type { Index, Relation } from "../../../model/schema.ts";
import { baseOf } from "./type-pairs.ts";
import type { Work } from "./work.ts";

/** Types of the server without an order, so that B-tree has no operator class for them (`pg_opclass` of 13 to 18). */
const UNORDERED = new Set(["json", "xml", "point", "line", "lseg", "box", "path", "polygon", "circle"]);
/** Types, arrays aside, that GIN has an operator class for; extensions may bring one for any other. */
const GIN = new Set(["jsonb", "tsvector"]);

/** Notes 42704 for a key of a type that the access method cannot index without being told how. */
export function needOperatorClass(relation: Relation, index: Index, work: Work): void {
  // One of the keys has an operator class or a collation of its own: which one is not kept.
  if (index.special === true) return;
  for (const name of index.columns) {
    const column = relation.columns.find((c) => c.name === name);
    if (column === undefined) continue;
    const type = baseOf(column.type, work.state);
    const lacks =
      index.method === "btree"
        ? UNORDERED.has(type.name) && type.dimensions === 0
        : index.method === "gin" && work.onlyPlpgsql && type.dimensions === 0 && !type.name.includes(".") && !GIN.has(type.name);
    if (lacks) work.fail("42704", `data type ${type.name} has no default operator class for access method "${index.method}"`);
  }
}
