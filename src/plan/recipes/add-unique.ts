import { bareName, displayName, type Relation } from "../../model/schema.ts";
import { chooseName, isRelationName, schemaOf } from "../../model/apply/index.ts";
import { alone, phase, together, undo, undoAlone, verify } from "../build.ts";
import { columnIn, tableIn, tableNamed } from "../misfits.ts";
import type { Draft, Misfit, PlanRequest, Recipe, Scene } from "../recipe.ts";
import { keyOptions, NO_OPTIONS, type KeyOptions } from "../key-options.ts";
import { onlyChange, theChange } from "../request.ts";
import { regclass, sqlColumns, sqlName, sqlTable } from "../sql.ts";
import type { Step } from "../types.ts";
import { notNullSteps } from "./not-null.ts";

/** ADD UNIQUE builds its index under ACCESS EXCLUSIVE. An index that is there already is taken over in an instant (USING INDEX). */
export const addUnique: Recipe = {
  id: "add-unique",
  database: "postgres",
  summary: "a unique index CONCURRENTLY, then the constraint takes it over",
  accepts: (request) => onlyChange(request, "add-constraint")?.constraint.kind === "unique",
  fits,
  plan,
};

/** As a unique constraint, with every column NOT NULL first: ADD PRIMARY KEY would read the table under its lock to see that. */
export const addPrimaryKey: Recipe = {
  id: "add-primary-key",
  database: "postgres",
  summary: "NOT NULL by way of a NOT VALID constraint, a unique index CONCURRENTLY, then the key takes it over",
  accepts: (request) => onlyChange(request, "add-constraint")?.constraint.kind === "primary-key",
  fits,
  plan,
};

function fits(request: PlanRequest, { schema }: Scene): readonly Misfit[] {
  const { table: name, constraint, usingIndex } = theChange(request, "add-constraint");
  const table = tableIn(schema, name);
  if (table.found === null) return table.misfits;
  const relation = table.found;
  const misfits: Misfit[] = constraint.columns.flatMap((column) => columnIn(relation, column).misfits);
  if (usingIndex !== null) misfits.push({ reason: "it takes over an index already, which is instant", help: "run it as it is" });
  if (constraint.period === true)
    misfits.push({
      reason: "a key WITHOUT OVERLAPS rests on an exclusion index, which cannot be built concurrently",
      help: "add it while the table is small, or accept the lock",
    });
  const own = relation.constraints.find(({ kind }) => kind === "primary-key");
  if (constraint.kind === "primary-key" && own !== undefined)
    misfits.push({
      reason: `${displayName(name)} has the primary key ${own.name}`,
      help: "a table has one: add a unique constraint instead, or drop that one in a plan of its own",
    });
  return misfits;
}

function plan(request: PlanRequest, scene: Scene): Draft {
  const { table: name, constraint } = theChange(request, "add-constraint");
  const table = tableNamed(scene.schema, name);
  const primary = constraint.kind === "primary-key";
  const steps: Step[] = [];
  const open = primary ? constraint.columns.filter((column) => table.columns.find((each) => each.name === column)?.notNull !== true) : [];
  for (const column of open) steps.push(...notNullSteps({ table, column, fill: null, scene }));
  steps.push(
    ...uniqueSteps(
      table,
      constraint.name,
      constraint.columns,
      { primary, deferrable: deferral(constraint), options: keyOptions(request.sql[0] ?? "") },
      scene,
    ),
  );
  return {
    about: [bareName(name), ...constraint.columns],
    phases: [phase("build", "the index first, then the constraint takes it over", "old and new", [], steps)],
    notes: [
      `from the index on, a version that writes ${constraint.columns.join(", ")} twice gets an error (23505): make sure that none does`,
      ...open.map((column) => `${column} becomes NOT NULL with it: a version that leaves it out gets an error (23502)`),
    ],
  };
}

function deferral({ deferrable, initiallyDeferred }: { readonly deferrable: boolean; readonly initiallyDeferred?: boolean }): string {
  return deferrable ? ` DEFERRABLE${initiallyDeferred === true ? " INITIALLY DEFERRED" : ""}` : "";
}

export function uniqueSteps(
  table: Relation,
  name: string,
  columns: readonly string[],
  kind: { readonly primary: boolean; readonly deferrable: string; readonly options?: KeyOptions },
  { schema }: Scene,
): Step[] {
  const { nullsNotDistinct, include, storage } = kind.options ?? NO_OPTIONS;
  const [target, keys] = [sqlTable(table.name), sqlColumns(columns)];
  // The index takes the constraint's name when it is taken over; until then it may not have it where something else does.
  const index = chooseName(name.slice(0, 55), null, "idx", (candidate) => isRelationName(schema, schemaOf(table.name), candidate));
  const word = kind.primary ? "PRIMARY KEY" : "UNIQUE";
  // Rows without a value are no duplicates of each other, unless the constraint says so.
  const compared = nullsNotDistinct ? "" : ` WHERE ${columns.map((column) => `${sqlName(column)} IS NOT NULL`).join(" AND ")}`;
  const parts = [
    ...(include.length === 0 ? [] : [`INCLUDE ${sqlColumns(include)}`]),
    ...(nullsNotDistinct ? ["NULLS NOT DISTINCT"] : []),
    ...(storage === "" ? [] : [storage]),
  ];
  return [
    verify(
      `no-duplicate-${name}`,
      "no value is there twice",
      `SELECT ${columns.map(sqlName).join(", ")} FROM ${target}${compared} GROUP BY ${columns.map(sqlName).join(", ")} HAVING count(*) > 1 LIMIT 1`,
      `${displayName(table.name)} holds ${columns.join(", ")} twice: decide which row stays, then go on`,
    ),
    alone(
      `index-${name}`,
      "builds the unique index; nobody waits",
      `CREATE UNIQUE INDEX CONCURRENTLY ${sqlName(index)} ON ${target} ${[keys, ...parts].join(" ")}`,
      undoAlone(`DROP INDEX CONCURRENTLY IF EXISTS ${sqlTable(`${schemaOf(table.name)}.${index}`)}`),
      [
        {
          op: "add-index",
          table: table.name,
          name: index,
          unique: true,
          method: "btree",
          keys: columns.map((column) => ({ column, expression: null, descending: false })),
          include,
          where: null,
          concurrently: true,
          applies: "database",
        },
      ],
    ),
    together(
      `constraint-${name}`,
      "takes the index over; nothing is read",
      [`ALTER TABLE ${target} ADD CONSTRAINT ${sqlName(name)} ${word} USING INDEX ${sqlName(index)}${kind.deferrable}`],
      undo(`ALTER TABLE ${target} DROP CONSTRAINT ${sqlName(name)}`),
      [
        {
          op: "add-constraint",
          table: table.name,
          constraint: { kind: kind.primary ? "primary-key" : "unique", name, columns, usingIndex: index },
          notValid: false,
          applies: "both",
        },
      ],
    ),
    verify(
      `${name}-holds`,
      "the constraint is there, and its index is valid",
      `SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_constraint k JOIN pg_index i ON i.indexrelid = k.conindid WHERE k.conrelid = ${regclass(table.name)} AND k.conname = '${name.replaceAll("'", "''")}' AND k.contype = '${kind.primary ? "p" : "u"}' AND i.indisvalid)`,
      `the constraint ${name} is not there: run the steps before this one`,
    ),
  ];
}
