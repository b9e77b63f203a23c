import { bareName, displayName, type Constraint } from "../../model/schema.ts";
import { NOTHING_TO_UNDO, phase, together, undo, verify } from "../build.ts";
import { columnIn, tableIn } from "../misfits.ts";
import type { Draft, Misfit, PlanRequest, Recipe, Scene } from "../recipe.ts";
import { onlyChange, theChange } from "../request.ts";
import { constraintHolds, sqlColumns, sqlName, sqlTable } from "../sql.ts";
import type { Step } from "../types.ts";

/**
 * ADD FOREIGN KEY locks writers of both tables out (SHARE ROW EXCLUSIVE) for as long as it compares them. NOT VALID needs the lock for a
 * moment; VALIDATE takes SHARE UPDATE EXCLUSIVE on the table and ROW SHARE on the parent.
 */
export const addForeignKey: Recipe = {
  id: "add-foreign-key",
  database: "postgres",
  summary: "NOT VALID under a brief lock on both tables, then VALIDATE without blocking writes",
  accepts: (request) => onlyChange(request, "add-constraint")?.constraint.kind === "foreign-key",
  fits,
  plan,
};

function fits(request: PlanRequest, { schema, majors }: Scene): readonly Misfit[] {
  const { table: name, constraint } = theChange(request, "add-constraint");
  const table = tableIn(schema, name, ["table", "partitioned-table"]);
  if (table.found === null) return table.misfits;
  const relation = table.found;
  const misfits: Misfit[] = constraint.columns.flatMap((column) => columnIn(relation, column).misfits);
  const { references } = constraint;
  if (references === null) return misfits;
  const parent = tableIn(schema, references.relation, ["table", "partitioned-table"]);
  if (parent.found === null) return [...misfits, ...parent.misfits];
  const { found } = parent;
  const known = references.columns.flatMap((column) => columnIn(found, column).misfits);
  misfits.push(...known);
  if (relation.kind === "partitioned-table" && majors.some((major) => major < 18))
    misfits.push({
      reason: `${displayName(name)} is partitioned, and PostgreSQL before 18 takes no NOT VALID foreign key of a partitioned table`,
      help: "add it to each partition in a plan of its own, and then to the parent, which finds them proved",
    });
  const keys = found.indexes.some(
    (index) =>
      index.unique &&
      index.predicate === null &&
      index.columns.length === references.columns.length &&
      references.columns.every((column) => index.columns.includes(column)),
  );
  if (known.length === 0 && !keys)
    misfits.push({
      reason: `${displayName(references.relation)} has no unique index over ${references.columns.join(", ")}`,
      help: `a foreign key needs one: tread plan add-unique ${displayName(references.relation)} (${references.columns.join(", ")})`,
    });
  if (relation.constraints.some((each) => each.name === constraint.name))
    misfits.push({
      reason: `${displayName(name)} has a constraint ${constraint.name} already`,
      help: "give the new one another name: … name orders_person_fk",
    });
  return misfits;
}

function plan(request: PlanRequest, { schema }: Scene): Draft {
  const { table: name, constraint } = theChange(request, "add-constraint");
  const covered = schema.relations
    .get(name)
    ?.indexes.some((index) => index.predicate === null && constraint.columns.every((column, at) => index.columns[at] === column));
  const parent = displayName(constraint.references?.relation ?? "");
  return {
    about: [bareName(name), ...constraint.columns],
    phases: [
      phase(
        "build",
        "new rows are held to it first, then the old ones are compared",
        "old and new",
        [],
        foreignKeySteps(name, constraint, afterReferences(request.sql[0] ?? "")),
      ),
    ],
    notes: [
      `from the second step on, a version that writes ${constraint.columns.join(", ")} without a row in ${parent} gets an error (23503)`,
      ...(covered === true
        ? []
        : [
            `no index begins with ${constraint.columns.join(", ")}: every DELETE from ${parent} will read ${displayName(name)}; tread plan add-index ${displayName(name)} (${constraint.columns.join(", ")}) first`,
          ]),
    ],
  };
}

/** `ON DELETE CASCADE DEFERRABLE`: what the state does not hold of it is taken as it was written. */
export function afterReferences(sql: string): string {
  const match = /\bREFERENCES\s+(?:"[^"]*"|[\w.])+(?:\s*\.\s*"[^"]*")?\s*(?:\([^)]*\))?([\s\S]*)$/i.exec(sql);
  return (match?.[1] ?? "")
    .replace(/\bNOT\s+VALID\b/i, "")
    .replace(/;\s*$/, "")
    .trim();
}

export function foreignKeySteps(table: string, constraint: Constraint, options: string, applies: "both" | "database" = "both"): Step[] {
  const { references } = constraint;
  if (references === null) return [];
  const [target, name, parent] = [sqlTable(table), sqlName(constraint.name), sqlTable(references.relation)];
  const pairs = constraint.columns.map((column, at) => `p.${sqlName(references.columns[at] ?? "")} = c.${sqlName(column)}`).join(" AND ");
  const set = constraint.columns.map((column) => `c.${sqlName(column)} IS NOT NULL`).join(" AND ");
  return [
    verify(
      `no-orphan-${constraint.name}`,
      "every row has its parent",
      `SELECT 1 FROM ${target} c WHERE ${set} AND NOT EXISTS (SELECT FROM ${parent} p WHERE ${pairs}) LIMIT 1`,
      `rows of ${displayName(table)} name a row that ${displayName(references.relation)} does not have: delete them or set them to NULL, then go on`,
    ),
    together(
      `hold-${constraint.name}`,
      `new and changed rows are held to it; a brief lock on ${displayName(table)} and ${displayName(references.relation)}, nothing is read`,
      [
        `ALTER TABLE ${target} ADD CONSTRAINT ${name} FOREIGN KEY ${sqlColumns(constraint.columns)} REFERENCES ${parent} ${sqlColumns(references.columns)}${options === "" ? "" : ` ${options}`} NOT VALID`,
      ],
      undo(`ALTER TABLE ${target} DROP CONSTRAINT IF EXISTS ${name}`),
      [
        {
          op: "add-constraint",
          table,
          constraint: {
            kind: "foreign-key",
            name: constraint.name,
            columns: constraint.columns,
            references: { table: references.relation, columns: references.columns },
            onDelete: references.onDelete,
            deferrable: constraint.deferrable,
            initiallyDeferred: constraint.initiallyDeferred === true,
          },
          notValid: true,
          applies,
        },
      ],
    ),
    together(
      `check-${constraint.name}`,
      "compares the tables beside their readers and writers",
      [`ALTER TABLE ${target} VALIDATE CONSTRAINT ${name}`],
      NOTHING_TO_UNDO,
      [{ op: "validate-constraint", table, name: constraint.name, applies: "database" }],
    ),
    verify(
      `${constraint.name}-holds`,
      "the foreign key is there and valid",
      constraintHolds(table, constraint.name),
      `${constraint.name} is missing or not valid: run the steps before this one`,
    ),
  ];
}
