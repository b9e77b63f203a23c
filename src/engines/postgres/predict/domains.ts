import type { SchemaState, TypeRef } from "../../../model/schema.ts";

/** The domain, or one that it is made of, has a CHECK or NOT NULL (`DomainHasConstraints`). */
export function isConstrainedDomain(type: TypeRef, state: SchemaState): boolean {
  if (type.dimensions > 0) return false;
  const domain = state.types.get(type.name);
  if (domain?.kind !== "domain") return false;
  return domain.notNull || domain.checks.length > 0 || isConstrainedDomain(domain.base, state);
}
