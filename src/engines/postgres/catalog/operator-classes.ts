/** Types of the server that an access method has a default operator class for (`pg_opclass`, measured on 13 and 18.4). */
const COMMON =
  '"char", bigint, bytea, character, date, double precision, inet, integer, interval, macaddr, macaddr8, name, numeric, oid, pg_lsn, real, smallint, text, tid, time with time zone, time without time zone, timestamp with time zone, timestamp without time zone, uuid';
const LISTS: Readonly<Record<string, string>> = {
  btree: `${COMMON}, bit, bit varying, boolean, jsonb, money, oidvector, record, tsquery, tsvector, xid8, array, enum, range, multirange`,
  hash: `${COMMON}, aclitem, boolean, cid, jsonb, oidvector, record, xid, xid8, array, enum, range, multirange`,
  brin: `${COMMON}, bit, bit varying, box, range`,
  gin: "jsonb, tsvector, array",
  gist: "box, circle, point, polygon, tsquery, tsvector, range, multirange",
  spgist: "box, inet, point, polygon, text, range",
};

const CLASSES: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(LISTS).map(([method, list]) => [method, new Set(list.split(", "))]),
);

/** Types of the same form use the operator classes of another (`pg_cast.castmethod = 'b'`). */
const LIKE: Readonly<Record<string, string>> = {
  "character varying": "text",
  cidr: "inet",
  regclass: "oid",
  regtype: "oid",
  regproc: "oid",
  regrole: "oid",
  regnamespace: "oid",
};

/** @param type of the server's, or `array`, `enum`, `range`, `multirange` for all of that form */
export function hasDefaultClass(method: string, type: string): boolean {
  const form = type.endsWith("multirange") ? "multirange" : type.endsWith("range") ? "range" : (LIKE[type] ?? type);
  return CLASSES.get(method)?.has(form) ?? true;
}
