import { foreignKeysTo, treeOf, viewsOn } from "../../../model/apply/index.ts";
import { type Column, type Index, type Relation, type SchemaState, type TypeRef } from "../../../model/schema.ts";
import { isConstrainedDomain } from "./domains.ts";
import type { Predictors, Work } from "./work.ts";

/**
 * What ALTER COLUMN … TYPE does to the stored rows and to the indexes on the column. `ATColumnChangeRequiresRewrite` (tablecmds.c) looks at
 * the expression that turns old into new: nothing is written when it is the bare column, a cast without a function (same binary form), a
 * length coercion that the type's support function drops because the new limit is no narrower, a cast to a domain without constraints, or
 * timestamp to timestamptz while the session's zone is UTC (since 12).
 */
interface TypeChange {
  readonly rewrites: boolean;
  /** Without a rewrite: the operator class or collation differs, so that indexes are built again (`CheckIndexCompatible`). */
  readonly rebuildsIndexes: boolean;
}

const STRINGS = new Set(["text", "character varying"]);

/** Pairs whose stored form is the same (`pg_cast.castmethod = 'b'`, measured on 18.4), strings and domains aside. */
const SAME_FORM: ReadonlySet<string> = new Set([
  "cidr inet",
  "xml text",
  "xml character varying",
  "xml character",
  "bit bit varying",
  "bit varying bit",
  "integer oid",
  "oid integer",
  "oid regclass",
  "regclass oid",
  "oid regtype",
  "regtype oid",
  "oid regproc",
  "regproc oid",
  "oid regrole",
  "regrole oid",
  "oid regnamespace",
  "regnamespace oid",
]);

function typeChange(from: TypeRef, to: TypeRef, collationChanges: boolean, state: SchemaState): TypeChange {
  const silent: TypeChange = { rewrites: false, rebuildsIndexes: collationChanges };
  const rewrite: TypeChange = { rewrites: true, rebuildsIndexes: false };
  if (isConstrainedDomain(to, state) && !(from.name === to.name && from.dimensions === to.dimensions)) return rewrite;
  const a = baseOf(from, state);
  const b = baseOf(to, state);
  const arrays = a.dimensions > 0 || b.dimensions > 0;
  if (arrays && !(a.dimensions > 0 && b.dimensions > 0)) return rewrite;
  if (arrays && a.name !== b.name) return rewrite;
  if (a.name === b.name) {
    if (sameModifiers(a, b)) return silent;
    // An array's elements are coerced one by one: no support function drops that (measured 13–18: `varchar(20)[]` to `varchar(40)[]`).
    if (arrays) return b.modifiers.length === 0 ? silent : rewrite;
    return widens(a, b) ? silent : rewrite;
  }
  if (STRINGS.has(a.name) && STRINGS.has(b.name)) {
    if (b.modifiers.length === 0) return silent;
    // varchar(n) to text keeps any length; text to varchar(n) must look at each.
    return rewrite;
  }
  if (a.name === "timestamp without time zone" && b.name === "timestamp with time zone") {
    const utc = isUtc(state.session.timeZone);
    return utc && precision(b) >= precision(a) ? { rewrites: false, rebuildsIndexes: true } : rewrite;
  }
  if (a.name === "timestamp with time zone" && b.name === "timestamp without time zone") {
    const utc = isUtc(state.session.timeZone);
    return utc && precision(b) >= precision(a) ? { rewrites: false, rebuildsIndexes: true } : rewrite;
  }
  if (SAME_FORM.has(`${a.name} ${b.name}`) && b.modifiers.length === 0) {
    const sameOperators = a.name === "cidr" || a.name.startsWith("reg") || (a.name === "oid" && b.name.startsWith("reg"));
    return { rewrites: false, rebuildsIndexes: collationChanges || !sameOperators };
  }
  return rewrite;
}

/** The type under a domain; an array of a domain stays what it is. */
function baseOf(type: TypeRef, state: SchemaState): TypeRef {
  if (type.dimensions > 0) return type;
  const domain = state.types.get(type.name);
  return domain?.kind === "domain" ? baseOf(domain.base, state) : type;
}

function sameModifiers(a: TypeRef, b: TypeRef): boolean {
  return a.modifiers.length === b.modifiers.length && a.modifiers.every((m, i) => m === b.modifiers[i]);
}

/** No value of `a` can be changed by the limits of `b`: what the support functions of the length coercions decide. */
function widens(a: TypeRef, b: TypeRef): boolean {
  switch (a.name) {
    case "character varying":
    case "bit varying":
      return b.modifiers.length === 0 || (a.modifiers.length > 0 && (a.modifiers[0] ?? 0) <= (b.modifiers[0] ?? 0));
    case "numeric": {
      if (b.modifiers.length === 0) return true;
      if (a.modifiers.length === 0) return false;
      return (a.modifiers[1] ?? 0) === (b.modifiers[1] ?? 0) && (a.modifiers[0] ?? 0) <= (b.modifiers[0] ?? 0);
    }
    case "timestamp without time zone":
    case "timestamp with time zone":
    case "time without time zone":
    case "time with time zone":
    case "interval":
      return precision(b) >= precision(a);
    default:
      return false;
  }
}

/** Digits after the second; 6 when nothing is said (manual section 8.5). */
function precision(type: TypeRef): number {
  return type.modifiers[0] ?? 6;
}

