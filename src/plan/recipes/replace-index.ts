import { indexOwner } from "../../model/apply/index.ts";
import { bareName, displayName } from "../../model/schema.ts";
import { alone, noWayBack, phase, together, undo, undoAlone } from "../build.ts";
import { definitionOf, indexDefinition } from "../index-definition.ts";
import { columnIn, tableNamed } from "../misfits.ts";
import type { Draft, Misfit, PlanRequest, Recipe, Scene } from "../recipe.ts";
import { sqlName, sqlTable } from "../sql.ts";
import { concurrently, isValid, operationOf } from "./add-index.ts";
import { indexMisfits } from "./drop-index.ts";

/** The new one first, under another name; then the old one goes and the new one takes its name: there is an index at every moment. */
export const replaceIndex: Recipe = {
  id: "replace-index",
  database: "postgres",
  summary: "the new index is built beside the old one and takes its name",
  accepts: ({ changes }) => changes.length === 2 && changes[0]?.kind === "drop-index" && changes[1]?.kind === "create-index",
  fits,
  plan,
};

function fits({ changes }: PlanRequest, { schema }: Scene): readonly Misfit[] {
  const [drop, create] = changes;
  if (drop?.kind !== "drop-index" || create?.kind !== "create-index") return [];
  const misfits = [...indexMisfits(schema, drop.name)];
  if (misfits.length > 0) return misfits;
  const owner = indexOwner(schema, drop.name);
  if (owner?.name !== create.table)
    misfits.push({
      reason: `${displayName(drop.name)} is an index of ${displayName(owner?.name ?? "")}, not of ${displayName(create.table)}`,
      help: "name its own table",
    });
  else if (owner.kind !== "table")
    misfits.push({
      reason: `${displayName(owner.name)} is partitioned`,
      help: "plan add-index for the new one and drop-index for the old one",
    });
  else misfits.push(...create.index.mentions.flatMap((column) => columnIn(owner, column).misfits));
  return misfits;
}

function plan({ changes, sql }: PlanRequest, { schema, written }: Scene): Draft {
  const [drop, create] = changes;
  if (drop?.kind !== "drop-index" || create?.kind !== "create-index") throw new Error("replace-index was given something else");
  const table = tableNamed(schema, create.table);
  const bare = bareName(create.index.name);
  const schemaName = create.index.name.slice(0, create.index.name.length - bare.length);
  const fresh = { ...indexDefinition(sql[1] ?? "", create.index.name, create.index), name: `${schemaName}${bare.slice(0, 59)}_new` };
  const old = table.indexes.find(({ name }) => name === drop.name);
  const definition = old === undefined ? null : definitionOf(old, written);
  const operation = { op: "drop-index", table: table.name, name: bareName(drop.name), concurrently: true, applies: "database" } as const;
  const final = { ...fresh, name: create.index.name };
  return {
    about: [bareName(drop.name)],
    phases: [
      phase(
        "replace",
        "the new index is there before the old one goes",
        "old and new",
        [],
        [
          concurrently(table, fresh, "database"),
          isValid(fresh, table),
          alone(
            `drop-${bareName(drop.name)}`,
            "waits for queries that use it, and nobody waits for it",
            `DROP INDEX CONCURRENTLY ${sqlTable(drop.name)}`,
            definition === null
              ? noWayBack(`it is not known how ${displayName(drop.name)} was made: keep what pg_get_indexdef says of it`)
              : undoAlone(
                  `CREATE ${definition.unique ? "UNIQUE " : ""}INDEX CONCURRENTLY ${sqlName(bareName(drop.name))} ON ${sqlTable(table.name)} ${definition.rest}`,
                ),
            [operation],
          ),
          together(
            `rename-${bare}`,
            "a brief lock on the index alone",
            [`ALTER INDEX ${sqlTable(fresh.name)} RENAME TO ${sqlName(bare)}`],
            undo(`ALTER INDEX ${sqlTable(create.index.name)} RENAME TO ${sqlName(bareName(fresh.name))}`),
            [
              { op: "rename-index", table: table.name, name: bareName(fresh.name), to: bare, applies: "database" },
              { op: "drop-index", table: table.name, name: bareName(drop.name), concurrently: false, applies: "state" },
              { op: "add-index", table: table.name, ...operationOf(final), concurrently: true, applies: "state" },
            ],
          ),
          isValid(final, table),
        ],
      ),
    ],
    notes: [],
  };
}
