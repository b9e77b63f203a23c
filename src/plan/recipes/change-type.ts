import type { ChangeOf } from "../../model/change.ts";
import { makeObjectName, schemaOf } from "../../model/apply/index.ts";
import { bareName, displayName, type Column, type Relation } from "../../model/schema.ts";
import { quoteLiteral } from "../../text/quote.ts";
import { approve, noWayBack, NOTHING_TO_UNDO, phase, together, undo, undoAlone, verify } from "../build.ts";
import { aroundViews, carryColumn, carryComments, carryPrivileges } from "../carry.ts";
import { nothingElse, viewsAbove } from "../expect.ts";
import { columnIn, tableIn, tableNamed } from "../misfits.ts";
import type { Draft, Misfit, PlanRequest, Recipe, Scene } from "../recipe.ts";
import { onlyChange, theChange } from "../request.ts";
import { columnSpec } from "../spec.ts";
import { columnAbsent, overRow, regclass, sqlColumns, sqlName, sqlTable, sqlType } from "../sql.ts";
import { actionsOf, dropSync, notNullName, suffixed, syncFunction, twinOf, twinSteps, uniqueIndex, type Twin } from "../twin.ts";
import type { Step } from "../types.ts";
import { wired } from "./drop-column.ts";

/**
 * ALTER TYPE writes the table and its indexes anew under ACCESS EXCLUSIVE. Here a second column is filled beside the first, everything that
 * hangs on it is built beside it, and one brief lock exchanges them; the first one stays, kept right by a trigger, until somebody lets it go.
 */
export const changeType: Recipe = {
  id: "change-type",
  database: "postgres",
  summary: "a second column, a trigger, a throttled backfill, everything on it built beside, one brief swap",
  accepts: (request) => onlyChange(request, "change-type") !== null,
  fits,
  plan,
};

const INTEGERS = new Set(["smallint", "integer", "bigint"]);
const TEXTS = new Set(["character varying", "text", "character"]);

function fits(request: PlanRequest, scene: Scene): readonly Misfit[] {
  const change = theChange(request, "change-type");
  const { schema } = scene;
  const table = tableIn(schema, change.table);
  if (table.found === null) return table.misfits;
  const column = columnIn(table.found, change.column);
  if (column.found === null) return column.misfits;
  const shown = `${displayName(change.table)}.${change.column}`;
  const misfits: Misfit[] = wired(schema, table.found, change.column, "the change");
  if (column.found.generated !== null)
    misfits.push({
      reason: `${shown} is generated`,
      help: "add a generated column of the new type beside it (tread plan add-column), and drop this one",
    });
  if (change.using?.volatility === "volatile")
    misfits.push({
      reason: "USING is volatile: it gives another value each time",
      help: "fill a column of the new type by hand (tread plan add-column … using …)",
    });
  const both = [column.found.type.name, change.type.name];
  const related = both.every((name) => INTEGERS.has(name)) || both.every((name) => TEXTS.has(name)) || both[0] === both[1];
  const twin = twinFor(change, table.found, column.found, scene);
  if ("reason" in twin) return [...misfits, twin];
  if (Array.isArray(twin)) return [...misfits, ...(twin as readonly Misfit[])];
  const made = twin as Twin;
  if (!related)
    for (const key of [...made.keys, ...made.pointing])
      misfits.push({
        reason: `the foreign key ${key.constraint.name} compares ${shown} with a column of another type after the change`,
        help: "change both sides: drop the foreign key, plan both changes, add it again (tread plan add-foreign-key)",
      });
  for (const view of viewsAbove(schema.relations, change.table, change.column))
    if (view.kind === "materialized-view")
      misfits.push({
        reason: `the materialized view ${displayName(view.name)} reads ${shown}`,
        help: "it cannot be made anew in an instant: drop it before the plan, and make it again after it",
      });
  for (const fn of schema.functions.values())
    if (fn.stored === true && fn.reads?.some((ref) => ref.relation === change.table && ref.column === change.column) === true)
      misfits.push({
        reason: `the function ${displayName(fn.name)} has a body in standard SQL that reads ${shown}`,
        help: "drop it before the plan, and make it again after it",
      });
  return misfits;
}

