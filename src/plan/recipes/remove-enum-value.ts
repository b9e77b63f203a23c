import { tokensOf } from "../../engines/postgres/parse/lexer.ts";
import { bareName, displayName, type Column, type Relation, type SchemaState } from "../../model/schema.ts";
import { schemaOf } from "../../model/apply/index.ts";
import { quoteLiteral } from "../../text/quote.ts";
import { approve, deploy, noWayBack, phase, released, together, undo, verify } from "../build.ts";
import { carryType } from "../carry.ts";
import { standBy, twinSteps } from "../exchange/beside.ts";
import { names, namesBack } from "../exchange/names.ts";
import { analyzed, HELD, prepared, swap, swapBack } from "../exchange/swap.ts";
import { aroundViews, viewSteps, withViews, type ViewsAgain } from "../exchange/views.ts";
import { dropSync, overNew, suffixed, twinOf, type Twin } from "../exchange/twin.ts";
import { notMadeAnew, nothingElse, nothingElseOfType, viewsAboveAll } from "../expect.ts";
import { definitionOf } from "../index-definition.ts";
import type { Draft, Misfit, PlanRequest, Recipe, Scene } from "../recipe.ts";
import { columnAbsent, identifierOf, sqlName, sqlTable } from "../sql.ts";
import type { Step } from "../types.ts";
import { wired } from "./drop-column.ts";
import { enumMisfits } from "./types.ts";

/**
 * Postgres takes no value out of an enum: the type is made anew, and ALTER TYPE would write every table with it anew under ACCESS EXCLUSIVE.
 * Here each column gets a second one of the new type, and one brief lock exchanges columns and types.
 */
export const removeEnumValue: Recipe = {
  id: "remove-enum-value",
  database: "postgres",
  summary: "a release that does without it, a type without the value, a second column beside each, one brief swap",
  accepts: (request) => request.recipe === "remove-enum-value",
  fits,
  plan,
};

const literal = (value: string): string => quoteLiteral(value).trim();

interface Removal {
  readonly type: string;
  readonly value: string;
  /** What rows with the value get instead; null: there must be none. */
  readonly instead: string | null;
  /** Qualified names of the type that is made, until it takes the name, and of the one that goes. */
  readonly fresh: string;
  readonly old: string;
}

/** What the words said (`words/grammar.ts`): no statement removes a value. */
function removalOf({ sql, fill }: PlanRequest): Removal {
  const [type = "", value = ""] = sql.map((mark) => mark.replace(/^-- /, ""));
  const parts = tokensOf(type).flatMap((token) => identifierOf(type, token) ?? []);
  const name = parts.length > 1 ? parts.join(".") : `public.${parts[0] ?? ""}`;
  const beside = (suffix: string): string => `${schemaOf(name)}.${suffixed(bareName(name), suffix)}`;
  return { type: name, value: unquoted(value), instead: fill === null ? null : unquoted(fill), fresh: beside("new"), old: beside("old") };
}

function unquoted(text: string): string {
  return text.slice(1, -1).replaceAll("''", "'");
}

interface Use {
  readonly table: Relation;
  readonly column: Column;
}

function usesOf(schema: SchemaState, type: string): readonly Use[] {
  return [...schema.relations.values()].flatMap((table) =>
    table.kind === "table" || table.kind === "partitioned-table" || table.kind === "foreign-table"
      ? table.columns.filter((column) => column.type.name === type).map((column) => ({ table, column }))
      : [],
  );
}

