import { bareName, type Relation } from "../../../model/schema.ts";
import type { Work } from "./work.ts";

/** A foreign key must reference a primary key or a unique constraint or index on just these columns (42830). */
export function needKey(parent: Relation, columns: readonly string[], work: Work): void {
  if (columns.length === 0) {
    if (work.columnsKnown(parent)) work.fail("42704", `there is no primary key for referenced table "${bareName(parent.name)}"`);
    return;
  }
  for (const column of columns) {
    if (work.columnsKnown(parent) && !parent.columns.some((c) => c.name === column)) {
      work.fail("42703", `column "${column}" referenced in foreign key constraint does not exist`);
      return;
    }
  }
  const unique = parent.indexes.some(
    (i) => i.unique && i.predicate === null && i.columns.length === columns.length && columns.every((c) => i.columns.includes(c)),
  );
  if (!unique && work.columnsKnown(parent)) {
    work.fail("42830", `there is no unique constraint matching given keys for referenced table "${bareName(parent.name)}"`);
  }
}