function twinFor(change: ChangeOf<"change-type">, table: Relation, column: Column, scene: Scene): Twin | readonly Misfit[] | Misfit {
  const type = sqlType(change.type);
  const value = change.using === null ? `${sqlName(column.name)}::${type}` : change.using.sql;
  const fresh = suffixed(column.name, "new");
  if (table.columns.some(({ name }) => name === fresh || name === suffixed(column.name, "old")))
    return {
      reason: `${displayName(table.name)} has a column ${fresh} or ${suffixed(column.name, "old")} already`,
      help: "an earlier attempt may have left it: undo that first, or rename it",
    };
  return twinOf(table, column, fresh, { type, collation: change.collation, value }, scene);
}

/** The value over NEW in place of the table's own columns. */
function overNew(twin: Twin): string {
  return overRow(
    twin.value,
    twin.table.columns.map(({ name }) => name),
    "NEW",
  );
}

function plan(request: PlanRequest, scene: Scene): Draft {
  const change = theChange(request, "change-type");
  const { schema } = scene;
  const table = tableNamed(schema, change.table);
  const column = columnIn(table, change.column).found;
  const made = column === null ? null : twinFor(change, table, column, scene);
  if (column === null || made === null || Array.isArray(made) || "reason" in made)
    throw new Error("planned without having been asked whether it fits");
  const twin = made as Twin;
  const shown = `${displayName(table.name)}.${column.name}`;
  const target = sqlTable(table.name);
  const [fresh, old] = [sqlName(twin.fresh), sqlName(suffixed(column.name, "old"))];
  const views = viewsAbove(schema.relations, table.name, column.name).map((view) => view.name);
  const build: Step[] = [nothingElse(twin, views), ...twinSteps(twin, `  NEW.${fresh} := ${overNew(twin)};`, scene)];
  // The way back takes these over as the swap takes the new ones; they go with the old column. When it has, the foreign keys of other tables
  // are compared again, beside their writers.
  for (const { constraint, back } of twin.uniques)
    build.push(...uniqueIndex(twin, back, constraint.columns).map((step) => comparedAgain(step, twin)));
  build.push(
    together(
      `carry-${column.name}`,
      "privileges, comment and statistics target; no reader or writer waits",
      [carryColumn(table.name, column.name, twin.fresh)],
      NOTHING_TO_UNDO,
      [{ op: "sql", what: `privileges and comment of ${twin.fresh}`, applies: "database" }],
    ),
  );
  const spec = columnSpec(table, column.name);
  const renames = names(twin, scene);
  return {
    about: [bareName(table.name), column.name],
    phases: [
      phase(
        "build",
        "a second column of the new type, filled and kept right, with everything that hangs on the first",
        "old and new",
        [],
        [
          ...build,
          verify(
            `${twin.fresh}-is-right`,
            "every row has the same value in both",
            `SELECT 1 FROM ${target} WHERE ${fresh} IS DISTINCT FROM ${twin.value} LIMIT 1`,
            `rows of ${shown} have another value in ${twin.fresh}: run the backfill again`,
          ),
        ],
      ),
      phase(
        "swap",
        "the columns change places under one brief lock",
        "old and new",
        [],
        [
          together(
            `swap-${column.name}`,
            "one transaction, nothing is read or written but the catalogue",
            swap(twin, views),
            undo(...swapBack(twin, scene, views)),
            [{ op: "alter-column", table: table.name, column: { ...spec, type: twin.type }, applies: "both" }],
          ),
          ...(renames.length === 0
            ? []
            : [
                together(
                  `names-${column.name}`,
                  "a second brief lock: indexes, constraints and the sequence take the names of those before them",
                  renames,
                  undo(...namesBack(twin, scene)),
                  [{ op: "sql", what: `names of what belongs to ${column.name}`, applies: "database" }],
                ),
              ]),
          analyzed(twin, scene),
          verify(
            `${column.name}-has-its-type`,
            `${shown} is ${twin.type}`,
            `SELECT 1 FROM pg_attribute WHERE attrelid = ${regclass(table.name)} AND attname = ${quoteLiteral(column.name).trim()} AND atttypid <> ${quoteLiteral(twin.type).trim()}::regtype`,
            `${shown} is not ${twin.type}: run the swap again`,
          ),
        ],
      ),
      phase(
        "clean-up",
        "the old column goes",
        "old and new",
        [],
        [
          approve(
            "keep-the-new",
            `the old ${shown} goes`,
            "until now the way back is an exchange under a brief lock; after this it is another change of type",
          ),
          together(
            `drop-${suffixed(column.name, "old")}`,
            "instant: a brief lock, nothing is rewritten",
            [...dropSync(twin), `ALTER TABLE ${target} DROP COLUMN ${old}`],
            noWayBack(`the old column is gone: the way back is a plan of its own (change-type ${shown} ${sqlType(column.type)})`),
            [{ op: "drop-column", table: table.name, column: suffixed(column.name, "old"), applies: "database" }],
          ),
          verify(
            `no-${suffixed(column.name, "old")}`,
            "nothing is left of the exchange",
            columnAbsent(table.name, suffixed(column.name, "old")),
            `${shown} has a leftover: run the step before again`,
          ),
        ],
      ),
    ],
    notes: [
      `${column.name} moves to the end of the table: SELECT * and INSERT without a list of columns see another order`,
      `the table needs room for a second ${column.name} and its indexes until the last phase is done`,
      ...(views.length > 0
        ? [
            `${views.map(displayName).join(", ")} ${views.length === 1 ? "is" : "are"} made anew in the swap, with owner, options, privileges and comments; ALTER TYPE itself would refuse (0A000)`,
          ]
        : []),
    ],
    ...(views.length > 0 ? { unsafe: ["BEGIN", ...aroundViews(views, request.sql), "COMMIT"] } : {}),
  };
}