function fits(request: PlanRequest, scene: Scene): readonly Misfit[] {
  const { schema } = scene;
  const removal = removalOf(request);
  const { type, value, instead, fresh, old } = removal;
  const wrong = enumMisfits(schema, type, [value, ...(instead === null ? [] : [instead])], []);
  if (wrong.length > 0) return wrong;
  if (instead === value) return [{ reason: `${value} would be put in the place of ${value}`, help: "name another value after using" }];
  const misfits: Misfit[] = [];
  if (remaining(schema, removal).length === 0)
    misfits.push({ reason: `${value} is the only value of ${displayName(type)}`, help: "drop the columns, then the type" });
  for (const name of [fresh, old])
    if (schema.types.has(name) || schema.relations.has(name))
      misfits.push({
        reason: `there is a ${displayName(name)} already`,
        help: "an earlier attempt may have left it: undo that first, or rename it",
      });
  for (const { kind, name, detail } of otherUses(schema, type))
    misfits.push({
      reason: `the ${kind} ${name} ${detail} ${displayName(type)}`,
      help: `make it anew without the type before the plan, and with it after; or keep the value and forbid it: tread plan add-check … (column <> ${literal(value)})`,
    });
  for (const { table, column } of usesOf(schema, type)) {
    const shown = `${displayName(table.name)}.${column.name}`;
    if (table.kind !== "table" || table.partitionOf !== null || table.inherits.length > 0 || inherited(schema, table.name))
      misfits.push({
        reason: `${shown} is a column of a ${table.partitionOf === null && table.kind !== "table" ? table.kind.replace("-", " ") : "table with children or parents"}`,
        help: `its columns cannot be exchanged one table after the other: keep the value, and forbid it: tread plan add-check ${sqlTable(table.name)} (${sqlName(column.name)} <> ${literal(value)})`,
      });
    else if (column.type.dimensions > 0)
      misfits.push({
        reason: `${shown} is an array of ${displayName(type)}`,
        help: "change it to an array of text first (tread plan change-type)",
      });
    else {
      if (column.default?.sql.includes(literal(value)) === true)
        misfits.push({ reason: `${value} is the default of ${shown}`, help: "give the column another default before the plan" });
      misfits.push(...wired(schema, table, column.name, "the change"), ...notMadeAnew(schema, table.name, column.name));
      const twin = twinFor({ table, column }, removal, scene);
      if (isMisfits(twin)) misfits.push(...twin);
    }
  }
  return misfits;
}

function inherited(schema: SchemaState, table: string): boolean {
  return [...schema.relations.values()].some(({ inherits }) => inherits.includes(table));
}

/** Types that are made of the enum: they know it by itself, not by its name. */
function otherUses(
  schema: SchemaState,
  type: string,
): readonly { readonly kind: string; readonly name: string; readonly detail: string }[] {
  return [...schema.types.values()].flatMap((other) => {
    const name = displayName(other.name);
    if (other.kind === "domain" && other.base.name === type) return [{ kind: "domain", name, detail: "is over" }];
    if (other.kind === "composite" && other.columns.some((column) => column.type.name === type))
      return [{ kind: "composite type", name, detail: "has a field of" }];
    return [];
  });
}

function remaining(schema: SchemaState, { type, value }: Removal): readonly string[] {
  const found = schema.types.get(type);
  return found?.kind === "enum" ? found.values.filter((each) => each !== value) : [];
}

/** Indexes and constraints that say `'open'::status` say `'open'::status_new` on the second column. */
function retyped(sql: string, { type, fresh }: Removal): string {
  const tokens = tokensOf(sql);
  const bare = bareName(type);
  let result = "";
  let at = 0;
  for (const [index, token] of tokens.entries()) {
    if (identifierOf(sql, token) !== bare) continue;
    const qualified = tokens[index - 1]?.text === "." && identifierOf(sql, tokens[index - 2]) === schemaOf(type);
    const before = tokens[index - (qualified ? 3 : 1)];
    if (before?.text !== ":" && before?.text !== "::" && before?.text !== "as") continue;
    const from = qualified ? (tokens[index - 2]?.start ?? token.start) : token.start;
    result += sql.slice(at, from) + sqlTable(fresh);
    at = token.end;
  }
  return result + sql.slice(at);
}

