import { bareName, displayName, type SchemaState, type UserType } from "../../model/schema.ts";
import { nearest } from "../../text/nearest.ts";
import { quoteLiteral } from "../../text/quote.ts";
import { backfill, deploy, noWayBack, phase, released, together, undo, verify } from "../build.ts";
import type { Draft, Misfit, PlanRequest, Recipe, Scene } from "../recipe.ts";
import { onlyChange, theChange } from "../request.ts";
import { sqlName, sqlTable, sqlType } from "../sql.ts";
import type { Step } from "../types.ts";

const literal = (value: string): string => quoteLiteral(value).trim();

/** Instant; but a value that is there cannot be taken back, and one that a version does not know must not be written while it serves. */
export const addEnumValue: Recipe = {
  id: "add-enum-value",
  database: "postgres",
  summary: "the value first, a release that writes it after it",
  accepts: (request) => onlyChange(request, "add-enum-value") !== null,
  fits(request, { schema }) {
    const { type, value, position } = theChange(request, "add-enum-value");
    return enumMisfits(schema, type, position === undefined ? [] : [position.of], [value]);
  },
  plan(request) {
    const { type, value } = theChange(request, "add-enum-value");
    const shown = displayName(type);
    return {
      about: [bareName(type), value],
      phases: [
        phase(
          "add",
          "the value is there; nothing writes it yet",
          "old and new",
          [],
          [
            together(
              `add-${value}`,
              "instant: no table is locked",
              request.sql,
              noWayBack(
                `Postgres takes no value out of an enum: ${shown} keeps ${value} (tread plan remove-enum-value ${shown} ${literal(value)} makes the type anew)`,
              ),
              [{ op: "sql", what: `add ${value} to ${shown}`, applies: "database" }],
            ),
            verify(
              `${value}-is-there`,
              "the enum has the value",
              lacks(type, value),
              `${shown} has no ${value}: run the step before again`,
            ),
          ],
        ),
      ],
      notes: [
        `release code that reads ${value} everywhere before code that writes it: a version that does not know the value meets it in its rows`,
      ],
    };
  },
};

/** RENAME VALUE breaks every version that says the old name at once. So both are there for a while. */
export const renameEnumValue: Recipe = {
  id: "rename-enum-value",
  database: "postgres",
  summary: "a second value, releases that read both and then write the new one, and the rows in batches",
  accepts: (request) => onlyChange(request, "rename-enum-value") !== null,
  fits(request, { schema }) {
    const { type, value, to } = theChange(request, "rename-enum-value");
    return enumMisfits(schema, type, [value], [to]);
  },
  plan: planRename,
};

/** Whether the enum is there, with these values and without those. */
export function enumMisfits(schema: SchemaState, name: string, there: readonly string[], missing: readonly string[]): readonly Misfit[] {
  const type = enumNamed(schema, name);
  if (type === null) {
    const enums = [...schema.types.values()].filter(({ kind }) => kind === "enum").map((each) => each.name);
    const near = nearest(name, enums);
    return [
      {
        reason: `there is no enum ${displayName(name)} in the schema that the migrations lead to`,
        help: near === null ? `enums: ${enums.map(displayName).join(", ") || "none"}` : `did you mean ${displayName(near)}?`,
      },
    ];
  }
  return [
    ...there
      .filter((value) => !type.values.includes(value))
      .map((value) => ({ reason: `${displayName(name)} has no value ${value}`, help: `its values: ${type.values.join(", ")}` })),
    ...missing
      .filter((value) => type.values.includes(value))
      .map((value) => ({
        reason: `${displayName(name)} has the value ${value} already`,
        help: "choose another, or use the one that is there",
      })),
  ];
}

function enumNamed(schema: SchemaState, name: string): Extract<UserType, { kind: "enum" }> | null {
  const type = schema.types.get(name);
  return type?.kind === "enum" ? type : null;
}