function comparedAgain(step: Step, twin: Twin): Step {
  if (step.kind !== "migrate" || !step.down.possible) return step;
  const again = twin.pointing.map(
    ({ child, constraint }) => `ALTER TABLE ${sqlTable(child)} VALIDATE CONSTRAINT ${sqlName(constraint.name)}`,
  );
  return { ...step, down: { ...step.down, sql: [...again, ...step.down.sql] } };
}

/**
 * Statistics of the column under its own name. Its way back comes before that of the swap: it proves, beside readers and writers, that the old
 * column has a value in every row, which SET NOT NULL would otherwise read the table for under its lock.
 */
function analyzed(twin: Twin, { majors }: Scene): Step {
  const { table, column } = twin;
  const [target, old] = [sqlTable(table.name), sqlName(suffixed(column.name, "old"))];
  const native = majors.every((major) => major >= 18);
  const proof = sqlName(wayBackProof(twin));
  const down = column.notNull
    ? undoAlone(
        `ALTER TABLE ${target} ADD CONSTRAINT ${proof} ${native ? `NOT NULL ${old}` : `CHECK (${old} IS NOT NULL)`} NOT VALID`,
        `ALTER TABLE ${target} VALIDATE CONSTRAINT ${proof}`,
      )
    : NOTHING_TO_UNDO;
  return together(`analyze-${column.name}`, "statistics for the planner", [`ANALYZE ${target} (${sqlName(column.name)})`], down, [
    { op: "sql", what: `ANALYZE ${displayName(table.name)}`, applies: "database" },
  ]);
}

/** From 18 on it is the NOT NULL itself, under the name that it had. */
function wayBackProof({ table, column }: Twin): string {
  return suffixed(notNullName(table, column.name), "back");
}