function twinFor({ table, column }: Use, removal: Removal, scene: Scene): Twin | readonly Misfit[] {
  const fresh = suffixed(column.name, "new");
  if (table.columns.some(({ name }) => name === fresh || name === suffixed(column.name, "old")))
    return [
      {
        reason: `${displayName(table.name)} has a column ${fresh} or ${suffixed(column.name, "old")} already`,
        help: "an earlier attempt may have left it: undo that first, or rename it",
      },
    ];
  const name = `${sqlName(column.name)}::text`;
  const text =
    removal.instead === null ? name : `(CASE ${name} WHEN ${literal(removal.value)} THEN ${literal(removal.instead)} ELSE ${name} END)`;
  const type = sqlTable(removal.fresh);
  const indexes = new Map([...scene.written.indexes].map(([index, sql]) => [index, retyped(sql, removal)]));
  const constraints = table.constraints.map((constraint) =>
    constraint.expression === null || constraint.expression === undefined
      ? constraint
      : { ...constraint, expression: { ...constraint.expression, sql: retyped(constraint.expression.sql, removal) } },
  );
  return twinOf(
    { ...table, constraints },
    column,
    fresh,
    { type, collation: null, value: `${text}::${type}` },
    { ...scene, written: { ...scene.written, indexes } },
  );
}

function isMisfits(twin: Twin | readonly Misfit[]): twin is readonly Misfit[] {
  return Array.isArray(twin);
}

function twinsOf(removal: Removal, scene: Scene): readonly Twin[] {
  return usesOf(scene.schema, removal.type).map((use) => {
    const twin = twinFor(use, removal, scene);
    if (isMisfits(twin)) throw new Error("planned without having been asked whether it fits");
    return twin;
  });
}

