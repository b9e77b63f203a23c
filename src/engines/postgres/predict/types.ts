import { bareName, type SchemaState, type TypeRef } from "../../../model/schema.ts";
import type { Predictors, Work } from "./work.ts";

export const userTypePredictors: Predictors<
  "create-type" | "drop-type" | "add-enum-value" | "rename-enum-value" | "rename-type" | "alter-domain"
> = {
  "create-type"(change, work) {
    if (work.state.types.has(change.type.name)) work.fail("42710", `type "${bareName(change.type.name)}" already exists`);
  },

  "drop-type"(change, work) {
    if (!work.state.types.has(change.name)) {
      if (!change.ifExists && work.knowsAll(change.name)) work.fail("42704", `type "${bareName(change.name)}" does not exist`);
      return;
    }
    const users = tablesUsing(change.name, work.state, true);
    if (users.length === 0) return;
    if (change.cascade !== true) work.fail("2BP01", `cannot drop type ${bareName(change.name)} because other objects depend on it`);
    else for (const { table } of users) work.lock(table, "AccessExclusive");
  },

  /** Takes no lock on tables. Allowed in a transaction since 12, where the value cannot be used before COMMIT (manual, ALTER TYPE). */
  "add-enum-value"(change, work) {
    const type = work.state.types.get(change.type);
    if (type === undefined && work.knowsAll(change.type)) work.fail("42704", `type "${bareName(change.type)}" does not exist`);
    if (type?.kind === "enum" && type.values.includes(change.value) && !change.ifNotExists) {
      work.fail("42710", `enum label "${change.value}" already exists`);
    }
  },

  "rename-enum-value"(change, work) {
    const type = work.state.types.get(change.type);
    if (type === undefined && work.knowsAll(change.type)) work.fail("42704", `type "${bareName(change.type)}" does not exist`);
    else if (type?.kind === "enum" && !type.values.includes(change.value))
      work.fail("22023", `"${change.value}" is not an existing enum label`);
  },

  /** Takes no lock on the tables that use it: they point at it by number (measured on 18.4). */
  "rename-type"(change, work) {
    if (!work.state.types.has(change.name)) {
      if (work.knowsAll(change.name)) work.fail("42704", `type "${bareName(change.name)}" does not exist`);
    } else if (work.state.types.has(change.to)) work.fail("42710", `type "${bareName(change.to)}" already exists`);
  },

  /** Whatever must be checked is checked in every table that uses the domain, under SHARE (measured 11–18: reference 1.4, 70 to 72). */
  "alter-domain"(change, work) {
    const domain = work.state.types.get(change.domain);
    if (domain === undefined) {
      if (work.knowsAll(change.domain)) work.fail("42704", `type "${bareName(change.domain)}" does not exist`);
      return;
    }
    const checks =
      (change.action === "add-constraint" && change.validated) ||
      (change.action === "validate-constraint" && !isValidated(domain, change.name)) ||
      (change.action === "set-not-null" && domain.kind === "domain" && !domain.notNull);
    if (!checks) return;
    for (const { table } of tablesUsing(change.domain, work.state, false)) {
      work.lock(table, "Share");
      work.scan(table);
    }
  },
};

function isValidated(
  domain: { readonly kind: string; readonly checks?: readonly { readonly name: string; readonly validated: boolean }[] },
  name: string | null,
): boolean {
  return domain.checks?.find((c) => c.name === name)?.validated ?? false;
}

/** Tables with a column of the type, of a domain over it, or (`arrays`) of an array of it. */
function tablesUsing(name: string, state: SchemaState, arrays: boolean): { readonly table: string; readonly column: string }[] {
  const names = new Set([name]);
  for (const type of state.types.values()) if (type.kind === "domain" && names.has(type.base.name)) names.add(type.name);
  const found: { table: string; column: string }[] = [];
  for (const relation of state.relations.values()) {
    if (relation.kind === "view") continue;
    for (const column of relation.columns) {
      if (names.has(column.type.name) && (arrays || column.type.dimensions === 0))
        found.push({ table: relation.name, column: column.name });
    }
  }
  return found;
}

/** Values that the open transaction added to an enum which is older than the transaction: they cannot be used yet (55P04, since 12). */
export function newEnumValues(type: TypeRef, work: Work): readonly string[] {
  const start = work.before.transaction?.start;
  const now = work.before.types.get(type.name);
  const then = start?.types.get(type.name);
  if (now?.kind !== "enum" || then?.kind !== "enum") return [];
  return now.values.filter((v) => !then.values.includes(v));
}

export function enumValueIsNew(type: TypeRef, sql: string | null, work: Work): void {
  if (sql === null || work.before.types.size === 0) return;
  for (const value of newEnumValues(type, work)) {
    if (sql.includes(`'${value.replaceAll("'", "''")}'`))
      work.fail("55P04", `unsafe use of new value "${value}" of enum type ${bareName(type.name)}`);
  }
}
