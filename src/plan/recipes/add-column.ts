import { chooseName, isRelationName, schemaOf } from "../../model/apply/index.ts";
import type { ChangeOf } from "../../model/change.ts";
import { bareName, displayName, type Column, type Relation } from "../../model/schema.ts";
import { backfill, deploy, NOTHING_TO_UNDO, phase, released, together, undo, verify } from "../build.ts";
import { tableIn, tableNamed, typeIn } from "../misfits.ts";
import type { Draft, Misfit, PlanRequest, Recipe, Scene } from "../recipe.ts";
import { columnSpecOf } from "../spec.ts";
import { overRow, regclass, sqlName, sqlTable, sqlType } from "../sql.ts";
import type { Step } from "../types.ts";
import { checkSteps } from "./add-check.ts";
import { actionsOf } from "../exchange/twin.ts";
import { foreignKeySteps } from "./add-foreign-key.ts";
import { uniqueSteps } from "./add-unique.ts";
import { notNullSteps } from "./not-null.ts";

/**
 * A constant default costs nothing (since 11); a volatile one, serial, identity and a stored generated column write every row under ACCESS
 * EXCLUSIVE. Here the column comes empty, new rows get their value at once, and those from before a batch at a time.
 */
export const addColumn: Recipe = {
  id: "add-column",
  database: "postgres",
  summary: "the column empty, then its default, the rows in batches, and NOT NULL last",
  accepts: ({ changes }) => columnOf(changes) !== null,
  fits,
  plan,
};

/** ADD COLUMN alone, or with the DROP DEFAULT that Django sends behind it. */
function columnOf(changes: PlanRequest["changes"]): ChangeOf<"add-column"> | null {
  const [first, second, ...others] = changes;
  if (first?.kind !== "add-column" || others.length > 0) return null;
  if (second === undefined) return first;
  return second.kind === "set-default" && second.table === first.table && second.column === first.column.name && second.default === null
    ? first
    : null;
}

function fits(request: PlanRequest, { schema }: Scene): readonly Misfit[] {
  const change = columnOf(request.changes);
  if (change === null) return [];
  const table = tableIn(schema, change.table, ["table", "partitioned-table"]);
  if (table.found === null) return table.misfits;
  const { column } = change;
  const misfits: Misfit[] = [...typeIn(schema, column.type)];
  const shown = `${displayName(change.table)}.${column.name}`;
  if (table.found.columns.some(({ name }) => name === column.name))
    misfits.push({ reason: `${shown} is there already`, help: "choose another name" });
  if (column.notNull && !fillsRows(change) && request.fill === null && !change.constraints.some(({ kind }) => kind === "primary-key"))
    misfits.push({
      reason: `rows of ${displayName(change.table)} from before have no value for ${column.name}, which is NOT NULL`,
      help: `say which they get: tread plan add-column ${shown} … not null using '<value>'`,
    });
  const domain = schema.types.get(column.type.name);
  if (domain?.kind === "domain" && (domain.notNull || domain.checks.length > 0))
    misfits.push({
      reason: `${displayName(domain.name)} is a domain with constraints: ADD COLUMN of it writes the whole table, NULL or not`,
      help: `add the column as ${sqlType(domain.base)}, and its conditions with tread plan add-check`,
    });
  if (table.found.kind === "partitioned-table" && (change.serial || column.identity !== null || change.constraints.length > 0))
    misfits.push({
      reason: `${displayName(change.table)} is partitioned`,
      help: "add the column without the constraint or identity, fill it, and plan the constraint partition by partition",
    });
  return misfits;
}

function fillsRows({ column, serial }: ChangeOf<"add-column">): boolean {
  return serial || column.identity !== null || column.generated !== null || (column.default !== null && !column.default.isNull);
}

