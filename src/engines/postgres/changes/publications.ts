import type { AlterPublicationStmt, CreatePublicationStmt } from "libpg-query";
import type { Change, ObjectChange } from "../../../model/change.ts";
import { bareName } from "../../../model/schema.ts";
import { all, type Node } from "../parse/grammar.ts";
import type { Context } from "./context.ts";

const OF_SCHEMAS = { major: 15, what: "publications of the tables of a schema", sqlstate: "42601" } as const;
const FILTERED = { major: 15, what: "publications of some rows or columns", sqlstate: "42601" } as const;

/** Each table is locked against other schema changes and neither against reads nor against writes (measured 13–18). */
export function createPublication(n: CreatePublicationStmt, c: Context): Change[] {
  const object: ObjectChange = { class: "publication", name: n.pubname ?? "", action: "create" };
  return changesFor("CREATE PUBLICATION", object, n.pubobjects, c);
}

export function alterPublication(n: AlterPublicationStmt, c: Context): Change[] {
  const name = n.pubname ?? "";
  const object: ObjectChange = { class: "publication", name, action: "alter" };
  const changes = changesFor("ALTER PUBLICATION", object, n.pubobjects, c);
  const members = c.state.objects?.get(`publication ${name}`)?.tables;
  if (members === undefined) return changes;
  return changes.flatMap((change) => {
    if (change.kind !== "maintenance" || change.table === null) return change;
    const has = members.includes(change.table);
    const shown = bareName(change.table);
    if (n.action === "AP_AddObjects" && has)
      return { ...change, refused: { sqlstate: "42710", message: `relation "${shown}" is already member of publication "${name}"` } };
    if (n.action === "AP_DropObjects" && !has)
      return { ...change, refused: { sqlstate: "42704", message: `relation "${shown}" is not part of the publication` } };
    if (n.action !== "AP_SetObjects") return change;
    // SET opens those that it takes out as well.
    const out = members.filter((table) => !changes.some((other) => other.kind === "maintenance" && other.table === table));
    return [change, ...out.map((table) => c.change({ kind: "maintenance", command: "ALTER PUBLICATION", table }))];
  });
}

function changesFor(command: string, object: ObjectChange, objects: readonly Node[] | undefined, c: Context): Change[] {
  const specs = all(objects, "PublicationObjSpec");
  const changes = specs.flatMap((spec) => {
    const table = spec.pubtable;
    if (table?.relation === undefined) return [];
    const change = c.change({ kind: "maintenance", command, table: c.relation(table.relation), object });
    const only = table.relation.inh === true ? change : { ...change, only: true };
    return [table.whereClause !== undefined || (table.columns ?? []).length > 0 ? { ...only, since: FILTERED } : only];
  });
  if (changes.length > 0) return changes;
  const whole = c.change({ kind: "maintenance", command, table: null, object });
  return [specs.some((s) => (s.pubobjtype ?? "").includes("SCHEMA")) ? { ...whole, since: OF_SCHEMAS } : whole];
}
