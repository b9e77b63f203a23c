import type { PyNode, PythonModule } from "../../sources/django/python.ts";
import type { CodeIndex } from "./code-index.ts";
import type { DeclaredManager, ModelClass } from "./model-class.ts";
import { metaOption } from "./model-class.ts";
import {
  calleeName,
  descendants,
  dottedName,
  methodOf,
  positional,
  splats,
  stringList,
  stringValue,
  superclasses,
} from "../../sources/django/run-python/python-shapes.ts";

/** What the default manager leaves out of a plain SELECT. */
export interface Deferral {
  /** Names of deferred fields. */
  readonly defer: ReadonlySet<string>;
  /** With `.only(…)`: names that are still loaded; everything else but the key is deferred. */
  readonly only: ReadonlySet<string> | null;
}

const NOTHING: Deferral = { defer: new Set(), only: null };

/**
 * Reads `get_queryset` of the default manager (`Meta.default_manager_name`, else the first that is declared) and of its queryset
 * class. Names that cannot be told (`.defer(*names())`) defer nothing: then the columns count as selected, which is the safe side.
 */
export function defaultDeferral(index: CodeIndex, model: ModelClass): Deferral {
  const named = stringOf(metaOption(model.node, "default_manager_name"));
  const manager = (named === null ? undefined : model.managers.find((m) => m.name === named)) ?? model.managers[0];
  return manager === undefined ? NOTHING : deferralOf(index, manager);
}

function deferralOf(index: CodeIndex, manager: DeclaredManager): Deferral {
  const classes: { node: PyNode; module: PythonModule }[] = [];
  const collect = (expression: PyNode, module: PythonModule, depth: number): void => {
    if (depth > 6) return;
    for (const name of [expression, ...descendants(expression, "identifier", "attribute")]) {
      const dotted = dottedName(name);
      if (dotted === null || (name.parent?.type === "attribute" && name.parent !== expression && name !== expression)) continue;
      const found = index.resolve(module, dotted);
      if (found?.kind === "class" && !classes.some((c) => c.node === found.node)) classes.push(found);
      else if (found?.kind === "value") collect(found.node, found.module, depth + 1);
    }
    // `PersonQuerySet.as_manager()` and `Manager.from_queryset(PersonQuerySet)()`: the class is an attribute's object.
    for (const attribute of descendants(expression, "attribute")) {
      const dotted = dottedName(attribute.child("object"));
      const found = dotted === null ? null : index.resolve(module, dotted);
      if (found?.kind === "class" && !classes.some((c) => c.node === found.node)) classes.push(found);
    }
  };
  collect(manager.value, manager.module, 0);
  let deferral = NOTHING;
  for (const cls of classes) deferral = merge(deferral, ofClass(index, cls.module, cls.node, 0));
  return deferral;
}

function ofClass(index: CodeIndex, module: PythonModule, cls: PyNode, depth: number): Deferral {
  const method = methodOf(cls, "get_queryset");
  let deferral = method === null ? NOTHING : ofMethod(index, module, method);
  // Without an own method, or when it starts from `super()`, the bases have their say.
  if (depth < 6 && (method === null || method.text.includes("super("))) {
    for (const base of superclasses(cls)) {
      for (const name of [base, ...descendants(base, "identifier")]) {
        const dotted = dottedName(name);
        const found = dotted === null ? null : index.resolve(module, dotted);
        if (found?.kind === "class") deferral = merge(deferral, ofClass(index, found.module, found.node, depth + 1));
      }
    }
  }
  return deferral;
}

function ofMethod(index: CodeIndex, module: PythonModule, method: PyNode): Deferral {
  const conditional = descendants(method, "if_statement", "conditional_expression", "try_statement", "match_statement").length > 0;
  const returns = descendants(method, "return_statement");
  // With branches only what every way out defers is sure.
  const scopes = conditional ? returns : [method];
  const found = scopes.map((scope) => {
    let deferral = NOTHING;
    for (const call of descendants(scope, "call")) {
      const name = calleeName(call);
      if (name !== "defer" && name !== "only") continue;
      const names = fieldNames(index, module, call);
      if (names === null) continue;
      deferral = merge(deferral, name === "defer" ? { defer: new Set(names), only: null } : { defer: new Set(), only: new Set(names) });
    }
    return deferral;
  });
  const [first, ...others] = found;
  if (first === undefined) return NOTHING;
  return others.reduce(
    (a, b) => ({
      defer: new Set([...a.defer].filter((n) => b.defer.has(n))),
      only: a.only === null || b.only === null ? null : new Set([...a.only, ...b.only]),
    }),
    first,
  );
}

/** Names given to `.defer()` or `.only()`, constants followed; null when one cannot be told. */
function fieldNames(index: CodeIndex, module: PythonModule, call: PyNode): readonly string[] | null {
  const names: string[] = [];
  for (const argument of positional(call)) {
    const value = stringValue(argument) ?? constantString(index, module, argument);
    if (value === null) return null;
    names.push(value);
  }
  for (const splat of splats(call)) {
    const inner = splat.namedChildren[0] ?? null;
    const dotted = dottedName(inner);
    const found = dotted === null ? null : index.resolve(module, dotted);
    const list = stringList(inner) ?? (found?.kind === "value" ? stringList(found.node) : null) ?? classConstant(call, dotted);
    if (list === null) return null;
    names.push(...list);
  }
  return names;
}

/** `*self.DEFERRED`: a list in the body of the class that holds the method. */
function classConstant(call: PyNode, dotted: string | null): readonly string[] | null {
  const name = dotted !== null && /^(?:self|cls)\.\w+$/.test(dotted) ? dotted.slice(dotted.indexOf(".") + 1) : null;
  if (name === null) return null;
  for (let n = call.parent; n !== null; n = n.parent) {
    if (n.type !== "class_definition") continue;
    for (const a of descendants(n, "assignment")) if (a.child("left")?.text === name) return stringList(a.child("right"));
  }
  return null;
}

function constantString(index: CodeIndex, module: PythonModule, node: PyNode): string | null {
  const dotted = dottedName(node);
  const found = dotted === null ? null : index.resolve(module, dotted);
  return found?.kind === "value" ? stringValue(found.node) : null;
}

function merge(a: Deferral, b: Deferral): Deferral {
  const only = a.only === null ? b.only : b.only === null ? a.only : new Set([...a.only].filter((n) => b.only?.has(n) === true));
  return { defer: new Set([...a.defer, ...b.defer]), only };
}

function stringOf(node: PyNode | null): string | null {
  return stringValue(node);
}