function plan(request: PlanRequest, scene: Scene): Draft {
  const change = columnOf(request.changes);
  if (change === null) throw new Error("add-column was given something else");
  const table = tableNamed(scene.schema, change.table);
  const { column } = change;
  const about = [bareName(table.name), column.name];
  const withColumn: Relation = {
    ...table,
    columns: [...table.columns, { ...column, notNull: false, default: null, identity: null, generated: null }],
  };
  const drops = request.changes.length === 2;
  const notes: string[] = [];
  const steps: Step[] = [];
  const way = wayOf(change);
  if (way === "at-once") {
    steps.push(
      addsIt(
        table,
        column,
        [`${bareColumn(table, column)}${defaultOf(column)}${column.notNull && column.default !== null ? " NOT NULL" : ""}`],
        column.notNull && column.default !== null,
      ),
    );
  } else if (way === "generated") {
    steps.push(...generatedSteps(table, column));
    notes.push(
      `${column.name} is kept by a trigger and not GENERATED: Postgres turns no column that is there into a generated one, and a new one writes every row under its lock`,
    );
  } else steps.push(...filledSteps(table, change, scene));
  const value = request.fill;
  const later: Step[] = [];
  if (value !== null && way === "at-once" && !fillsRows(change)) {
    if (!column.notNull) later.push(fillStep(table, column, value, `every version that serves gives ${column.name} a value`));
    else later.push(...notNullSteps({ table: withColumn, column: column.name, fill: value, scene }));
  } else if (column.notNull && way !== "at-once")
    steps.push(...notNullSteps({ table: withColumn, column: column.name, fill: null, scene }));
  if (way === "identity") steps.push(identityStep(table, column, scene));
  (later.length > 0 ? later : steps).push(...constraintSteps(change, withColumn, scene));
  const last = filledOrThere(table, column);
  const shown = `${displayName(table.name)}.${column.name}`;
  if (drops) return withoutDefault(table, column, [...steps], about, last, notes);
  if (later.length === 0)
    return { about, phases: [phase("add", "the column comes, and its values after it", "old", [], [...steps, last])], notes };
  return {
    about,
    phases: [
      phase(
        "add",
        "the column comes empty",
        "old",
        [],
        [
          ...steps,
          deploy(
            "write-always",
            `release a version that always writes ${shown}`,
            [`every INSERT gives ${shown} a value`],
            [{ op: "add-column", table: table.name, column: columnSpecOf({ ...column, notNull: false }), applies: "state" }],
          ),
        ],
      ),
      phase(
        "fill",
        "rows from before get their value",
        "new",
        [released("write-always", `writes ${shown} in every row`)],
        [...later, last],
      ),
    ],
    notes,
    unsafe: [
      bareColumn(table, column),
      `UPDATE ${sqlTable(table.name)} SET ${sqlName(column.name)} = ${value ?? "NULL"} WHERE ${sqlName(column.name)} IS NULL`,
      ...(column.notNull ? [`ALTER TABLE ${sqlTable(table.name)} ALTER COLUMN ${sqlName(column.name)} SET NOT NULL`] : []),
    ],
  };
}

type Way = "at-once" | "volatile" | "serial" | "identity" | "generated";

function wayOf({ column, serial }: ChangeOf<"add-column">): Way {
  if (serial) return "serial";
  if (column.identity !== null) return "identity";
  if (column.generated === "stored") return "generated";
  if (
    column.default !== null &&
    !column.default.isNull &&
    column.generated === null &&
    ["volatile", "unknown"].includes(column.default.volatility)
  )
    return "volatile";
  return "at-once";
}

function bareColumn(table: Relation, column: Column): string {
  const collate = column.collation === null ? "" : ` COLLATE ${sqlTable(column.collation)}`;
  return `ALTER TABLE ${sqlTable(table.name)} ADD COLUMN ${sqlName(column.name)} ${sqlType(column.type)}${collate}`;
}

function defaultOf({ default: expression, generated }: Column): string {
  if (expression === null || expression.isNull) return "";
  return generated === "virtual" ? ` GENERATED ALWAYS AS (${expression.sql}) VIRTUAL` : ` DEFAULT ${expression.sql}`;
}

function addsIt(table: Relation, column: Column, sql: readonly string[], notNull: boolean, alsoUndo: readonly string[] = []): Step {
  return together(
    `add-${column.name}`,
    "one brief lock: no row is written or read",
    sql,
    undo(`ALTER TABLE ${sqlTable(table.name)} DROP COLUMN ${sqlName(column.name)}`, ...alsoUndo),
    [{ op: "add-column", table: table.name, column: { ...columnSpecOf(column), notNull }, applies: "both" }],
  );
}

function fillStep(table: Relation, column: Column, value: string, newWrites: string): Step {
  const [target, name] = [sqlTable(table.name), sqlName(column.name)];
  return backfill(`fill-${column.name}`, "rows from before get their value, a batch at a time", {
    table: table.name,
    sql: `UPDATE ${target} SET ${name} = ${value} WHERE ${name} IS NULL`,
    verify: `${name} IS NULL`,
    newWrites,
    down: NOTHING_TO_UNDO,
  });
}

