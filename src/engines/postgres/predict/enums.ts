import type { Change } from "../../../model/change.ts";
import { bareName, type TypeRef } from "../../../model/schema.ts";
import type { Work } from "./work.ts";

/**
 * Labels that the open transaction added and so cannot use before COMMIT (55P04, since 12). Those of an enum that the transaction made
 * itself can be used from 17 on; before that even they cannot (measured 13–18).
 */
export function newEnumValues(type: TypeRef, work: Work): readonly string[] {
  const start = work.before.transaction?.start;
  const now = work.before.types.get(type.name);
  if (start === undefined || now?.kind !== "enum" || now.added === undefined) return [];
  const then = start.types.get(type.name);
  if (then === undefined) return work.version >= 17 ? [] : now.added;
  return now.added.slice(then.kind === "enum" ? (then.added?.length ?? 0) : 0);
}

/** Labels that a statement uses: one that the enum does not have is 22P02, one that is too new 55P04. */
export function checkLabels(change: Change, work: Work): void {
  for (const { type, label } of change.enumLabels ?? []) {
    const known = work.before.types.get(type);
    if (known?.kind !== "enum") continue;
    if (!known.values.includes(label)) work.fail("22P02", `invalid input value for enum ${bareName(type)}: "${label}"`);
    else if (newEnumValues({ name: type, modifiers: [], dimensions: 0 }, work).includes(label))
      work.fail("55P04", `unsafe use of new value "${label}" of enum type ${bareName(type)}`);
  }
}

/** A default that names a label which is too new, where only its text is at hand. */
export function enumValueIsNew(type: TypeRef, sql: string | null, work: Work): void {
  if (sql === null || work.before.types.size === 0) return;
  for (const value of newEnumValues(type, work)) {
    if (sql.includes(`'${value.replaceAll("'", "''")}'`))
      work.fail("55P04", `unsafe use of new value "${value}" of enum type ${bareName(type.name)}`);
  }
}
