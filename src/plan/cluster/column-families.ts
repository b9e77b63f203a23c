import type { ColumnIntent } from "./columns.ts";
import { found, list, type PlanContext } from "./context.ts";
import { familyOf, type Family } from "./family.ts";
import type { Intent } from "./intents.ts";

interface FamilyIntents {
  readonly family: Family;
  readonly intents: readonly ColumnIntent[];
}

/** Column changes by the table that holds the rows, each once: naming three tables of a family three times is one change. */
export function columnFamilies(context: PlanContext, intents: readonly Intent[]): readonly FamilyIntents[] {
  const families = new Map<string, { family: Family; intents: ColumnIntent[]; named: Map<string, Set<string>> }>();
  const absent: ColumnIntent[] = [];
  for (const intent of intents) {
    if (intent.kind !== "column") continue;
    const { change, from, cluster } = intent;
    // A plain view, or a table that this very plan creates, is not changed column by column.
    const resolved = familyOf(change.table, context.inventory, context.state, cluster);
    if ("refused" in resolved) {
      if (resolved.rule === "not-here") absent.push(intent);
      else found(context, { rule: resolved.rule, severity: "error", message: resolved.refused, help: resolved.help }, from);
      continue;
    }
    const { family } = resolved;
    const known = families.get(family.base) ?? { family, intents: [], named: new Map<string, Set<string>>() };
    families.set(family.base, known);
    const key = changeKey(intent);
    const named = known.named.get(key);
    if (named !== undefined) {
      named.add(change.table);
      // The statement for the table with the rows says most: codec, TTL.
      if (change.table === family.base)
        known.intents.splice(
          known.intents.findIndex((one) => changeKey(one) === key),
          1,
          intent,
        );
      continue;
    }
    known.named.set(key, new Set([change.table]));
    known.intents.push(intent);
  }
  for (const intent of absent) notHere(context, intent, families);
  for (const { family, named } of families.values()) companions(context, family, named, intents);
  return [...families.values()];
}

function changeKey({ change }: ColumnIntent): string {
  const column = change.kind === "add-column" ? change.column.name : change.column;
  return `${change.kind} ${column}`;
}

/** A companion that this installation does not have: the same change on a table that it has stands for it. */
function notHere(
  context: PlanContext,
  intent: ColumnIntent,
  families: ReadonlyMap<string, { readonly named: ReadonlyMap<string, unknown> }>,
): void {
  const { change, from } = intent;
  const key = changeKey(intent);
  const covered = [...families].find(([, { named }]) => named.has(key));
  const single = context.inventory.topology.hosts.length === 1;
  const declared = context.inventory.topology.declared.find(({ name }) => name === change.table)?.family ?? null;
  const sameFamily =
    covered !== undefined &&
    declared !== null &&
    context.inventory.topology.declared.some((one) => one.family === declared && one.name === covered[0]);
  if (covered !== undefined && (single || sameFamily)) {
    found(
      context,
      {
        rule: "not-here",
        severity: "info",
        message: `${change.table} does not exist on this installation; ${covered[0]} takes the change`,
        help: "nothing is run for it",
      },
      from,
    );
    return;
  }
  const unread = context.inventory.unread;
  found(
    context,
    {
      rule: "not-here",
      severity: "error",
      message: `no host holds ${change.table}${unread.length === 0 ? "" : ` (not asked: ${list(unread)})`}`,
      help: "check its name and database, and that every cluster it stands on is part of the topology",
    },
    from,
  );
}

/** A migration that lists the tables of a family one by one, and leaves one out, has forgotten it. */
function companions(
  context: PlanContext,
  family: Family,
  named: ReadonlyMap<string, ReadonlySet<string>>,
  intents: readonly Intent[],
): void {
  const members = [family.base, ...new Set([...family.read, ...family.write, ...family.buffers].map(({ table }) => table.name))];
  for (const [key, tables] of named) {
    if (tables.size < 2) continue;
    const forgotten = members.filter((name) => !tables.has(name));
    if (forgotten.length === 0) continue;
    const from =
      intents.find((intent) => intent.kind === "column" && tables.has(intent.change.table) && changeKey(intent) === key)?.from ?? null;
    found(
      context,
      {
        rule: "forgotten-companion",
        severity: "warning",
        message: `the migration changes ${list(tables)}, and not ${list(forgotten)}, which ${forgotten.length === 1 ? "is" : "are"} of the same family (${key.replace("-column", "")})`,
        help: `the plan changes ${forgotten.length === 1 ? "it" : "them"} as well; one statement on any of the tables says the same`,
      },
      from,
    );
  }
}
