import { bareName } from "../../model/schema.ts";
import { placeOf } from "../drops/place.ts";
import type { Candidate } from "./objects.ts";
import type { Place } from "../drops/drop-place.ts";

/**
 * Foreign keys that no version knows any more while the database still has them (a field or model taken out of the state only): the
 * ORM no longer clears these rows, so a delete of what they refer to fails at COMMIT with SQLSTATE 23503.
 */
export function leftBehind(places: readonly Place[], { table, column }: Candidate): string[] {
  const found = new Set<string>();
  for (const place of places) {
    const { view } = place;
    const known = [...place.live, ...place.next].map((version) => place.usesOf(version, view.start));
    for (const { kind, name, columns, references } of view.start.relations.get(table)?.constraints ?? []) {
      if (kind !== "foreign-key" || references === null || !/^(?:no action|restrict)?$/i.test(references.onDelete)) continue;
      if (references.relation === table || (column !== null && !columns.includes(column))) continue;
      for (const version of known) {
        // A version that still has it in its models clears these rows itself.
        if (columns.some((one) => version.of(table, one).length > 0)) continue;
        const parent = version.of(references.relation, null).find(({ kind: use, query }) => use === "delete" && query.use === "certain");
        if (parent === undefined) continue;
        const at = parent.query.span === null ? parent.query.origin : placeOf(parent.query.span);
        found.add(
          `its foreign key ${name} was left behind: ${version.version.name === "working" ? "the working tree" : version.version.name} does not know it, and its deletes of ${bareName(references.relation)} (${at}) fail with SQLSTATE 23503 while rows refer to it; drop the key now`,
        );
        break;
      }
    }
  }
  return [...found];
}