/** What must change together, in the order in which Postgres lets it happen; names follow in a step of their own. */
function swap(twin: Twin, views: readonly string[]): readonly string[] {
  const { table, column } = twin;
  const target = sqlTable(table.name);
  const oldName = suffixed(column.name, "old");
  const [name, fresh, old] = [sqlName(column.name), sqlName(twin.fresh), sqlName(oldName)];
  return aroundViews(views, [
    ...twin.pointing.map(({ child, constraint }) => `ALTER TABLE ${sqlTable(child)} DROP CONSTRAINT ${sqlName(constraint.name)}`),
    ...dropSync(twin),
    ...identityTo(twin, column.name, twin.fresh, sequences(twin).own, sequences(twin).fresh),
    // A primary key holds its columns NOT NULL: it goes first.
    ...twin.uniques.map(({ constraint }) => `ALTER TABLE ${target} DROP CONSTRAINT ${sqlName(constraint.name)}`),
    ...(column.notNull ? [`ALTER TABLE ${target} ALTER COLUMN ${name} DROP NOT NULL`] : []),
    ...twin.uniques.map(
      ({ constraint, index }) =>
        `ALTER TABLE ${target} ADD CONSTRAINT ${sqlName(constraint.name)} ${constraint.kind === "primary-key" ? "PRIMARY KEY" : "UNIQUE"} USING INDEX ${sqlName(index)}${deferral(constraint)}`,
    ),
    `ALTER TABLE ${target} RENAME COLUMN ${name} TO ${old}`,
    `ALTER TABLE ${target} RENAME COLUMN ${fresh} TO ${name}`,
    ...defaultTo(twin, oldName, column.name),
    ...syncFunction(
      twin,
      `  BEGIN\n    NEW.${old} := NEW.${name};\n  EXCEPTION WHEN data_exception THEN\n    NEW.${old} := NULL; -- has no place in the old type: the way back will say so\n  END;`,
    ),
  ]);
}

/** After the swap: what was built beside takes the names, and what it replaces stays under others for the way back. */
function names(twin: Twin, scene: Scene): readonly string[] {
  const { table, column } = twin;
  const target = sqlTable(table.name);
  return [
    ...twin.pointing.map(
      ({ child, constraint, fresh: as }) =>
        `ALTER TABLE ${sqlTable(child)} RENAME CONSTRAINT ${sqlName(as)} TO ${sqlName(constraint.name)}`,
    ),
    ...[...twin.keys, ...twin.checks].flatMap(({ constraint, fresh: as }) => exchange(target, constraint.name, as)),
    ...twin.indexes.flatMap(({ old: index, fresh: own }) => [
      `ALTER INDEX ${sqlTable(index.name)} RENAME TO ${sqlName(suffixed(bareName(index.name), "old"))}`,
      `ALTER INDEX ${sqlTable(own.name)} RENAME TO ${sqlName(bareName(index.name))}`,
    ]),
    ...(isNative(twin, scene)
      ? [
          `ALTER TABLE ${target} RENAME CONSTRAINT ${sqlName(notNullName(table, twin.fresh))} TO ${sqlName(notNullName(table, column.name))}`,
        ]
      : []),
    ...(column.identity === null
      ? []
      : [`ALTER SEQUENCE ${sqlTable(sequences(twin).fresh)} RENAME TO ${sqlName(bareName(sequences(twin).own))}`]),
    ...carryComments(
      table.name,
      schemaOf(table.name),
      twin.indexes.map(({ old: index }) => ({ from: suffixed(bareName(index.name), "old"), to: bareName(index.name) })),
      [...twin.keys, ...twin.checks].map(({ constraint }) => ({ from: suffixed(constraint.name, "old"), to: constraint.name })),
    ),
  ];
}