function lacks(type: string, value: string): string {
  return `SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_enum WHERE enumtypid = ${literal(sqlTable(type))}::regtype AND enumlabel = ${literal(value)})`;
}

function planRename(request: PlanRequest, { schema }: Scene): Draft {
  const { type, value, to } = theChange(request, "rename-enum-value");
  const shown = displayName(type);
  const columns = [...schema.relations.values()].flatMap((relation) =>
    (relation.kind === "table" && relation.partitionOf === null) || relation.kind === "partitioned-table"
      ? relation.columns
          .filter((column) => column.type.name === type && column.type.dimensions === 0)
          .map((column) => ({ relation, column }))
      : [],
  );
  const defaults = columns.filter(({ column }) => column.default?.sql.includes(literal(value)) === true);
  const moves = columns.map(({ relation, column }): Step => {
    const [target, name] = [sqlTable(relation.name), sqlName(column.name)];
    return backfill(`move-${bareName(relation.name)}-${column.name}`, `rows that say ${value} say ${to}, a batch at a time`, {
      table: relation.name,
      sql: `UPDATE ${target} SET ${name} = ${literal(to)} WHERE ${name} = ${literal(value)}`,
      verify: `${name} = ${literal(value)}`,
      newWrites: `no version that serves writes ${value} any more`,
      down: noWayBack(`rows that said ${value} cannot be told from those that were written with ${to}`),
    });
  });
  const checks = columns.map(({ relation, column }): Step =>
    verify(
      `no-${value}-in-${bareName(relation.name)}-${column.name}`,
      `no row says ${value}`,
      `SELECT 1 FROM ${sqlTable(relation.name)} WHERE ${sqlName(column.name)} = ${literal(value)} LIMIT 1`,
      `rows of ${displayName(relation.name)} still say ${value}: something writes it; find it, then run the backfill again`,
    ),
  );
  return {
    about: [bareName(type), value, to],
    phases: [
      phase(
        "add",
        "both values are there",
        "old",
        [],
        [
          together(
            `add-${to}`,
            "instant: no table is locked",
            [`ALTER TYPE ${sqlTable(type)} ADD VALUE ${literal(to)} AFTER ${literal(value)}`],
            noWayBack(`Postgres takes no value out of an enum: ${shown} keeps ${to}`),
            [{ op: "sql", what: `add ${to} to ${shown}`, applies: "database" }],
          ),
          deploy("reads-both", `release a version that takes ${value} and ${to} for the same`, [
            `reads ${value} and ${to} alike, and goes on writing ${value}`,
          ]),
        ],
      ),
      phase(
        "write-new",
        "the new value is written",
        "old",
        [released("reads-both", `reads ${value} and ${to} alike`)],
        [deploy("writes-new", `release a version that writes ${to}`, [`writes ${to} everywhere, and still reads both`])],
      ),
      phase(
        "move",
        "rows from before follow",
        "new",
        [released("writes-new", `writes ${to}`)],
        [
          ...defaults.map(({ relation, column }) =>
            together(
              `default-${bareName(relation.name)}-${column.name}`,
              "a brief lock",
              [
                `ALTER TABLE ${sqlTable(relation.name)} ALTER COLUMN ${sqlName(column.name)} SET DEFAULT ${literal(to)}::${sqlType(column.type)}`,
              ],
              undo(
                `ALTER TABLE ${sqlTable(relation.name)} ALTER COLUMN ${sqlName(column.name)} SET DEFAULT ${column.default?.sql ?? "NULL"}`,
              ),
              [{ op: "sql", what: `default of ${displayName(relation.name)}.${column.name}`, applies: "database" }],
            ),
          ),
          ...moves,
          ...(checks.length > 0 ? checks : [verify(`${to}-is-there`, "the enum has the value", lacks(type, to), `${shown} has no ${to}`)]),
        ],
      ),
    ],
    notes: [
      `${shown} keeps ${value}, which nothing uses any more: tread plan remove-enum-value ${shown} ${literal(value)} makes the type anew`,
    ],
  };
}