/** A volatile default, or the next number of a sequence: set for new rows at once. */
function filledSteps(table: Relation, change: ChangeOf<"add-column">, { schema }: Scene): Step[] {
  const { column } = change;
  const [target, name] = [sqlTable(table.name), sqlName(column.name)];
  const way = wayOf(change);
  if (way === "volatile") {
    const value = column.default?.sql ?? "NULL";
    return [
      addsIt(table, column, [bareColumn(table, column), `ALTER TABLE ${target} ALTER COLUMN ${name} SET DEFAULT ${value}`], false),
      fillStep(table, column, value, "the column has a default"),
    ];
  }
  const own = schemaOf(table.name);
  const sequence = chooseName(bareName(table.name), column.name, way === "identity" ? "fill" : "seq", (candidate) =>
    isRelationName(schema, own, candidate),
  );
  const made = sqlTable(`${own}.${sequence}`);
  return [
    addsIt(
      table,
      column,
      [
        bareColumn(table, column),
        `CREATE SEQUENCE ${made}${column.type.name === "bigint" ? "" : ` AS ${sqlType(column.type)}`}${way === "identity" ? "" : ` OWNED BY ${target}.${name}`}`,
        `ALTER TABLE ${target} ALTER COLUMN ${name} SET DEFAULT nextval('${made.replaceAll("'", "''")}')`,
      ],
      false,
      // What an identity column owns is its identity: the sequence that only fills stands by itself.
      way === "identity" ? [`DROP SEQUENCE ${made}`] : [],
    ),
    fillStep(table, column, `nextval('${made.replaceAll("'", "''")}')`, "the column has a default"),
  ];
}

/** The sequence that filled the rows makes way for the identity's own, which goes on where it stopped. */
function identityStep(table: Relation, column: Column, { schema }: Scene): Step {
  const own = schemaOf(table.name);
  const [target, name] = [sqlTable(table.name), sqlName(column.name)];
  const free = (label: string): string =>
    sqlTable(`${own}.${chooseName(bareName(table.name), column.name, label, (candidate) => isRelationName(schema, own, candidate))}`);
  const [fill, sequence] = [free("fill"), free("seq")];
  return together(
    `identity-${column.name}`,
    "one brief lock: the default becomes an identity, and goes on where it was",
    [
      `ALTER TABLE ${target} ALTER COLUMN ${name} DROP DEFAULT`,
      `ALTER TABLE ${target} ALTER COLUMN ${name} ADD GENERATED ${column.identity === "always" ? "ALWAYS" : "BY DEFAULT"} AS IDENTITY`,
      `SELECT setval('${sequence.replaceAll("'", "''")}', last_value, is_called) FROM ${fill}`,
      `DROP SEQUENCE ${fill}`,
    ],
    undo(
      `CREATE SEQUENCE ${fill}${column.type.name === "bigint" ? "" : ` AS ${sqlType(column.type)}`}`,
      `SELECT setval('${fill.replaceAll("'", "''")}', last_value, is_called) FROM ${sequence}`,
      `ALTER TABLE ${target} ALTER COLUMN ${name} DROP IDENTITY`,
      `ALTER TABLE ${target} ALTER COLUMN ${name} SET DEFAULT nextval('${fill.replaceAll("'", "''")}')`,
    ),
    [{ op: "alter-column", table: table.name, column: columnSpecOf({ ...column, default: null, notNull: true }), applies: "both" }],
  );
}

