import { bareName, type Relation, type SchemaState, type UserFunction } from "../../model/schema.ts";
import type { Dependent } from "./dependents.ts";
import { names } from "./uses.ts";

export function triggers(state: SchemaState, relation: Relation, column: string | null): Dependent[] {
  return relation.triggers.flatMap((trigger): Dependent[] => {
    const text = `trigger ${relation.name}.${trigger.name}`;
    // With the table go its triggers.
    if (column === null) return [{ text, effect: "goes-along", step: null }];
    if (trigger.columns.includes(column) || trigger.when?.includes(column) === true)
      return [{ text, effect: "in-the-way", step: `drop or change ${text} first: it names ${column}` }];
    const body = trigger.function === null ? undefined : state.functions.get(trigger.function);
    if (body === undefined || body.names === undefined)
      return isBuiltIn(trigger.function)
        ? []
        : [{ text, effect: "unread", step: `look at ${text}: its function ${trigger.function ?? ""} could not be read` }];
    if (body.names.has(column) || body.names.has(`new.${column}`) || body.names.has(`old.${column}`))
      return [{ text, effect: "in-the-way", step: `replace the function ${body.name} of ${text} first: it names ${column}` }];
    if (sendsBuiltSql(body) || wholeRow(body))
      return [
        {
          text,
          effect: "unread",
          step: `look at the function ${body.name} of ${text}: it ${wholeRow(body) ? "takes the whole row" : "builds its SQL while it runs"}`,
        },
      ];
    return [];
  });
}

/** Of contrib and of the server: they name columns in their arguments, if any. */
function isBuiltIn(name: string | null): boolean {
  return name !== null && /^(?:pg_catalog\.|public\.)?(?:suppress_redundant_updates_trigger|RI_FKey_\w+)$/i.test(name);
}

/** `INSERT INTO log SELECT NEW.*` gives as many values as the table has columns; `to_jsonb(NEW)` takes what there is. */
function wholeRow(body: UserFunction): boolean {
  return body.body !== null && /\b(?:new|old)\.\*|\(\s*(?:new|old)\s*\)\.\*/i.test(body.body);
}

/** EXECUTE of anything but a constant. */
function sendsBuiltSql(body: UserFunction): boolean {
  return body.body !== null && /\bexecute\b(?!\s+(?:function|procedure)\b)(?!\s*'(?:[^']|'')*'\s*(?:;|using\b|into\b))/i.test(body.body);
}

export function functions(state: SchemaState, relation: Relation, column: string | null): Dependent[] {
  const onTriggers = new Set(relation.triggers.map((trigger) => trigger.function));
  const bare = bareName(relation.name);
  const found: Dependent[] = [];
  for (const body of state.functions.values()) {
    if (column !== null && onTriggers.has(body.name)) continue;
    const text = `${body.routine ?? "function"} ${body.name}`;
    const reads = body.reads?.some((read) => read.relation === relation.name && (column === null || read.column === column)) === true;
    const takesRow = [...(body.signatures ?? []).flat(), body.returns ?? ""].some((type) => isRowOf(type, relation.name));
    const named =
      (body.names?.has(bare) === true || takesRow) && (column === null || body.names?.has(column) === true || takesEverything(body.body));
    if (reads || named) {
      found.push({
        text,
        effect: "in-the-way",
        step: `replace or drop the ${text} first: it names ${column === null ? relation.name : `${relation.name}.${column}`}`,
      });
    } else if (sendsBuiltSql(body) || constantNames(body, bare, column)) {
      found.push({ text, effect: "unread", step: `look at the ${text}: it builds its SQL while it runs, and may use ${bare}` });
    } else if (body.names === undefined && (body.body === null || names(body.body, bare)) && !/^(?:internal|c)$/i.test(body.language)) {
      found.push({ text, effect: "unread", step: `look at the ${text}: its body is in ${body.language}, which is not read` });
    }
  }
  return found;
}

/** `person`, `public.person` or `person[]`: the row of a table as the type of an argument. */
function isRowOf(type: string, relation: string): boolean {
  const plain = type.replace(/\[\]$/, "").replaceAll('"', "");
  return plain === relation || plain === bareName(relation);
}

function takesEverything(body: string | null): boolean {
  return body !== null && /(?:select|,)\s+(?:\w+\.)?\*|%rowtype/i.test(body);
}

/** EXECUTE 'DELETE FROM person …': a constant that names it. */
function constantNames(body: UserFunction, bare: string, column: string | null): boolean {
  return body.body !== null && /\bexecute\b/i.test(body.body) && names(body.body, bare) && (column === null || names(body.body, column));
}