function plan(request: PlanRequest, scene: Scene): Draft {
  const removal = removalOf(request);
  const { type, value, instead, fresh, old } = removal;
  const shown = displayName(type);
  const twins = twinsOf(removal, scene);
  const views = viewsAboveAll(
    scene.schema.relations,
    twins.map(({ table, column }) => ({ table: table.name, column: column.name })),
  ).map(({ name }) => name);
  const again = { views, by: `${schemaOf(type)}.${suffixed(`tread_${bareName(type)}`.slice(0, 40), "views")}` };
  const written = viewSteps(again, bareName(type));
  const label = (twin: Twin): string => `${displayName(twin.table.name)}.${twin.column.name}`;
  const own = (twin: Twin, name: string): string => (twins.length === 1 ? name : `${name}-${bareName(twin.table.name)}`);
  const values = remaining(scene.schema, removal).map(literal).join(", ");
  const says = ({ table, column }: Twin): string =>
    `SELECT 1 FROM ${sqlTable(table.name)} WHERE ${sqlName(column.name)}::text = ${literal(value)} LIMIT 1`;
  const build = (twin: Twin): Step[] => {
    const { table, column } = twin;
    return [
      ...(instead === null
        ? [
            verify(
              own(twin, `no-${value}-in-${column.name}`),
              `no row says ${value}`,
              says(twin),
              `rows of ${label(twin)} say ${value}: give them another value, or make the plan with using '<value>'`,
            ),
          ]
        : []),
      nothingElse(twin, views),
      ...twinSteps(twin, `  NEW.${sqlName(twin.fresh)} := ${overNew(twin)};`, scene),
      verify(
        own(twin, `${twin.fresh}-is-right`),
        "every row has its value in both",
        `SELECT 1 FROM ${sqlTable(table.name)} WHERE ${sqlName(twin.fresh)} IS DISTINCT FROM ${twin.value} LIMIT 1`,
        `rows of ${label(twin)} have another value in ${twin.fresh}: run the backfill again`,
      ),
    ];
  };
  return {
    about: [bareName(type), value],
    phases: [
      phase(
        "stop",
        `nothing writes ${value}`,
        "old",
        [],
        [
          deploy(`without-${value}`, `release a version that does not write ${value}`, [
            `never writes ${value}, and does not compare with it in SQL`,
            ...(instead === null ? [] : [`takes ${value} and ${instead} for the same where it reads them`]),
          ]),
        ],
      ),
      phase(
        "build",
        `a type without ${value}, and beside each column one of it, filled and kept right`,
        "new",
        [released(`without-${value}`, `does without ${value}`)],
        [
          nothingElseOfType(type, twins, views),
          together(
            `type-${bareName(fresh)}`,
            "instant: no table is locked",
            [`CREATE TYPE ${sqlTable(fresh)} AS ENUM (${values})`, carryType(type, fresh)],
            undo(`DROP TYPE ${sqlTable(fresh)}`),
            [{ op: "sql", what: `the enum ${displayName(fresh)}`, applies: "database" }],
          ),
          ...twins.flatMap(build),
        ],
      ),
      phase(
        "swap",
        "columns and types change places under one brief lock",
        "new",
        [],
        [
          ...twins.flatMap(standBy),
          ...written.before,
          together(
            `swap-${bareName(type)}`,
            "one transaction, nothing is read or written but the catalogue",
            aroundViews(
              again,
              [
                `ALTER TYPE ${sqlTable(type)} RENAME TO ${sqlName(bareName(old))}`,
                `ALTER TYPE ${sqlTable(fresh)} RENAME TO ${sqlName(bareName(type))}`,
                ...twins.flatMap((twin) => swap(twin)),
              ],
              true,
            ),
            undo(
              ...aroundViews(
                again,
                [
                  `ALTER TYPE ${sqlTable(type)} RENAME TO ${sqlName(bareName(fresh))}`,
                  `ALTER TYPE ${sqlTable(old)} RENAME TO ${sqlName(bareName(type))}`,
                  ...twins.toReversed().flatMap((twin) => swapBack(twin)),
                ],
                false,
              ),
            ),
            [{ op: "sql", what: `${shown} without ${value}`, applies: "database" }],
          ),
          ...twins.flatMap((twin) => {
            const renames = names(twin, scene);
            return [
              ...(renames.length === 0
                ? []
                : [
                    together(
                      own(twin, `names-${twin.column.name}`),
                      "a second brief lock: indexes and constraints take the names of those before them",
                      renames,
                      undo(...namesBack(twin, scene)),
                      [{ op: "sql", what: `names of what belongs to ${twin.column.name}`, applies: "database" }],
                    ),
                  ]),
              analyzed(twin, scene),
            ];
          }),
          ...written.after,
          verify(
            `${bareName(type)}-is-without-${value}`,
            `${shown} has no ${value}`,
            `SELECT 1 FROM pg_enum WHERE enumtypid = ${literal(sqlTable(type))}::regtype AND enumlabel = ${literal(value)}`,
            `${shown} still has ${value}: run the swap again`,
          ),
        ],
      ),
      phase(
        "clean-up",
        "the old columns and the old type go",
        "new",
        [],
        [
          approve(
            "keep-the-new",
            `the old ${shown} goes`,
            "until now the way back is an exchange under a brief lock; after this there is none",
          ),
          ...twins.map((twin) =>
            together(
              own(twin, `drop-${suffixed(twin.column.name, "old")}`),
              "instant: a brief lock, nothing is rewritten",
              [...dropSync(twin), `ALTER TABLE ${sqlTable(twin.table.name)} DROP COLUMN ${sqlName(suffixed(twin.column.name, "old"))}`],
              noWayBack(`the old column is gone: ${value} can be added again (tread plan add-enum-value), not the rows that said it`),
              [{ op: "sql", what: `the old ${label(twin)} goes`, applies: "database" }],
            ),
          ),
          together(
            `drop-${bareName(old)}`,
            "instant: no table is locked",
            [`DROP TYPE ${sqlTable(old)}`],
            noWayBack(`the old type is gone: ${value} can be added again (tread plan add-enum-value)`),
            [{ op: "sql", what: `the enum ${displayName(old)} goes`, applies: "database" }],
          ),
          ...twins.map((twin) =>
            verify(
              own(twin, `no-${suffixed(twin.column.name, "old")}`),
              "nothing is left of the exchange",
              columnAbsent(twin.table.name, suffixed(twin.column.name, "old")),
              `${label(twin)} has a leftover: run the step before again`,
            ),
          ),
          verify(
            `no-${bareName(old)}`,
            "the old type is gone",
            `SELECT 1 WHERE to_regtype(${literal(sqlTable(old))}) IS NOT NULL`,
            `${displayName(old)} is still there: run the step before again`,
          ),
        ],
      ),
    ],
    notes: [
      ...twins.map(
        (twin) => `${label(twin)} moves to the end of its table: SELECT * and INSERT without a list of columns see another order`,
      ),
      ...(twins.length > 0 ? [HELD, ...twins.map(({ column }) => prepared(column.name, "text"))] : []),
      `drivers that keep the type's number (asyncpg, pgx, npgsql) learn the new one when they connect anew`,
      ...(twins.length > 1
        ? ["the swap locks every table with the type, in one transaction: it waits for a moment in which all are free"]
        : []),
      `the smaller way: keep ${value} in ${shown} and forbid it with a CHECK on each column (tread plan add-check)`,
    ],
    unsafe: unsafeForm(removal, scene, twins, again, values),
  };
}

