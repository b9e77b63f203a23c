import type { ChangeOf } from "../../model/change.ts";
import { bareName, displayName, type Column, type Relation } from "../../model/schema.ts";
import { quoteLiteral } from "../../text/quote.ts";
import { approve, noWayBack, phase, together, undo, verify } from "../build.ts";
import { standBy, twinSteps } from "../exchange/beside.ts";
import { names, namesBack } from "../exchange/names.ts";
import { analyzed, HELD, prepared, swap, swapBack, TEXTS } from "../exchange/swap.ts";
import { aroundViews, viewSteps, withViews } from "../exchange/views.ts";
import { dropSync, overNew, suffixed, twinOf, type Twin, viewsFunction } from "../exchange/twin.ts";
import { notMadeAnew, nothingElse, viewsAbove } from "../expect.ts";
import { columnIn, onPartitions, tableIn, tableNamed, typeIn } from "../misfits.ts";
import type { Draft, Misfit, PlanRequest, Recipe, Scene } from "../recipe.ts";
import { onlyChange, theChange } from "../request.ts";
import { columnSpec } from "../spec.ts";
import { columnAbsent, regclass, sqlName, sqlTable, sqlType } from "../sql.ts";
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

function fits(request: PlanRequest, scene: Scene): readonly Misfit[] {
  const change = theChange(request, "change-type");
  const { schema } = scene;
  const table = tableIn(schema, change.table, ["table", "partitioned-table"]);
  if (table.found === null) return table.misfits;
  const column = columnIn(table.found, change.column);
  if (column.found === null) return column.misfits;
  const shown = `${displayName(change.table)}.${change.column}`;
  const misfits: Misfit[] = [
    ...typeIn(schema, change.type),
    ...wired(schema, table.found, change.column, "the change"),
    ...onPartitions(schema, table.found, change.column, `change-type ${shown} ${sqlType(change.type)}`),
  ];
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
  const { default: given } = column.found;
  if (given !== null && !given.isNull && TEXTS.has(both[0] ?? "") && !TEXTS.has(both[1] ?? ""))
    misfits.push({
      reason: `the default ${given.sql} of ${shown} is text, and Postgres casts it to ${sqlType(change.type)} only where it is told (ALTER TYPE refuses as well, 42804)`,
      help: `drop the default before the plan (every version that serves must write ${column.found.name} then), and set one of the new type after it`,
    });
  misfits.push(...notMadeAnew(schema, change.table, change.column));
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
  const spec = columnSpec(table, column.name);
  const again = { views, by: viewsFunction(twin) };
  const written = viewSteps(again, column.name);
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
          ...standBy(twin),
          ...written.before,
          together(
            `swap-${column.name}`,
            "one transaction, nothing is read or written but the catalogue",
            aroundViews(again, swap(twin), true),
            undo(...aroundViews(again, swapBack(twin), false)),
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
          ...written.after,
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
      ...(twin.pointing.length + views.length + (column.identity === null ? 0 : 1) > 0 ? [HELD] : []),
      prepared(column.name, twin.type),
      `the table needs room for a second ${column.name} and its indexes until the last phase is done`,
      ...(views.length > 0
        ? [
            `${views.map(displayName).join(", ")} ${views.length === 1 ? "is" : "are"} made anew in the swap, with owner, options, privileges and comments; ALTER TYPE itself would refuse (0A000)`,
          ]
        : []),
    ],
    ...(views.length > 0 ? { unsafe: withViews(again, request.sql) } : {}),
  };
}
