import type { TypeRef } from "../../model/schema.ts";
import { newColumns } from "../new-columns.ts";
import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { list, named } from "../words.ts";

// typlen and typalign of pg_type; what is not listed has a length of its own in each row.
const LAYOUT: Readonly<Record<string, readonly [length: number, alignment: number]>> = {
  bigint: [8, 8],
  "double precision": [8, 8],
  "timestamp with time zone": [8, 8],
  "timestamp without time zone": [8, 8],
  "time without time zone": [8, 8],
  money: [8, 8],
  interval: [16, 8],
  integer: [4, 4],
  real: [4, 4],
  date: [4, 4],
  oid: [4, 4],
  smallint: [2, 2],
  boolean: [1, 1],
  uuid: [16, 1],
};

/** Below this a row gains nothing that would be noticed. */
const NOTICED = 8;

export const columnOrder: Rule = {
  id: "column-order",
  summary: "the order of a new table's columns costs bytes in every row",
  preset: "style",
  database: "postgres",
  kinds: ["create-relation"],
  check(statement) {
    return changesOf(statement, "create-relation").flatMap(({ relation }) => {
      const own = newColumns(statement).filter(({ table }) => table === relation.name);
      const fixed = own.filter(({ column }) => layoutOf(column.type) !== null);
      const sorted = [...fixed].sort((a, b) => (layoutOf(b.column.type)?.[1] ?? 0) - (layoutOf(a.column.type)?.[1] ?? 0));
      const saved = width(fixed.map(({ column }) => column.type)) - width(sorted.map(({ column }) => column.type));
      if (saved < NOTICED) return [];
      const rest = own.filter(({ column }) => layoutOf(column.type) === null);
      return [
        {
          severity: "info" as const,
          about: relation.name,
          message: `another order of the columns of ${named(relation.name)} saves ${saved} bytes in every row`,
          label: "bytes are left empty between the columns",
          why: "a column of 8 bytes begins at a multiple of 8, one of 4 at a multiple of 4: what lies between is empty in every row and in every page that is read",
          help: `widest first, texts last: ${list([...sorted, ...rest].map(({ column }) => column.name))}`,
          evidence: [],
        },
      ];
    });
  },
};

function layoutOf(type: TypeRef): readonly [number, number] | null {
  return type.dimensions > 0 ? null : (LAYOUT[type.name] ?? null);
}

/** Bytes of the columns of fixed length, one after the other as a row holds them, to the next multiple of 8. */
function width(types: readonly TypeRef[]): number {
  let at = 0;
  for (const type of types) {
    const [length, alignment] = layoutOf(type) ?? [0, 1];
    at = Math.ceil(at / alignment) * alignment + length;
  }
  return Math.ceil(at / 8) * 8;
}
