import { schemaOf } from "../../model/apply/index.ts";
import { bareName, displayName, type Column, type Relation } from "../../model/schema.ts";
import {
  alone,
  approve,
  deploy,
  noWayBack,
  NOTHING_TO_UNDO,
  phase,
  released,
  together,
  undo,
  undoAlone,
  unused,
  verify,
} from "../build.ts";
import { twinSteps } from "../exchange/beside.ts";
import { exchangedNames, exchangedNamesBack, isNative, renamed } from "../exchange/names.ts";
import { aroundViews, forgetViews, rememberViews } from "../exchange/views.ts";
import { dropSync, notNullName, suffixed, twinOf, type Twin, viewsFunction } from "../exchange/twin.ts";
import { notMadeAnew, nothingElse, viewsAbove } from "../expect.ts";
import { columnIn, onPartitions, tableIn, tableNamed } from "../misfits.ts";
import type { Draft, Misfit, PlanRequest, Recipe, Scene } from "../recipe.ts";
import { onlyChange, theChange } from "../request.ts";
import { columnSpec } from "../spec.ts";
import { columnAbsent, sqlName, sqlTable, sqlType } from "../sql.ts";
import type { Step } from "../types.ts";
import { wired } from "./drop-column.ts";

/** Two columns, kept the same by a trigger in both directions, for as long as versions of both names serve. */
export const renameColumn: Recipe = {
  id: "rename-column",
  database: "postgres",
  summary: "a second column and a two-way trigger until no version says the old name",
  accepts: (request) => onlyChange(request, "rename-column") !== null,
  fits,
  plan,
};

/** The models take the new name, the column keeps its own: nothing happens in the database. */
export const renameColumnKept: Recipe = {
  id: "rename-column-kept",
  database: "postgres",
  summary: "the code says the new name, the column keeps the old one (Django: db_column)",
  accepts: (request) => request.recipe === "rename-column-kept" && onlyChange(request, "rename-column") !== null,
  fits: (request, { schema }) => found(request, schema).misfits,
  plan(request) {
    const { table, column, to } = theChange(request, "rename-column");
    const shown = `${displayName(table)}.${column}`;
    return {
      about: [bareName(table), column],
      phases: [
        phase(
          "code",
          "the code says the new name",
          "old and new",
          [],
          [
            deploy(
              "mapped-name",
              `release a version that says ${to} and reads ${shown}`,
              [
                `the field is called ${to} and mapped to the column ${column} (Django: ${to} = …(db_column="${column}"); Prisma: @map("${column}"))`,
              ],
              [{ op: "rename-column", table, column, to, applies: "state" }],
            ),
          ],
        ),
      ],
      notes: [`the column goes on being called ${column}: SQL that people write says the old name`],
      unsafe: [],
    };
  },
};

function found(
  request: PlanRequest,
  schema: Scene["schema"],
): { readonly table: Relation | null; readonly column: Column | null; readonly misfits: readonly Misfit[] } {
  const change = theChange(request, "rename-column");
  const table = tableIn(schema, change.table, ["table", "partitioned-table"]);
  if (table.found === null) return { table: null, column: null, misfits: table.misfits };
  const column = columnIn(table.found, change.column);
  return { table: table.found, column: column.found, misfits: column.misfits };
}

function fits(request: PlanRequest, scene: Scene): readonly Misfit[] {
  const { schema } = scene;
  const change = theChange(request, "rename-column");
  const { table, column, misfits: missing } = found(request, schema);
  if (table === null || column === null) return missing;
  const shown = `${displayName(table.name)}.${column.name}`;
  const misfits: Misfit[] = [
    ...wired(schema, table, column.name, "the rename"),
    ...onPartitions(schema, table, column.name, `rename-column ${shown} to ${change.to}`),
  ];
  const keep = `let the code say the new name alone: tread plan rename-column ${shown} to ${change.to} keeping the name`;
  if (table.columns.some(({ name }) => name === change.to))
    misfits.push({ reason: `${displayName(table.name)} has a column ${change.to} already`, help: "choose another name" });
  if (column.generated !== null || column.identity !== null)
    misfits.push({ reason: `${shown} is ${column.identity === null ? "generated" : "an identity column"}`, help: keep });
  misfits.push(...notMadeAnew(schema, table.name, column.name));
  for (const trigger of table.triggers) {
    const names = trigger.function === null ? undefined : schema.functions.get(trigger.function)?.names;
    if (names?.has(`new.${column.name}`) === true || names?.has(`old.${column.name}`) === true)
      misfits.push({
        reason: `the trigger ${trigger.name} of ${displayName(table.name)} names ${column.name} in its function`,
        help: `let the function name the new column first, or ${keep}`,
      });
  }
  if (table.constraints.some(({ kind, columns }) => kind === "primary-key" && columns.includes(column.name)))
    misfits.push({ reason: `${shown} is in the primary key`, help: keep });
  const twin = twinFor(table, column, change.to, scene);
  if (Array.isArray(twin)) misfits.push(...(twin as readonly Misfit[]));
  return misfits;
}