function namesBack(twin: Twin, scene: Scene): readonly string[] {
  const { table, column } = twin;
  const target = sqlTable(table.name);
  return [
    ...twin.pointing.map(
      ({ child, constraint, fresh: as }) =>
        `ALTER TABLE ${sqlTable(child)} RENAME CONSTRAINT ${sqlName(constraint.name)} TO ${sqlName(as)}`,
    ),
    ...[...twin.keys, ...twin.checks].flatMap(({ constraint, fresh: as }) => exchangeBack(target, constraint.name, as)),
    ...twin.indexes.flatMap(({ old: index, fresh: own }) => [
      `ALTER INDEX ${sqlTable(index.name)} RENAME TO ${sqlName(bareName(own.name))}`,
      `ALTER INDEX ${sqlTable(`${schemaOf(index.name)}.${suffixed(bareName(index.name), "old")}`)} RENAME TO ${sqlName(bareName(index.name))}`,
    ]),
    ...(isNative(twin, scene)
      ? [
          `ALTER TABLE ${target} RENAME CONSTRAINT ${sqlName(notNullName(table, column.name))} TO ${sqlName(notNullName(table, twin.fresh))}`,
          `ALTER TABLE ${target} RENAME CONSTRAINT ${sqlName(wayBackProof(twin))} TO ${sqlName(notNullName(table, column.name))}`,
        ]
      : []),
    ...(column.identity === null
      ? []
      : [`ALTER SEQUENCE ${sqlTable(sequences(twin).own)} RENAME TO ${sqlName(bareName(sequences(twin).fresh))}`]),
  ];
}

/** From 18 on NOT NULL is a constraint with a name. */
function isNative({ column }: Twin, { majors }: Scene): boolean {
  return column.notNull && majors.every((major) => major >= 18);
}

/** The identity's own sequence, and the name of its successor until it takes that of the other. */
function sequences({ table, column, fresh }: Twin): { readonly own: string; readonly fresh: string } {
  const own = makeObjectName(bareName(table.name), column.name, "seq");
  return { own: `${schemaOf(table.name)}.${own}`, fresh: `${schemaOf(table.name)}.${makeObjectName(bareName(table.name), fresh, "seq")}` };
}

/** The constraint's name goes to its successor; it stays, over the old column, for the way back. */
function exchange(target: string, constraint: string, fresh: string): readonly string[] {
  return [
    `ALTER TABLE ${target} RENAME CONSTRAINT ${sqlName(constraint)} TO ${sqlName(suffixed(constraint, "old"))}`,
    `ALTER TABLE ${target} RENAME CONSTRAINT ${sqlName(fresh)} TO ${sqlName(constraint)}`,
  ];
}

function exchangeBack(target: string, constraint: string, fresh: string): readonly string[] {
  return [
    `ALTER TABLE ${target} RENAME CONSTRAINT ${sqlName(constraint)} TO ${sqlName(fresh)}`,
    `ALTER TABLE ${target} RENAME CONSTRAINT ${sqlName(suffixed(constraint, "old"))} TO ${sqlName(constraint)}`,
  ];
}

function deferral({ deferrable, initiallyDeferred }: { readonly deferrable: boolean; readonly initiallyDeferred?: boolean }): string {
  return deferrable ? ` DEFERRABLE${initiallyDeferred === true ? " INITIALLY DEFERRED" : ""}` : "";
}

/** An identity is its column's own: the other column gets one that goes on where this one is. */
function identityTo({ table, column }: Twin, from: string, to: string, sequence: string, next: string): readonly string[] {
  if (column.identity === null) return [];
  const target = sqlTable(table.name);
  const kind = column.identity === "always" ? "ALWAYS" : "BY DEFAULT";
  return [
    `ALTER TABLE ${target} ALTER COLUMN ${sqlName(to)} ADD GENERATED ${kind} AS IDENTITY`,
    `-- tread-ignore statement-after-access-exclusive: one row of a sequence\nSELECT setval('${sqlTable(next)}', last_value, is_called) FROM ${sqlTable(sequence)}`,
    ...carryPrivileges(sequence, next, "SEQUENCE"),
    `ALTER TABLE ${target} ALTER COLUMN ${sqlName(from)} DROP IDENTITY`,
  ];
}

