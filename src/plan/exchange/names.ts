import { schemaOf } from "../../model/apply/index.ts";
import { bareName, type Relation } from "../../model/schema.ts";
import { carryPrivileges } from "../carry.ts";
import type { Scene } from "../recipe.ts";
import { sqlName, sqlTable } from "../sql.ts";
import { identityOf, sequences } from "./beside.ts";
import { wayBackProof } from "./swap.ts";
import { notNullName, serialSequence, suffixed, type Twin } from "./twin.ts";

/** After the swap: what was built beside takes the names, and what it replaces stays under others for the way back. */
export function names(twin: Twin, scene: Scene): readonly string[] {
  const { table, column } = twin;
  const [target, old] = [sqlTable(table.name), sqlName(suffixed(column.name, "old"))];
  const sequence = serialSequence(column);
  return [
    ...twin.pointing.map(
      ({ child, constraint, fresh: as }) =>
        `ALTER TABLE ${sqlTable(child)} RENAME CONSTRAINT ${sqlName(as)} TO ${sqlName(constraint.name)}`,
    ),
    ...exchangedNames(twin),
    ...(column.identity === null
      ? []
      : [
          `ALTER TABLE ${target} ALTER COLUMN ${old} DROP IDENTITY`,
          `ALTER TABLE ${target} ALTER COLUMN ${old} DROP NOT NULL`,
          `ALTER SEQUENCE ${sqlTable(sequences(twin).fresh)} RENAME TO ${sqlName(bareName(sequences(twin).own))}`,
        ]),
    ...(isNative(twin, scene) ? [renamed(table, notNullName(table, twin.fresh), notNullName(table, column.name))] : []),
    ...(sequence === null ? [] : [`ALTER SEQUENCE ${sequence} OWNED BY ${target}.${sqlName(column.name)}`]),
  ];
}

export function namesBack(twin: Twin, scene: Scene): readonly string[] {
  const { table, column } = twin;
  const oldName = suffixed(column.name, "old");
  const { own, fresh, old } = sequences(twin);
  const sequence = serialSequence(column);
  return [
    ...twin.pointing.map(
      ({ child, constraint, fresh: as }) =>
        `ALTER TABLE ${sqlTable(child)} RENAME CONSTRAINT ${sqlName(constraint.name)} TO ${sqlName(as)}`,
    ),
    ...exchangedNamesBack(twin),
    ...(isNative(twin, scene)
      ? [
          renamed(table, notNullName(table, column.name), notNullName(table, twin.fresh)),
          renamed(table, wayBackProof(twin), notNullName(table, column.name)),
        ]
      : []),
    ...(column.identity === null
      ? []
      : [
          `ALTER SEQUENCE ${sqlTable(own)} RENAME TO ${sqlName(bareName(fresh))}`,
          identityOf(twin, oldName),
          `ALTER SEQUENCE ${sqlTable(old)} RENAME TO ${sqlName(bareName(own))}`,
          ...carryPrivileges(fresh, own, "SEQUENCE"),
        ]),
    ...(sequence === null ? [] : [`ALTER SEQUENCE ${sequence} OWNED BY ${sqlTable(table.name)}.${sqlName(oldName)}`]),
  ];
}

/** Constraints and indexes of the table itself: each successor takes its name, and what it replaces gets another. */
export function exchangedNames(twin: Twin): readonly string[] {
  const { table } = twin;
  return [
    ...constraintsOf(twin).flatMap(({ constraint, fresh }) => [
      renamed(table, constraint.name, suffixed(constraint.name, "old")),
      renamed(table, fresh, constraint.name),
    ]),
    ...twin.indexes.flatMap(({ old, fresh }) => [
      `ALTER INDEX ${sqlTable(old.name)} RENAME TO ${sqlName(suffixed(bareName(old.name), "old"))}`,
      `ALTER INDEX ${sqlTable(fresh.name)} RENAME TO ${sqlName(bareName(old.name))}`,
    ]),
  ];
}

export function exchangedNamesBack(twin: Twin): readonly string[] {
  const { table } = twin;
  return [
    ...constraintsOf(twin).flatMap(({ constraint, fresh }) => [
      renamed(table, constraint.name, fresh),
      renamed(table, suffixed(constraint.name, "old"), constraint.name),
    ]),
    ...twin.indexes.flatMap(({ old, fresh }) => [
      `ALTER INDEX ${sqlTable(old.name)} RENAME TO ${sqlName(bareName(fresh.name))}`,
      `ALTER INDEX ${sqlTable(`${schemaOf(old.name)}.${suffixed(bareName(old.name), "old")}`)} RENAME TO ${sqlName(bareName(old.name))}`,
    ]),
  ];
}

function constraintsOf(twin: Twin): Twin["checks"] {
  return [...twin.keys, ...twin.checks, ...twin.uniques];
}

export function renamed(table: Relation, constraint: string, to: string): string {
  return `ALTER TABLE ${sqlTable(table.name)} RENAME CONSTRAINT ${sqlName(constraint)} TO ${sqlName(to)}`;
}

/** From 18 on NOT NULL is a constraint with a name. */
export function isNative({ column }: Twin, { majors }: Scene): boolean {
  return column.notNull && majors.every((major) => major >= 18);
}