function twinFor(table: Relation, column: Column, to: string, scene: Scene): Twin | readonly Misfit[] {
  return twinOf(table, column, to, { type: sqlType(column.type), collation: column.collation, value: sqlName(column.name) }, scene);
}

function plan(request: PlanRequest, scene: Scene): Draft {
  const change = theChange(request, "rename-column");
  const table = tableNamed(scene.schema, change.table);
  const { column } = found(request, scene.schema);
  const made = column === null ? [] : twinFor(table, column, change.to, scene);
  if (column === null || Array.isArray(made)) throw new Error("planned without having been asked whether it fits");
  const twin = made as Twin;
  const shown = `${displayName(table.name)}.${column.name}`;
  const [target, name, fresh] = [sqlTable(table.name), sqlName(column.name), sqlName(change.to)];
  // Who says the new name wins; who says the old one, or nothing, is followed.
  const body = `  IF TG_OP = 'INSERT' THEN
    IF NEW.${fresh} IS NULL THEN
      NEW.${fresh} := NEW.${name};
    ELSE
      NEW.${name} := NEW.${fresh};
    END IF;
  ELSIF NEW.${fresh} IS DISTINCT FROM OLD.${fresh} THEN
    NEW.${name} := NEW.${fresh};
  ELSE
    NEW.${fresh} := NEW.${name};
  END IF;`;
  const hasDefault = column.default !== null && !column.default.isNull;
  const spec = columnSpec(table, column.name);
  const views = viewsAbove(scene.schema.relations, table.name, column.name).map((view) => view.name);
  return {
    about: [bareName(table.name), column.name, change.to],
    phases: [
      phase(
        "both-names",
        "a second column with the new name, the same as the first at every moment",
        "old",
        [],
        [
          nothingElse(twin, views),
          ...twinSteps(twin, body, scene),
          verify(
            "both-the-same",
            "every row has the same value under both names",
            `SELECT 1 FROM ${target} WHERE ${fresh} IS DISTINCT FROM ${name} LIMIT 1`,
            `rows of ${displayName(table.name)} differ in ${column.name} and ${change.to}: run the backfill again`,
          ),
          deploy(
            "new-name",
            `release a version that says ${change.to}`,
            [`every query says ${change.to}; none says ${column.name}`],
            [{ op: "rename-column", table: table.name, column: column.name, to: change.to, applies: "state" }],
          ),
        ],
      ),
      phase(
        "one-name",
        "the old name goes",
        "new",
        [released("new-name", `says ${change.to}`), unused(`${table.name}.${column.name}`, shown)],
        [
          approve(
            "only-the-new",
            `${shown} goes; its values are all in ${change.to}`,
            "no version that says the old name may be deployed any more",
          ),
          ...finish(twin, hasDefault, views, scene),
          verify(
            `no-${column.name}`,
            "the old name is gone",
            columnAbsent(table.name, column.name),
            `${shown} is still there: run the step before again`,
          ),
        ],
      ),
    ],
    notes: [
      `${change.to} stands at the end of the table: SELECT * and INSERT without a list of columns see another order`,
      ...(spec.default === null
        ? []
        : [`while both names are there, NULL that is written to ${change.to} on purpose becomes the default ${spec.default}`]),
      ...(views.length === 0
        ? []
        : [
            `${views.map(displayName).join(", ")} go on giving the column under its old name, as after a plain rename; they are made anew when it goes`,
          ]),
      `the table needs room for a second ${column.name} and its indexes until the last phase is done`,
    ],
  };
}

