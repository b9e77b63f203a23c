import type { Copy } from "../../../model/change.ts";
import type { CodeAccess } from "../../../model/migration.ts";
import type { PyNode } from "../python.ts";
import type { Scope } from "./abstract-values.ts";
import type { Interpreter } from "./interpreter.ts";
import { calleeName, descendants, keywords, positional, stringValue } from "./python-shapes.ts";
import type { Recorder } from "./recorder.ts";

type Source = Copy["from"][number];

/** What names of a function hold that came out of rows: `name = person.name.strip()`. */
const taken = new WeakMap<Scope, Map<string, readonly Source[]>>();

/** `row.nickname = row.name` and `name = row.name`: remembered for the statement that writes it. */
export function noteAssignment(left: PyNode, right: PyNode, scope: Scope, interpreter: Interpreter): void {
  const from = sourcesIn(right, scope, interpreter);
  if (left.type === "identifier") remember(scope, left.text, from);
  const object = left.type === "attribute" ? left.child("object") : null;
  const row = object?.type === "identifier" ? scope.get(object.text) : undefined;
  if (row?.kind !== "row") return;
  for (const label of row.source.labels) interpreter.recorder.copy(label, left.child("attribute")?.text ?? "", from);
}

/** `for key, name in Person.objects.values_list("pk", "name")`: the names hold those columns. */
export function noteLoop(left: PyNode, right: PyNode, labels: readonly string[], scope: Scope, recorder: Recorder): void {
  const call = [right, ...descendants(right, "call")].find((node) => node.type === "call" && calleeName(node) === "values_list");
  if (call === undefined) return;
  const names = left.type === "identifier" ? [left] : left.namedChildren;
  positional(call).forEach((argument, at) => {
    const field = stringValue(argument);
    const name = names[at];
    if (field === null || name?.type !== "identifier") return;
    remember(
      scope,
      name.text,
      labels.flatMap((label) => recorder.source(label, field)),
    );
  });
}

/** `update(nickname=F("name"))`, `create(nickname=person.name)`, `Profile(bio=person.bio)`. */
export function noteKeywords(labels: readonly string[], call: PyNode, scope: Scope, interpreter: Interpreter): void {
  const { recorder } = interpreter;
  for (const argument of keywords(call)) {
    const name = argument.child("name")?.text ?? "";
    const value = argument.child("value");
    if (value === null) continue;
    if (name === "defaults" && value.type === "dictionary") {
      for (const pair of value.namedChildren.filter((child) => child.type === "pair")) {
        const key = stringValue(pair.child("key"));
        const given = pair.child("value");
        if (key !== null && given !== null) for (const label of labels) recorder.copy(label, key, sourcesIn(given, scope, interpreter));
      }
      continue;
    }
    for (const label of labels) {
      const fields = fieldsOf(value).flatMap((field) => recorder.source(label, field));
      recorder.copy(label, name, [...fields, ...sourcesIn(value, scope, interpreter)]);
    }
  }
}

/** With the copies of their table, where they write the column. */
export function withCopies(access: CodeAccess, copies: ReadonlyMap<string, readonly Copy[]>): CodeAccess {
  if (access.verb !== "update" && access.verb !== "insert") return access;
  const own = (copies.get(access.table) ?? []).filter((copy) => access.columns.includes(copy.column));
  return own.length === 0 ? access : { ...access, copies: own };
}

function remember(scope: Scope, name: string, from: readonly Source[]): void {
  const names = taken.get(scope) ?? new Map<string, readonly Source[]>();
  taken.set(scope, names);
  names.set(name, from);
}

/** Attributes of rows that an expression names, and what its local names hold of them. */
function sourcesIn(node: PyNode, scope: Scope, interpreter: Interpreter): readonly Source[] {
  if (node.type === "identifier") return taken.get(scope)?.get(node.text) ?? [];
  const object = node.type === "attribute" ? node.child("object") : null;
  if (object?.type === "identifier") {
    const row = scope.get(object.text);
    if (row?.kind !== "row") return [];
    const name = node.child("attribute")?.text ?? "";
    return row.source.labels.flatMap((label) => interpreter.recorder.source(label, name));
  }
  if (object !== null) return sourcesIn(object, scope, interpreter);
  return node.namedChildren.flatMap((child) => sourcesIn(child, scope, interpreter));
}

/** Fields that an expression of Django names: `F("name")`, `Coalesce("nickname", "name")`; not what stands in `Value(…)`. */
function fieldsOf(value: PyNode): readonly string[] {
  if (value.type === "call") {
    const name = calleeName(value);
    if (name === "Value" || name === "Subquery" || name === "OuterRef") return [];
    const isExpression = /^(?:F|[A-Z]\w*)$/.test(name);
    return [...positional(value), ...keywords(value).flatMap((argument) => argument.child("value") ?? [])].flatMap((argument) => {
      const text = stringValue(argument);
      return text !== null && isExpression ? [text.split("__")[0] ?? ""] : fieldsOf(argument);
    });
  }
  return value.namedChildren.flatMap(fieldsOf);
}
