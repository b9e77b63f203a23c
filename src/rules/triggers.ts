import type { JudgedStatement } from "../model/judged.ts";
import { bareName } from "../model/schema.ts";
import type { Evidence } from "../model/report.ts";
import type { RuleContext } from "./rule.ts";
import { list, named } from "./words.ts";

/** A trigger whose function names what is taken away. PL/pgSQL looks names up when it runs: nothing fails until somebody writes. */
export interface TriggerUse {
  readonly trigger: string;
  readonly table: string;
  readonly function: string;
  readonly events: readonly string[];
  /** The name in its body. */
  readonly name: string;
}

/**
 * Triggers that fail once others see what this statement took away.
 * @param table qualified; or a schema, when all of it gets another name
 * @param columns empty: the table as a whole
 */
export function triggersNaming(
  statement: JudgedStatement,
  context: RuleContext,
  table: string,
  columns: readonly string[] = [],
): readonly TriggerUse[] {
  const after = context.visibleAfter(statement);
  // A trigger calls a function: without one there is nothing to look through.
  if (after.functions.size === 0) return [];
  // A view or a new table may answer for the name.
  if (columns.length === 0 && after.relations.has(table)) return [];
  const bare = bareName(table);
  const found: TriggerUse[] = [];
  for (const relation of after.relations.values()) {
    for (const trigger of relation.triggers) {
      const names = trigger.function === null ? undefined : after.functions.get(trigger.function)?.names;
      if (trigger.function === null || names === undefined) continue;
      const own = relation.name === table;
      const name = columns.length === 0 ? (names.has(bare) ? bare : undefined) : columnIn(names, bare, columns, own);
      if (name !== undefined)
        found.push({ trigger: trigger.name, table: relation.name, function: trigger.function, events: trigger.events, name });
    }
  }
  return found;
}

/** `NEW.email` where the trigger is on the table itself; elsewhere a body that names the table and, with it, the column. */
function columnIn(names: ReadonlySet<string>, table: string, columns: readonly string[], own: boolean): string | undefined {
  const ways = (column: string): string[] => [...(own ? [`new.${column}`, `old.${column}`] : []), `${table}.${column}`];
  return columns.flatMap(ways).find((name) => names.has(name));
}

/** Functions of no trigger whose body names it: they fail when they are called. A name is what a body holds, so no arguments are told apart. */
export function functionsNaming(
  statement: JudgedStatement,
  context: RuleContext,
  table: string,
  columns: readonly string[] = [],
): readonly string[] {
  const after = context.visibleAfter(statement);
  if (columns.length === 0 && after.relations.has(table)) return [];
  const bare = bareName(table);
  const found: string[] = [];
  for (const routine of after.functions.values()) {
    const { names } = routine;
    if (names === undefined || !names.has(bare) || (columns.length > 0 && !columns.some((column) => names.has(column)))) continue;
    // A trigger's function that no trigger runs cannot be called at all.
    if (!names.has("new") && !names.has("old") && !names.has("tg_op")) found.push(routine.name);
  }
  return found;
}

export function functionSentence(functions: readonly string[]): string | null {
  const first = functions[0];
  if (first === undefined) return null;
  const more = functions.length === 1 ? "" : `, and so ${functions.length === 2 ? "does 1 other" : `do ${functions.length - 1} others`}`;
  return `function ${named(first)} names it in its body${more}: a call fails from here on`;
}

/** A sentence without its full stop; null when there is none. */
export function triggerSentence(uses: readonly TriggerUse[]): string | null {
  const first = uses[0];
  if (first === undefined) return null;
  const more = uses.length === 1 ? "" : ` (and ${uses.length - 1} more)`;
  const events = first.events.length === 0 ? "what fires it" : `every ${list(first.events)}`;
  return `trigger ${named(first.trigger)} on ${named(first.table)}${more} runs ${named(first.function)}(), which names \`${first.name}\`: ${events} on ${named(first.table)} fails from here on`;
}

export function triggerEvidence(uses: readonly TriggerUse[]): readonly Evidence[] {
  return uses.slice(0, 3).map((use) => ({
    kind: "query",
    text: `trigger ${use.trigger} on ${bareName(use.table)}: ${bareName(use.function)}() names ${use.name}`,
    from: "static",
    value: { trigger: use.trigger, table: use.table, function: use.function, name: use.name },
  }));
}
