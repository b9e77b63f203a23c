import type { PyNode } from "../python.ts";
import { isKind, stringsOf } from "../values.ts";
import { OTHER } from "./abstract-values.ts";
import type { Abstract, QuerySource, Scope } from "./abstract-values.ts";
import { noteKeywords } from "./copies.ts";
import type { Interpreter } from "./interpreter.ts";
import { keyword, positional, splats, stringList } from "./python-shapes.ts";
import { cascade, queryMethod, row } from "./queryset.ts";

const WRITES_KEYWORDS = /^a?(?:update|create|get_or_create|update_or_create)$/;

/** A method of something known; null when it is to be looked at as a plain call. */
export function method(on: Abstract, name: string, call: PyNode, scope: Scope, interpreter: Interpreter): Abstract | null {
  const { recorder } = interpreter;
  const evaluate = (n: PyNode): Abstract => interpreter.expression(n, scope);
  const rest = (): void => {
    for (const argument of call.child("arguments")?.namedChildren ?? []) {
      if (argument.type !== "comment") evaluate(argument.child("value") ?? argument);
    }
  };
  switch (on.kind) {
    case "apps": {
      if (name !== "get_model") break;
      const labels = modelLabels(call, scope, interpreter);
      if (labels === null) {
        recorder.giveUp(`\`${call.text}\`: which model it is cannot be told`, call.span);
        return OTHER;
      }
      return { kind: "model", labels };
    }
    case "model": {
      if (name === "save" || name === "delete") break;
      rest();
      if (name === "from_db" || name === "DoesNotExist") return OTHER;
      recorder.giveUp(`\`${short(call)}\`: a method that historical models do not have`, call.span);
      return OTHER;
    }
    case "query": {
      rest();
      if (WRITES_KEYWORDS.test(name)) noteKeywords(on.source.labels, call, scope, interpreter);
      const builtIn = builtInManager(on.source, name, call, recorder);
      if (builtIn !== null) return builtIn;
      const result = queryMethod(on.source, name, call, recorder, evaluate);
      if (result !== null) return result;
      recorder.giveUp(`\`${short(call)}\`: \`${name}\` is no method of Django's querysets`, call.span);
      return OTHER;
    }
    case "row": {
      rest();
      return rowMethod(on, name, call, interpreter);
    }
    case "items": {
      if (on.item.kind === "connection" && name === "cursor") return { kind: "cursor" };
      const given = positional(call).map(evaluate);
      if (/^(?:append|add|insert|extend|update|setdefault)$/.test(name)) {
        const value = given.at(-1) ?? OTHER;
        interpreter.collectInto(
          call.child("function")?.child("object") ?? null,
          /^(?:extend|update)$/.test(name) && value.kind === "items" ? value.item : value,
          scope,
        );
        return OTHER;
      }
      if (name === "filter" || name === "exclude" || name === "order_by" || name === "distinct" || name === "using" || name === "all")
        return on;
      if (name === "delete" || name === "update") recorder.giveUp(`\`${short(call)}\` on values`, call.span);
      if (/^(?:first|last|get|pop|popleft)$/.test(name)) return on.item;
      if (name === "iterator" || name === "items" || name === "values" || name === "copy") return on;
      if ((name === "exists" || name === "count") && on.source !== null) {
        recorder.access("select", { ...on.source, extent: name === "exists" ? "one" : on.source.extent }, () => [], call.span);
      }
      return OTHER;
    }
    case "tuple":
    case "constant": {
      const given = positional(call).map(evaluate);
      if (/^(?:append|add|insert|extend|setdefault)$/.test(name)) {
        const value = given.at(-1) ?? OTHER;
        interpreter.collectInto(
          call.child("function")?.child("object") ?? null,
          name === "extend" && value.kind === "items" ? value.item : value,
          scope,
        );
        return OTHER;
      }
      if (on.kind === "constant" && isKind(on.value, "dict") && name === "items") {
        return {
          kind: "tuple",
          items: on.value.entries.map(([key, value]): Abstract => ({ kind: "constant", value: { kind: "tuple", items: [key, value] } })),
        };
      }
      if (on.kind === "constant") return { kind: "constant", value: interpreter.text(call, scope) ?? interpreter.input.evaluate(call) };
      return OTHER;
    }
    case "connection":
      if (name === "cursor") return { kind: "cursor" };
      return OTHER;
    case "cursor":
    case "schema-editor": {
      rest();
      if (/^(?:execute|executemany|mogrify|copy_expert|copy)$/.test(name)) {
        const argument = positional(call)[0] ?? null;
        const sql = interpreter.text(argument, scope);
        if (sql === null) recorder.giveUp(`\`${short(call)}\`: SQL that is put together when it runs`, call.span);
        else recorder.send(positional(call).length > 1 ? numbered(sql) : sql, argument?.span ?? call.span);
        return OTHER;
      }
      if (on.kind === "cursor") return name.startsWith("fetch") ? { kind: "items", item: OTHER, source: null, batches: false } : OTHER;
      if (/^(?:quote_name|quote_value|_constraint_names|_fk_constraint_name|_create_index_name)$/.test(name)) return OTHER;
      recorder.giveUp(`\`${short(call)}\`: a change of the schema from Python`, call.span);
      return OTHER;
    }
    case "paginator": {
      rest();
      const source: QuerySource = { ...on.source, extent: "bounded" };
      if (name === "page" || name === "get_page") return { kind: "items", item: row(source, false), source, batches: false };
      return OTHER;
    }
    case "unread":
      recorder.giveUp(unreadReason(call, on.path), call.span);
      return OTHER;
    case "function":
    case "other":
      break;
    default:
      return on satisfies never;
  }
  return null;
}