function unsafeForm(
  removal: Removal,
  { schema, written }: Scene,
  twins: readonly Twin[],
  again: ViewsAgain,
  values: string,
): readonly string[] {
  const { type, value, instead, old } = removal;
  const columns = twins.flatMap(({ table, column }): string[] => {
    const target = sqlTable(table.name);
    const name = sqlName(column.name);
    const own =
      schema.relations
        .get(table.name)
        ?.constraints.filter(
          (constraint) => constraint.kind === "check" && constraint.expression?.columns.includes(column.name) === true,
        ) ?? [];
    const standing = column.default === null || column.default.isNull ? null : column.default.sql;
    // Postgres writes them anew from their text, in which the type has its old name by then.
    const typed = twins
      .filter((twin) => twin.table.name === table.name && twin.column === column)
      .flatMap(({ indexes }) => indexes)
      .flatMap(({ old: { name: index } }) => {
        const found = table.indexes.find((each) => each.name === index);
        const definition = found === undefined ? null : definitionOf(found, written);
        return definition?.where === null || definition === null ? [] : [definition];
      });
    return [
      ...typed.map((index) => `DROP INDEX ${sqlTable(index.name)}`),
      ...own.map((constraint) => `ALTER TABLE ${target} DROP CONSTRAINT ${sqlName(constraint.name)}`),
      ...(standing === null ? [] : [`ALTER TABLE ${target} ALTER COLUMN ${name} DROP DEFAULT`]),
      `ALTER TABLE ${target} ALTER COLUMN ${name} TYPE ${sqlTable(type)} USING ${name}::text::${sqlTable(type)}`,
      ...(standing === null ? [] : [`ALTER TABLE ${target} ALTER COLUMN ${name} SET DEFAULT ${standing}`]),
      ...own.map(
        (constraint) => `ALTER TABLE ${target} ADD CONSTRAINT ${sqlName(constraint.name)} CHECK (${constraint.expression?.sql ?? "true"})`,
      ),
      ...typed.map((index) => `CREATE ${index.unique ? "UNIQUE " : ""}INDEX ${sqlName(bareName(index.name))} ON ${target} ${index.rest}`),
    ];
  });
  const moves =
    instead === null
      ? []
      : twins.map(
          ({ table, column }) =>
            `UPDATE ${sqlTable(table.name)} SET ${sqlName(column.name)} = ${literal(instead)} WHERE ${sqlName(column.name)} = ${literal(value)}`,
        );
  const changed = [
    `ALTER TYPE ${sqlTable(type)} RENAME TO ${sqlName(bareName(old))}`,
    `CREATE TYPE ${sqlTable(type)} AS ENUM (${values})`,
    ...columns,
    `DROP TYPE ${sqlTable(old)}`,
  ];
  return [...moves, ...withViews(again, changed)];
}
