import { bareName, displayName } from "../../model/schema.ts";
import { NOTHING_TO_UNDO, phase, together, undo, verify } from "../build.ts";
import { columnIn, tableIn, tableNamed } from "../misfits.ts";
import type { Draft, Misfit, PlanRequest, Recipe, Scene } from "../recipe.ts";
import { onlyChange, theChange } from "../request.ts";
import { constraintHolds, sqlName, sqlTable } from "../sql.ts";
import type { Step } from "../types.ts";

/** ADD CHECK reads the table under ACCESS EXCLUSIVE; NOT VALID does not, and VALIDATE reads beside writers. */
export const addCheck: Recipe = {
  id: "add-check",
  database: "postgres",
  summary: "NOT VALID, then VALIDATE without blocking writes",
  accepts: (request) => onlyChange(request, "add-constraint")?.constraint.kind === "check",
  fits,
  plan,
};

function fits(request: PlanRequest, { schema }: Scene): readonly Misfit[] {
  const { table: name, constraint } = theChange(request, "add-constraint");
  const table = tableIn(schema, name, ["table", "partitioned-table"]);
  if (table.found === null) return table.misfits;
  const relation = table.found;
  const misfits = constraint.columns.flatMap((column) => columnIn(relation, column).misfits);
  if (relation.constraints.some((each) => each.name === constraint.name))
    return [
      ...misfits,
      {
        reason: `${displayName(name)} has a constraint ${constraint.name} already`,
        help: "give the new one another name: … name product_price_check2",
      },
    ];
  return misfits;
}

function plan(request: PlanRequest, { schema }: Scene): Draft {
  const { table: name, constraint } = theChange(request, "add-constraint");
  const table = tableNamed(schema, name);
  const expression = constraint.expression?.sql ?? "true";
  return {
    about: [bareName(name), constraint.name],
    phases: [
      phase(
        "build",
        "new rows are held to it first, then the old ones are read",
        "old and new",
        [],
        checkSteps(table.name, constraint.name, expression, constraint.noInherit === true),
      ),
    ],
    notes: [`from the second step on, a version that writes a row without (${expression}) gets an error (23514)`],
  };
}

export function checkSteps(table: string, name: string, expression: string, noInherit = false): Step[] {
  const target = sqlTable(table);
  return [
    // NOT VALID holds for every UPDATE: one of a row that violates it would fail, whatever it changes.
    verify(
      `no-row-against-${name}`,
      "no row violates it",
      `SELECT 1 FROM ${target} WHERE NOT (${expression}) LIMIT 1`,
      `rows of ${displayName(table)} violate (${expression}): change them first (a backfill: docs/apply.md), then go on`,
    ),
    together(
      `hold-${name}`,
      "new and changed rows are held to it; nothing is read",
      [`ALTER TABLE ${target} ADD CONSTRAINT ${sqlName(name)} CHECK (${expression})${noInherit ? " NO INHERIT" : ""} NOT VALID`],
      undo(`ALTER TABLE ${target} DROP CONSTRAINT ${sqlName(name)}`),
      [{ op: "add-constraint", table, constraint: { kind: "check", name, expression }, notValid: true, applies: "both" }],
    ),
    together(
      `check-${name}`,
      "reads the table beside its readers and writers",
      [`ALTER TABLE ${target} VALIDATE CONSTRAINT ${sqlName(name)}`],
      NOTHING_TO_UNDO,
      [{ op: "validate-constraint", table, name, applies: "database" }],
    ),
    verify(
      `${name}-holds`,
      "the constraint is there and valid",
      constraintHolds(table, name),
      `${name} is missing or not valid: run the steps before this one`,
    ),
  ];
}