function isUtc(zone: string | null): boolean {
  return zone !== null && /^(?:utc|gmt|etc\/(?:utc|gmt|uct|zulu|universal)|uct|zulu|universal|z|\+?0+(?::00)?)$/i.test(zone);
}

/** USING that gives the column itself, or a cast of it that Postgres would have applied anyway. */
function trivialUsing(using: string, column: string): boolean {
  const name = column.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^\\(*\\s*"?${name}"?\\s*\\)*(?:\\s*::.*)?$`, "i").test(using.trim());
}

export const typePredictors: Predictors<"change-type"> = {
  "change-type"(change, work) {
    const relation = work.need(change.table);
    const column = work.needColumn(relation, change.column);
    work.lockTree(change.table, "AccessExclusive");
    if (relation === null || column === null) {
      if (relation === null) work.rewriteTree(change.table);
      return;
    }
    if (dependentsForbid(relation, column, work)) return;
    const collationChanges = change.collation !== null ? change.collation !== column.collation : column.collation !== null;
    const effect =
      change.using === null || trivialUsing(change.using.sql, change.column)
        ? typeChange(column.type, change.type, collationChanges, work.state)
        : { rewrites: true, rebuildsIndexes: false };
    if (change.using === null && !castExists(column.type, change.type, work.state)) {
      work.fail("42804", `column "${change.column}" cannot be cast automatically to the new type`);
      return;
    }
    for (const part of treeOf(work.state, change.table)) changed(part, change.column, effect, work);
    rebuiltForeignKeys(relation, change.column, effect, work);
  },
};

function changed(relation: Relation, column: string, effect: TypeChange, work: Work): void {
  if (effect.rewrites) {
    work.rewrite(relation.name);
    return;
  }
  // A CHECK on the column is made again, which reads the table (`ATPostAlterTypeCleanup`).
  if (relation.constraints.some((c) => c.kind === "check" && c.validated && c.enforced && c.expression?.columns.includes(column) === true))
    work.scan(relation.name);
  for (const index of relation.indexes)
    if (index.mentions.includes(column) && rebuilt(index, column, effect)) work.build(relation.name, index.name);
}

/** Indexes with expressions or predicates are always built again: `CheckIndexCompatible` gives up on them. */
function rebuilt(index: Index, column: string, effect: TypeChange): boolean {
  return effect.rebuildsIndexes || index.predicate !== null || (index.columns.includes(null) && index.mentions.includes(column));
}

/**
 * Foreign keys on both sides of the column are made again, which locks the other table. Unless nothing is written and the comparison stays
 * the same (`TryReuseForeignKey`), they are checked again, which reads both.
 */
function rebuiltForeignKeys(relation: Relation, column: string, effect: TypeChange, work: Work): void {
  const rechecks = effect.rewrites || effect.rebuildsIndexes;
  const other = (table: string, validated: boolean): void => {
    work.lockTree(table, "AccessExclusive");
    if (!rechecks || !validated) return;
    work.scanTree(table);
    work.scanTree(relation.name);
  };
  for (const constraint of relation.constraints) {
    if (constraint.references !== null && constraint.columns.includes(column)) other(constraint.references.relation, constraint.validated);
  }
  for (const { table, constraint } of foreignKeysTo(work.state, relation.name)) {
    if (constraint.references?.columns.includes(column) === true) other(table.name, constraint.validated);
  }
}

function dependentsForbid(relation: Relation, column: Column, work: Work): boolean {
  if (viewsOn(work.state, relation.name, column.name).length > 0) {
    work.fail("0A000", "cannot alter type of a column used by a view or rule");
    return true;
  }
  if (relation.columns.some((c) => c.generated !== null && c.name !== column.name && c.default?.columns.includes(column.name) === true)) {
    // The SQLSTATE changed with 15 (measured 13–18).
    work.fail(work.version >= 15 ? "0A000" : "42601", "cannot alter type of a column used by a generated column");
    return true;
  }
  if (relation.triggers.some((t) => t.columns.includes(column.name))) {
    work.fail("0A000", "cannot alter type of a column used in a trigger definition");
    return true;
  }
  return false;
}

const NUMBERS = new Set(["smallint", "integer", "bigint", "numeric", "real", "double precision"]);
const TIMES = new Set(["date", "timestamp without time zone", "timestamp with time zone"]);
const TEXTS = new Set(["text", "character varying", "character", "name", '"char"']);
const OTHER_BUILT_IN = new Set(["boolean", "uuid", "json", "jsonb", "bytea", "interval", "inet", "cidr", "macaddr", "point", "xml"]);

/** False only where both types are well known and no assignment cast joins them (`pg_cast`; anything casts to text on assignment). */
function castExists(from: TypeRef, to: TypeRef, state: SchemaState): boolean {
  const a = baseOf(from, state);
  const b = baseOf(to, state);
  if (a.dimensions !== 0 || b.dimensions !== 0 || a.name === b.name || TEXTS.has(b.name)) return true;
  const group = (name: string): string | null =>
    NUMBERS.has(name)
      ? "number"
      : TIMES.has(name)
        ? "time"
        : TEXTS.has(name)
          ? "text"
          : OTHER_BUILT_IN.has(name)
            ? name
            : state.types.get(name)?.kind === "enum"
              ? name
              : null;
  const [x, y] = [group(a.name), group(b.name)];
  if (x === null || y === null || x === y) return true;
  const pair = `${x} ${y}`;
  return ["json jsonb", "jsonb json", "inet cidr", "cidr inet"].includes(pair);
}