/** ALTER DOMAIN … VALIDATE locks writers of every table with the domain out (SHARE, measured 13 to 18), so it stays NOT VALID and is proved by reading. */
export const domainConstraint: Recipe = {
  id: "domain-constraint",
  database: "postgres",
  summary: "NOT VALID, proved by reading: VALIDATE would lock the writers of every table with the domain out",
  accepts: (request) => onlyChange(request, "alter-domain")?.action === "add-constraint",
  fits(request, { schema }) {
    const { domain, name } = theChange(request, "alter-domain");
    const type = schema.types.get(domain);
    if (type?.kind !== "domain") {
      const domains = [...schema.types.values()].filter(({ kind }) => kind === "domain").map((each) => each.name);
      return [
        {
          reason: `there is no domain ${displayName(domain)} in the schema that the migrations lead to`,
          help: `domains: ${domains.map(displayName).join(", ") || "none"}`,
        },
      ];
    }
    return type.checks.some((check) => check.name === name)
      ? [{ reason: `${displayName(domain)} has a constraint ${name ?? ""} already`, help: "choose another name" }]
      : [];
  },
  plan: planDomain,
};

function planDomain(request: PlanRequest, { schema }: Scene): Draft {
  const { domain, name, expression } = theChange(request, "alter-domain");
  const shown = displayName(domain);
  const constraint = sqlName(name ?? `${bareName(domain)}_check`);
  const check = expression ?? "true";
  const users = [...schema.relations.values()].flatMap((relation) =>
    relation.kind === "table" || relation.kind === "partitioned-table"
      ? relation.columns.filter((column) => column.type.name === domain).map((column) => ({ relation, column }))
      : [],
  );
  const against = users.map(({ relation, column }): Step =>
    verify(
      `no-row-against-${constraint}-in-${bareName(relation.name)}-${column.name}`,
      `no value of ${displayName(relation.name)}.${column.name} violates it`,
      column.type.dimensions === 0
        ? `SELECT 1 FROM ${sqlTable(relation.name)} WHERE NOT (${check.replace(/\bvalue\b/gi, sqlName(column.name))}) LIMIT 1`
        : `SELECT 1 FROM ${sqlTable(relation.name)}, unnest(${sqlName(column.name)}) AS tread_value WHERE NOT (${check.replace(/\bvalue\b/gi, "tread_value")}) LIMIT 1`,
      `rows of ${displayName(relation.name)} violate ${check}: change them, then go on`,
    ),
  );
  return {
    about: [bareName(domain), constraint],
    phases: [
      phase(
        "hold",
        "new values are held to it, and the old ones are read",
        "old and new",
        [],
        [
          ...against,
          together(
            `hold-${constraint}`,
            "new and changed values are held to it; no table is locked",
            [`ALTER DOMAIN ${sqlTable(domain)} ADD CONSTRAINT ${constraint} CHECK (${check}) NOT VALID`],
            undo(`ALTER DOMAIN ${sqlTable(domain)} DROP CONSTRAINT ${constraint}`),
            [{ op: "sql", what: `CHECK ${constraint} of ${shown}`, applies: "database" }],
          ),
          ...against.map((step) => ({ ...step, name: `still-${step.name}` })),
          verify(
            `${constraint}-is-there`,
            "the domain has the constraint",
            `SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE contypid = ${literal(sqlTable(domain))}::regtype AND conname = ${literal(name ?? constraint)})`,
            `${shown} has no constraint ${constraint}: run the steps before this one`,
          ),
        ],
      ),
    ],
    notes: [
      `${constraint} stays marked NOT VALID: every value is held to it and was read, but ALTER DOMAIN ${sqlTable(domain)} VALIDATE CONSTRAINT ${constraint} reads every table with the domain under a lock that no writer gets through. Run it where that is short`,
      ...(users.length === 0 ? ["no table uses the domain yet"] : []),
    ],
  };
}