/** The successors take the names while both are there; then what hung on the old column goes, and the column last. */
function finish(twin: Twin, hasDefault: boolean, views: readonly string[], scene: Scene): readonly Step[] {
  const { table, column, fresh } = twin;
  const target = sqlTable(table.name);
  const [own, successor] = [notNullName(table, column.name), notNullName(table, fresh)];
  const old = suffixed(own, "old");
  // RENAME COLUMN, which this is instead of, leaves the NOT NULL its name.
  const native = isNative(twin, scene);
  const pointing = (from: "old" | "new"): readonly string[] =>
    twin.pointing.flatMap(({ child, constraint, fresh: as }) =>
      from === "old"
        ? [
            `ALTER TABLE ${sqlTable(child)} RENAME CONSTRAINT ${sqlName(constraint.name)} TO ${sqlName(suffixed(constraint.name, "old"))}`,
            `ALTER TABLE ${sqlTable(child)} RENAME CONSTRAINT ${sqlName(as)} TO ${sqlName(constraint.name)}`,
          ]
        : [
            `ALTER TABLE ${sqlTable(child)} RENAME CONSTRAINT ${sqlName(constraint.name)} TO ${sqlName(as)}`,
            `ALTER TABLE ${sqlTable(child)} RENAME CONSTRAINT ${sqlName(suffixed(constraint.name, "old"))} TO ${sqlName(constraint.name)}`,
          ],
    );
  const again = { views, by: viewsFunction(twin) };
  const aside = sqlName(suffixed(fresh, "aside"));
  const constraints = [...twin.uniques, ...twin.keys, ...twin.checks];
  const gone = `${column.name} is gone: the way back is a plan of its own (rename-column ${displayName(table.name)}.${fresh} to ${column.name})`;
  const renames = [
    ...pointing("old"),
    ...exchangedNames(twin),
    ...(native ? [renamed(table, own, old), renamed(table, successor, own)] : []),
  ];
  return [
    ...(renames.length === 0
      ? []
      : [
          together(
            `names-${fresh}`,
            "a brief lock: what was built over the new name takes the names of indexes and constraints",
            renames,
            undo(
              ...pointing("new"),
              ...exchangedNamesBack(twin),
              ...(native ? [renamed(table, own, successor), renamed(table, old, own)] : []),
            ),
            [{ op: "sql", what: `names of what belongs to ${fresh}`, applies: "database" }],
          ),
        ]),
    ...twin.indexes.map(({ old: index }) => {
      const name = suffixed(bareName(index.name), "old");
      return alone(
        `drop-${name}`,
        "the index over the old name; nobody waits",
        `DROP INDEX CONCURRENTLY ${sqlTable(`${schemaOf(index.name)}.${name}`)}`,
        undoAlone(`CREATE ${index.unique ? "UNIQUE " : ""}INDEX CONCURRENTLY ${sqlName(name)} ON ${target} ${index.rest}`),
        [{ op: "drop-index", table: table.name, name, concurrently: true, applies: "database" }],
      );
    }),
    ...(twin.pointing.length + constraints.length === 0
      ? []
      : [
          together(
            `let-go-of-${column.name}`,
            "a brief lock: the constraints over the old name, which those over the new one hold as well",
            [
              ...twin.pointing.map(
                ({ child, constraint }) => `ALTER TABLE ${sqlTable(child)} DROP CONSTRAINT ${sqlName(suffixed(constraint.name, "old"))}`,
              ),
              ...(constraints.length === 0
                ? []
                : [
                    `ALTER TABLE ${target} ${constraints.map(({ constraint }) => `DROP CONSTRAINT ${sqlName(suffixed(constraint.name, "old"))}`).join(", ")}`,
                  ]),
            ],
            noWayBack(gone),
            [{ op: "sql", what: `constraints over ${column.name}`, applies: "database" }],
          ),
        ]),
    ...(views.length === 0
      ? []
      : [
          together(
            `views-${fresh}`,
            "a brief lock: writes down how the views are made over the new name; the names change places and back, which nobody sees",
            [
              `ALTER TABLE ${target} RENAME COLUMN ${sqlName(fresh)} TO ${aside}`,
              `ALTER TABLE ${target} RENAME COLUMN ${sqlName(column.name)} TO ${sqlName(fresh)}`,
              ...rememberViews(again),
              `ALTER TABLE ${target} RENAME COLUMN ${sqlName(fresh)} TO ${sqlName(column.name)}`,
              `ALTER TABLE ${target} RENAME COLUMN ${aside} TO ${sqlName(fresh)}`,
            ],
            undo(...forgetViews(again)),
            [{ op: "sql", what: `how ${views.map(displayName).join(", ")} are made`, applies: "database" }],
          ),
        ]),
    together(
      `drop-${column.name}`,
      "one brief lock: the trigger and the old column go",
      aroundViews(
        again,
        [
          ...dropSync(twin),
          `ALTER TABLE ${target} ${hasDefault ? `ALTER COLUMN ${sqlName(fresh)} SET DEFAULT ${column.default?.sql ?? "NULL"}, ` : ""}DROP COLUMN ${sqlName(column.name)}`,
        ],
        true,
      ),
      noWayBack(gone),
      [{ op: "drop-column", table: table.name, column: column.name, applies: "database" }],
    ),
    ...(views.length === 0
      ? []
      : [
          together(`forget-views-${fresh}`, "what was written down goes", forgetViews(again), NOTHING_TO_UNDO, [
            { op: "sql", what: "a function that has done its work", applies: "database" },
          ]),
        ]),
  ];
}