/** The default, and the sequence that a serial column owns, by the names after the exchange. */
function defaultTo({ table, column }: Twin, from: string, to: string): readonly string[] {
  if (column.default === null || column.default.isNull || column.identity !== null) return [];
  const target = sqlTable(table.name);
  const sequence = /^nextval\('([^']+)'(?:::regclass)?\)$/i.exec(column.default.sql.trim())?.[1];
  return [
    `ALTER TABLE ${target} ALTER COLUMN ${sqlName(to)} SET DEFAULT ${typed(column)}`,
    `ALTER TABLE ${target} ALTER COLUMN ${sqlName(from)} DROP DEFAULT`,
    ...(sequence === undefined ? [] : [`ALTER SEQUENCE ${sequence} OWNED BY ${target}.${sqlName(to)}`]),
  ];
}

/** ALTER TYPE leaves a literal with the type that it had (`'none'::character varying` on a text column). */
function typed({ default: expression, type }: Column): string {
  const sql = expression?.sql ?? "NULL";
  return /^'(?:[^']|'')*'$/.test(sql.trim()) && TEXTS.has(type.name) ? `${sql}::${sqlType({ ...type, modifiers: [] })}` : sql;
}

/** From after the swap to before it; refused by Postgres where a value has no place in the old type. */
function swapBack(twin: Twin, scene: Scene, views: readonly string[]): readonly string[] {
  const { table, column } = twin;
  const target = sqlTable(table.name);
  const oldName = suffixed(column.name, "old");
  const [name, fresh, old] = [sqlName(column.name), sqlName(twin.fresh), sqlName(oldName)];
  const sequenceOfOld = `${schemaOf(table.name)}.${makeObjectName(bareName(table.name), oldName, "seq")}`;
  return aroundViews(views, [
    ...twin.pointing.map(({ child, fresh: as }) => `ALTER TABLE ${sqlTable(child)} DROP CONSTRAINT ${sqlName(as)}`),
    ...dropSync(twin),
    ...(column.notNull && !isNative(twin, scene)
      ? [`ALTER TABLE ${target} ALTER COLUMN ${old} SET NOT NULL`, `ALTER TABLE ${target} DROP CONSTRAINT ${sqlName(wayBackProof(twin))}`]
      : []),
    ...identityTo(twin, column.name, oldName, sequences(twin).fresh, sequenceOfOld),
    ...(column.identity === null ? [] : [`ALTER SEQUENCE ${sqlTable(sequenceOfOld)} RENAME TO ${sqlName(bareName(sequences(twin).own))}`]),
    ...defaultTo(twin, column.name, oldName),
    ...twin.uniques.map(({ constraint }) => `ALTER TABLE ${target} DROP CONSTRAINT ${sqlName(constraint.name)}`),
    ...twin.uniques.map(
      ({ constraint, back }) =>
        `ALTER TABLE ${target} ADD CONSTRAINT ${sqlName(constraint.name)} ${constraint.kind === "primary-key" ? "PRIMARY KEY" : "UNIQUE"} USING INDEX ${sqlName(back)}${deferral(constraint)}`,
    ),
    `ALTER TABLE ${target} RENAME COLUMN ${name} TO ${fresh}`,
    `ALTER TABLE ${target} RENAME COLUMN ${old} TO ${name}`,
    ...syncFunction(twin, `  NEW.${fresh} := ${overNew(twin)};`),
    // Compared again by the next step back: under this lock nothing is read.
    ...twin.pointing.map(
      ({ child, constraint }) =>
        `ALTER TABLE ${sqlTable(child)} ADD CONSTRAINT ${sqlName(constraint.name)} FOREIGN KEY ${sqlColumns(constraint.columns)} REFERENCES ${target} ${sqlColumns(constraint.references?.columns ?? [])}${actionsOf(constraint) === "" ? "" : ` ${actionsOf(constraint)}`} NOT VALID`,
    ),
  ]);
}
