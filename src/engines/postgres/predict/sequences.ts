import { isRelationName, relationsWithDefault, schemaOf } from "../../../model/apply/index.ts";
import { bareName, type ColumnRef, type Sequence } from "../../../model/schema.ts";
import { shown, type Predictors, type Work } from "./work.ts";

/** Sequences lock tables only where one owns them or takes numbers from them. */
export const sequencePredictors: Predictors<"create-sequence" | "drop-sequence" | "alter-sequence" | "own-sequence"> = {
  "create-sequence"(change, work) {
    const { name, ownedBy } = change.sequence;
    // The sequence of a serial column is made with its table, whose own name is checked already.
    if (isRelationName(work.before, schemaOf(name), bareName(name))) {
      if (change.ifNotExists !== true) work.fail("42P07", `relation "${bareName(name)}" already exists`);
      return;
    }
    owned(ownedBy, work);
  },

  "drop-sequence"(change, work) {
    const sequence = work.state.sequences.get(change.name);
    if (sequence === undefined) return missing(change.name, change.ifExists, work);
    const column = ownerColumn(sequence, work);
    if (column !== undefined && column.identity !== null)
      return work.fail("2BP01", `cannot drop sequence ${bareName(change.name)} because column ${column.name} requires it`);
    const users = relationsWithDefault(work.state, change.name);
    if (users.length === 0) return;
    if (change.cascade !== true)
      return work.fail("2BP01", `cannot drop sequence ${bareName(change.name)} because other objects depend on it`);
    for (const user of users) work.lock(user.name, "AccessExclusive");
  },

  "alter-sequence"(change, work) {
    const sequence = work.state.sequences.get(change.name);
    if (sequence === undefined) return missing(change.name, change.ifExists, work, "42P01");
    if (change.action === "OWNER TO" && sequence.ownedBy !== null)
      work.fail("0A000", `cannot change owner of sequence "${bareName(change.name)}": it is linked to a table`);
  },

  "own-sequence"(change, work) {
    if (!work.state.sequences.has(change.name)) return missing(change.name, false, work);
    owned(change.ownedBy, work);
    if (
      change.ownedBy !== null &&
      work.state.relations.has(change.ownedBy.relation) &&
      schemaOf(change.ownedBy.relation) !== schemaOf(change.name)
    )
      work.fail("55000", "sequence must be in same schema as table it is linked to");
  },
};

function missing(name: string, ifExists: boolean, work: Work, sqlstate = "42P01"): void {
  if (work.state.relations.has(name)) return work.fail("42809", `"${bareName(name)}" is not a sequence`);
  if (!ifExists && work.knowsAll(name)) work.fail(sqlstate, `sequence "${shown(name)}" does not exist`);
}

function ownerColumn({ ownedBy }: Sequence, work: Work): { readonly name: string; readonly identity: string | null } | undefined {
  if (ownedBy === null) return undefined;
  return work.state.relations.get(ownedBy.relation)?.columns.find((c) => c.name === ownedBy.column);
}

/** OWNED BY looks at the table and keeps it locked (measured on 18.4). */
function owned(ref: ColumnRef | null, work: Work): void {
  if (ref === null) return;
  const relation = work.need(ref.relation);
  work.lock(ref.relation, "AccessShare");
  if (relation !== null && ref.column !== null) work.needColumn(relation, ref.column);
}