/**
 * Managers of Django's own apps that migrations see too (`use_in_migrations`). Any other custom manager is the plain one there, so a
 * method that Django's querysets do not have would fail.
 */
function builtInManager(source: QuerySource, name: string, call: PyNode, recorder: Interpreter["recorder"]): Abstract | null {
  const one: QuerySource = { ...source, extent: "one" };
  if (name === "get_by_natural_key" || (name === "get_for_model" && source.labels.includes("contenttypes.contenttype"))) {
    recorder.access("select", one, () => [], call.span);
    return row(one, false);
  }
  if (/^create_(?:user|superuser)$/.test(name)) {
    recorder.access("insert", one, (label) => recorder.allColumns(label, false), call.span);
    return row(one, false);
  }
  return name === "clear_cache" ? OTHER : null;
}

function rowMethod(on: Abstract & { kind: "row" }, name: string, call: PyNode, interpreter: Interpreter): Abstract {
  const { recorder } = interpreter;
  if (name === "save" || name === "asave") {
    const source: QuerySource = { ...on.source, extent: "one" };
    const argument = keyword(call, "update_fields");
    const listed = argument === null ? null : stringList(argument);
    const columns = (label: string): readonly string[] =>
      listed === null ? recorder.allColumns(label, false) : recorder.columns(label, listed);
    recorder.access(on.created ? "insert" : "update", source, columns, call.span);
    return OTHER;
  }
  if (name === "delete" || name === "adelete") {
    recorder.access("delete", { ...on.source, extent: "one" }, () => [], call.span);
    cascade({ ...on.source, extent: "one" }, recorder, call.span);
    return OTHER;
  }
  if (/^(?:refresh_from_db|arefresh_from_db)$/.test(name)) {
    recorder.access("select", { ...on.source, extent: "one" }, () => [], call.span);
    return OTHER;
  }
  if (
    /^(?:get_\w+_display|full_clean|clean|clean_fields|serializable_value|get_next_by_\w+|get_previous_by_\w+|get_deferred_fields)$/.test(
      name,
    )
  )
    return OTHER;
  recorder.giveUp(`\`${short(call)}\`: a method that historical models do not have`, call.span);
  return OTHER;
}

/** The labels that `apps.get_model(…)` may mean: several when a name in it runs through a list of constants. */
function modelLabels(call: PyNode, scope: Scope, interpreter: Interpreter): readonly string[] | null {
  const parts = positional(call).map((p) => interpreter.text(p, scope));
  for (const splat of splats(call)) {
    // `apps.get_model(*settings.AUTH_USER_MODEL.split("."))`
    const inner = splat.namedChildren[0];
    parts.push(...(inner === undefined ? [null] : (stringsOf(interpreter.input.evaluate(inner)) ?? [null])));
  }
  const app = keyword(call, "app_label");
  const model = keyword(call, "model_name");
  if (app !== null) parts.unshift(interpreter.text(app, scope));
  if (model !== null) parts.push(interpreter.text(model, scope));
  if (parts.length === 0 || parts.length > 2 || parts.includes(null)) return null;
  const label = parts.join(".").toLowerCase();
  return [label];
}

export function unreadReason(call: PyNode, path: string): string {
  return `\`${short(call)}\`: \`${path}\` is imported inside of the function and is not followed (import it at the top of the module)`;
}

/** The call on one line, for messages. */
export function short(call: PyNode): string {
  const flat = call.text.replaceAll(/\s+/g, " ");
  return flat.length > 60 ? `${flat.slice(0, 57)}…` : flat;
}

/** With parameters the driver replaces `%s` and `%(name)s`, and a doubled percent sign is a single one (PEP 249, `format`, `pyformat`). */
function numbered(sql: string): string {
  let count = 0;
  return sql.replaceAll(/%(?:%|s|\(\w+\)s)/g, (mark) => (mark === "%%" ? "%" : `$${++count}`));
}
