import { hasElement } from "../../engines/clickhouse/graph/view-query.ts";
import { found, METADATA, RANK, rewriteOf, runsOf, type Draft, type PlanContext } from "./context.ts";
import { familyOf, hostGroups, type Family } from "./family.ts";
import { quoted, type Intent } from "./intents.ts";
import type { Expectation } from "../../model/clickhouse/cluster-plan.ts";

export type LocalIntent = Intent & { readonly kind: "local" };

/** What only the table with the rows has: indexes, keys, TTL, partitions, mutations. A Distributed table that is named stands for it. */
export function onRows(context: PlanContext, intent: LocalIntent): readonly Draft[] {
  const { change, from, table } = intent;
  const resolved = familyOf(table, context.inventory, context.state, intent.cluster);
  if ("refused" in resolved) {
    found(context, { rule: resolved.rule, severity: "error", message: resolved.refused, help: resolved.help }, from);
    return [];
  }
  const { family } = resolved;
  const whole = change.kind.startsWith("lightweight") || change.kind === "optimize" || change.kind === "truncate";
  const named = family.base === table;
  if (whole && !named && change.kind !== "truncate") {
    found(
      context,
      {
        rule: "cannot-plan",
        severity: "error",
        message: `${change.kind.replace("-", " ")} names ${table}, which keeps no rows itself`,
        help: `name ${family.base}`,
      },
      from,
    );
    return [];
  }
  const sql =
    change.kind === "truncate"
      ? `TRUNCATE TABLE ${quoted(family.base)}`
      : whole
        ? intent.text
        : `ALTER TABLE ${quoted(family.base)} ${intent.text}`;
  const expects = expectedOf(intent, family);
  // FREEZE, ATTACH and FETCH work on the parts of one host.
  const perHost =
    change.kind === "partition" && ["freeze", "unfreeze", "detach", "fetch", "move-to-disk", "move-to-volume"].includes(change.action);
  const groups =
    perHost && change.kind === "partition" && change.action !== "detach" ? hostGroups(family.locals, context.inventory) : family.groups;
  const runs = runsOf(groups, ({ hosts }) => {
    const settled = hosts.every((host) => isSettled(context, host, expects));
    return settled ? null : { sql, database: family.base.slice(0, family.base.indexOf(".")), expects };
  });
  if (runs.length === 0) {
    found(context, { rule: "already-so", severity: "info", message: `${family.base} is so already`, help: "nothing is run" }, from);
    return [];
  }
  const gone =
    change.kind === "truncate" ||
    (change.kind === "partition" && change.action === "drop") ||
    change.kind === "alter-delete" ||
    change.kind === "lightweight-delete";
  if (gone)
    found(
      context,
      {
        rule: "rows-would-go",
        severity: "warning",
        message: `${family.base} loses rows`,
        help: "that cannot be taken back: apply asks for --yes",
      },
      from,
    );
  return [
    {
      rank: intent.mutation || gone || change.kind === "optimize" || change.kind === "partition" ? RANK.fill : RANK.localProperty,
      phase: gone ? "contract" : "change",
      role: "local",
      object: family.base,
      action: { kind: "statement", runs },
      requires: [],
      effect: intent.text.length > 80 ? `${intent.text.slice(0, 77)}…` : intent.text,
      why: named ? "it holds the rows" : `${table} keeps no rows itself: the table behind it does`,
      undo: intent.mutation ? { kind: "kill-mutation", table: family.base } : undoOf(intent, family),
      work: intent.mutation ? rewriteOf(family.locals, share(intent, family)) : METADATA,
      from,
      recovery: [],
    },
  ];
}

function isSettled({ inventory }: PlanContext, host: string, expects: readonly Expectation[]): boolean {
  const [first] = expects;
  if (first === undefined || expects.length !== 1) return false;
  if (first.kind !== "index" && first.kind !== "projection" && first.kind !== "constraint") return false;
  const create = inventory.at(host, first.table)?.create ?? "";
  const word = first.kind.toUpperCase();
  return hasElement(create, word, first.name) === first.present;
}

function expectedOf({ change, text }: LocalIntent, { base }: Family): readonly Expectation[] {
  switch (change.kind) {
    case "add-index":
      return [{ kind: "index", table: base, name: change.index.name, present: true }];
    case "drop-index":
      return [{ kind: "index", table: base, name: change.name, present: false }];
    case "add-projection":
      return [{ kind: "projection", table: base, name: change.projection.name, present: true }];
    case "drop-projection":
      return [{ kind: "projection", table: base, name: change.name, present: false }];
    case "add-constraint":
      return [{ kind: "constraint", table: base, name: change.constraint.name, present: true }];
    case "drop-constraint":
      return [{ kind: "constraint", table: base, name: change.name, present: false }];
    case "alter-update":
    case "alter-delete":
    case "materialize-column":
    case "materialize-index":
    case "materialize-projection":
    case "materialize-ttl":
    case "clear-column":
    case "clear-index":
    case "clear-projection":
    case "apply-deleted-mask":
    case "apply-patches":
    case "rewrite-parts":
      return [{ kind: "mutation", table: base, command: text }];
    case "truncate":
    case "partition":
    case "lightweight-update":
      // A second run would take rows that have arrived since.
      return [{ kind: "untold", rerun: "once" }];
    default:
      return [{ kind: "untold", rerun: "again" }];
  }
}

function undoOf({ change }: LocalIntent, { base }: Family): Draft["undo"] {
  switch (change.kind) {
    case "add-index":
      return { kind: "statement", sql: `ALTER TABLE ${quoted(base)} DROP INDEX ${change.index.name}`, note: null };
    case "add-projection":
      return { kind: "statement", sql: `ALTER TABLE ${quoted(base)} DROP PROJECTION ${change.projection.name}`, note: null };
    case "add-constraint":
      return { kind: "statement", sql: `ALTER TABLE ${quoted(base)} DROP CONSTRAINT ${change.constraint.name}`, note: null };
    default:
      return { kind: "forward-only", why: "what was there before is not kept" };
  }
}

/** How much of the table is read and written again. */
function share({ change }: LocalIntent, family: Family): number {
  const columns = Math.max(1, family.locals[0]?.table.columns.length ?? 1);
  switch (change.kind) {
    case "materialize-column":
    case "clear-column":
    case "materialize-index":
      return 1 / columns;
    case "alter-update":
    case "lightweight-update":
      return change.assignments.length / columns;
    default:
      return 1;
  }
}
