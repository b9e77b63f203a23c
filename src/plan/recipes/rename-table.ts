import { isRelationName, schemaOf } from "../../model/apply/index.ts";
import { bareName, displayName } from "../../model/schema.ts";
import { quoteLiteral } from "../../text/quote.ts";
import { deploy, phase, released, together, undo, unused, verify } from "../build.ts";
import { carryPrivileges } from "../carry.ts";
import { suffixed } from "../exchange/twin.ts";
import { tableIn, tableNamed } from "../misfits.ts";
import type { Draft, Misfit, PlanRequest, Recipe, Scene } from "../recipe.ts";
import { onlyChange, theChange } from "../request.ts";
import { absent, sqlName, sqlTable } from "../sql.ts";

/** The table takes its new name, and a view that can be written to keeps the old one, in one transaction: no version notices. */
export const renameTable: Recipe = {
  id: "rename-table",
  database: "postgres",
  summary: "rename, with an updatable view under the old name until no version uses it",
  accepts: (request) => onlyChange(request, "rename-relation") !== null,
  fits,
  plan,
};

function fits(request: PlanRequest, { schema, majors }: Scene): readonly Misfit[] {
  const { name, to } = renameOf(request);
  const table = tableIn(schema, name, ["table", "partitioned-table"]);
  if (table.found === null) return table.misfits;
  const misfits: Misfit[] = [];
  if (isRelationName(schema, schemaOf(name), bareName(interim(name))))
    misfits.push({
      reason: `${displayName(interim(name))} is there already, and the plan would call a view so`,
      help: "rename it, or drop what an earlier attempt left",
    });
  if (schema.relations.has(to)) misfits.push({ reason: `${displayName(to)} is there already`, help: "choose another name" });
  if (table.found.rowSecurity && majors.some((major) => major < 15))
    misfits.push({
      reason: `${displayName(name)} has row security, and a view before PostgreSQL 15 reads with the rights of its owner`,
      help: "rows that a user may not see would be shown through the view: rename in a maintenance window, or stay with the name (Django: db_table)",
    });
  if ((table.found.rules ?? []).length > 0)
    misfits.push({
      reason: `${displayName(name)} has rules (${(table.found.rules ?? []).join(", ")})`,
      help: "rules rewrite what goes through the view as well: replace them by triggers first",
    });
  for (const object of schema.objects?.values() ?? [])
    if (object.class === "publication" && object.tables.includes(name))
      misfits.push({
        reason: `the publication ${object.name} publishes ${displayName(name)}`,
        help: "subscribers look for a table of the same name: rename there first, or take the table out of the publication",
      });
  return misfits;
}

/** Both names with their schema: a rename does not leave it. */
function renameOf(request: PlanRequest): { readonly name: string; readonly to: string } {
  const { name, to } = theChange(request, "rename-relation");
  return { name, to: `${schemaOf(name)}.${bareName(to)}` };
}

/** What the view is called until it takes the table's name: made before, so that the lock is held for two renames alone. */
function interim(name: string): string {
  return `${schemaOf(name)}.${suffixed(bareName(name), "view")}`;
}

function plan(request: PlanRequest, { schema, majors }: Scene): Draft {
  const { name, to } = renameOf(request);
  const table = tableNamed(schema, name);
  const [from, target] = [sqlTable(name), sqlTable(to)];
  const [shown, shownTo] = [displayName(name), displayName(to)];
  const invoker = majors.every((major) => major >= 15) ? " WITH (security_invoker = true)" : "";
  const viewName = interim(name);
  const columns = table.columns.map((column) => sqlName(column.name)).join(", ");
  const made = (view: string, over: string): string =>
    `CREATE VIEW ${sqlTable(view)}${invoker} AS SELECT ${columns} FROM ${sqlTable(over)}`;
  return {
    about: [bareName(name), bareName(to)],
    phases: [
      phase(
        "rename",
        "both names work",
        "old",
        [],
        [
          together(
            `view-${bareName(name)}`,
            "a view over the table, with its privileges, under a name that nobody knows; no reader or writer waits",
            [made(viewName, name), ...carryPrivileges(name, viewName)],
            undo(`DROP VIEW ${sqlTable(viewName)}`),
            [{ op: "sql", what: `the view ${displayName(viewName)}`, applies: "database" }],
          ),
          together(
            `rename-${bareName(name)}`,
            "one brief lock, two names: the table has its new one, and the view, which can be read and written, the old one",
            [
              `ALTER TABLE ${from} RENAME TO ${sqlName(bareName(to))}`,
              `ALTER VIEW ${sqlTable(viewName)} RENAME TO ${sqlName(bareName(name))}`,
            ],
            undo(
              `ALTER VIEW ${from} RENAME TO ${sqlName(bareName(viewName))}`,
              `ALTER TABLE ${target} RENAME TO ${sqlName(bareName(name))}`,
            ),
            [{ op: "sql", what: `rename ${shown} to ${shownTo}, with a view under the old name`, applies: "database" }],
          ),
          verify(
            `${bareName(name)}-can-be-written`,
            "the view under the old name can be read and written",
            `SELECT 1 WHERE NOT EXISTS (SELECT FROM information_schema.views WHERE table_schema = ${quoteLiteral(schemaOf(name)).trim()} AND table_name = ${quoteLiteral(bareName(name)).trim()} AND is_updatable = 'YES' AND is_insertable_into = 'YES')`,
            `${shown} is no view that can be written to: run the step before again`,
          ),
          deploy(
            "new-name",
            `release a version that says ${shownTo}`,
            [`every query names ${shownTo}`],
            [{ op: "rename-table", table: name, to, applies: "state" }],
          ),
        ],
      ),
      phase(
        "forget",
        "the old name goes",
        "new",
        [released("new-name", `says ${shownTo}`), unused(name, shown)],
        [
          together(
            `drop-view-${bareName(name)}`,
            "a brief lock on the view alone",
            [`DROP VIEW ${from}`],
            undo(made(name, to), ...carryPrivileges(to, name)),
            [{ op: "sql", what: `drop the view ${shown}`, applies: "database" }],
          ),
          verify(`no-${bareName(name)}`, "the old name is gone", absent(name), `${shown} is still there: run the step before again`),
        ],
      ),
    ],
    notes: [
      "indexes, constraints and sequences keep their names, as with a plain rename",
      "columns that are added while both names are there are not in the view: add them after the last phase",
      "COPY into and TRUNCATE of the old name do not work through a view",
    ],
  };
}
