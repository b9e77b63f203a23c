import type { SchemaState } from "../model/schema.ts";

/** A domain that checks something, itself or through the domain it is made of. */
export function isConstrained(types: SchemaState["types"], name: string): boolean {
  const type = types.get(name);
  return type?.kind === "domain" && (type.notNull || type.checks.length > 0 || isConstrained(types, type.base.name));
}