function generatedSteps(table: Relation, column: Column): Step[] {
  const [target, name] = [sqlTable(table.name), sqlName(column.name)];
  const expression = column.default?.sql ?? "NULL";
  const fn = sqlTable(`${schemaOf(table.name)}.${`${bareName(table.name)}_${column.name}_keep`.slice(0, 63)}`);
  const row = overRow(
    expression,
    table.columns.map((each) => each.name),
    "NEW",
  );
  return [
    together(
      `add-${column.name}`,
      "one brief lock: the column, and the trigger that gives every new or changed row its value",
      [
        bareColumn(table, column),
        `CREATE FUNCTION ${fn}() RETURNS trigger LANGUAGE plpgsql AS $keep$\nBEGIN\n  NEW.${name} := ${row};\n  RETURN NEW;\nEND\n$keep$`,
        `CREATE TRIGGER ${sqlName(`zz_${bareName(table.name)}_${column.name}_keep`.slice(0, 63))} BEFORE INSERT OR UPDATE ON ${target} FOR EACH ROW EXECUTE FUNCTION ${fn}()`,
      ],
      undo(
        `ALTER TABLE ${target} DROP COLUMN ${name}`,
        `DROP TRIGGER ${sqlName(`zz_${bareName(table.name)}_${column.name}_keep`.slice(0, 63))} ON ${target}`,
        `DROP FUNCTION ${fn}()`,
      ),
      [
        {
          op: "add-column",
          table: table.name,
          column: columnSpecOf({ ...column, default: null, generated: null, notNull: false }),
          applies: "both",
        },
        { op: "sql", what: `a trigger that keeps ${column.name}`, applies: "database" },
      ],
    ),
    backfill(`fill-${column.name}`, "rows from before get their value, a batch at a time", {
      table: table.name,
      sql: `UPDATE ${target} SET ${name} = ${expression} WHERE ${name} IS DISTINCT FROM (${expression})`,
      verify: `${name} IS DISTINCT FROM (${expression})`,
      newWrites: "the trigger gives it to them",
      down: NOTHING_TO_UNDO,
    }),
  ];
}

function constraintSteps({ constraints, column }: ChangeOf<"add-column">, table: Relation, scene: Scene): Step[] {
  return constraints.flatMap((constraint): Step[] => {
    if (constraint.kind === "unique" || constraint.kind === "primary-key")
      return uniqueSteps(table, constraint.name, [column.name], { primary: constraint.kind === "primary-key", deferrable: "" }, scene);
    if (constraint.kind === "check") return checkSteps(table.name, constraint.name, constraint.expression?.sql ?? "true");
    if (constraint.kind === "foreign-key")
      return foreignKeySteps(table.name, { ...constraint, columns: [column.name] }, actionsOf(constraint));
    return [];
  });
}

/** The default stays until no version serves that leaves the column out. */
function withoutDefault(
  table: Relation,
  column: Column,
  steps: readonly Step[],
  about: readonly string[],
  last: Step,
  notes: readonly string[],
): Draft {
  const shown = `${displayName(table.name)}.${column.name}`;
  const [target, name] = [sqlTable(table.name), sqlName(column.name)];
  const kept = column.default?.sql ?? "NULL";
  return {
    about,
    phases: [
      phase(
        "add",
        "the column comes with a default, which fills it for versions that do not know it",
        "old",
        [],
        [...steps, last, deploy("write-always", `release a version that always writes ${shown}`, [`every INSERT gives ${shown} a value`])],
      ),
      phase(
        "let-go",
        "the default goes",
        "new",
        [released("write-always", `writes ${shown} in every row`)],
        [
          together(
            `no-default-${column.name}`,
            "a brief lock",
            [`ALTER TABLE ${target} ALTER COLUMN ${name} DROP DEFAULT`],
            undo(`ALTER TABLE ${target} ALTER COLUMN ${name} SET DEFAULT ${kept}`),
            [{ op: "alter-column", table: table.name, column: columnSpecOf({ ...column, default: null }), applies: "database" }],
          ),
          verify(
            `${column.name}-has-no-default`,
            "the default is gone",
            `SELECT 1 FROM pg_attribute WHERE attrelid = ${regclass(table.name)} AND attname = '${column.name.replaceAll("'", "''")}' AND atthasdef`,
            `${shown} still has a default: run the step before again`,
          ),
        ],
      ),
    ],
    notes: [
      ...notes,
      "an ORM that drops the default in the same migration breaks the INSERTs of every version that does not know the column",
    ],
  };
}

function filledOrThere(table: Relation, column: Column): Step {
  const [target, name] = [sqlTable(table.name), sqlName(column.name)];
  const shown = `${displayName(table.name)}.${column.name}`;
  const must = column.notNull || column.identity !== null;
  return must
    ? verify(
        `${column.name}-everywhere`,
        "every row has a value",
        `SELECT 1 FROM ${target} WHERE ${name} IS NULL LIMIT 1`,
        `rows have no ${shown}: run the backfill again`,
      )
    : verify(
        `${column.name}-is-there`,
        "the column is there",
        `SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = ${regclass(table.name)} AND attname = '${column.name.replaceAll("'", "''")}' AND NOT attisdropped)`,
        `${shown} is not there: run the first step again`,
      );
}
