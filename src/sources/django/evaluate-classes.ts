import type { Evaluator } from "./evaluate.ts";
import type { PyNode } from "./python.ts";
import { unknown } from "./unknown.ts";
import type { PyClass, PyValue } from "./values.ts";
import { isKind, isUnknown } from "./values.ts";

export function memberOf(evaluator: Evaluator, cls: PyClass, name: string, node: PyNode): PyValue {
  const bases = evaluator.bases(cls);
  if (isEnum(bases)) {
    if (name === "choices") {
      return {
        kind: "list",
        items: members(evaluator, cls).map(([, value, label]): PyValue => ({ kind: "tuple", items: [value, label] })),
      };
    }
    if (name === "values") return { kind: "list", items: members(evaluator, cls).map(([, value]) => value) };
    if (name === "names") return { kind: "list", items: members(evaluator, cls).map(([member]) => member) };
    const member = members(evaluator, cls).find(([m]) => m === name);
    if (member !== undefined) return member[1];
  }
  const own = evaluator.classAttribute(cls, name);
  if (own !== undefined) return own;
  for (const base of bases) {
    if (!isKind(base, "class") || base.node === cls.node) continue;
    const inherited = memberOf(evaluator, base, name, node);
    if (!isUnknown(inherited)) return inherited;
  }
  const nested = cls.node.child("body")?.namedChildren.find((c) => c.type === "class_definition" && c.child("name")?.text === name);
  if (nested !== undefined) return { kind: "class", path: `${cls.path}.${name}`, node: nested };
  return unknown(node, `\`${cls.path.split(".").at(-1) ?? ""}.${name}\` is not written in the class`);
}

/** Members of an enumeration: name, value and label. */
function members(evaluator: Evaluator, cls: PyClass): readonly (readonly [string, PyValue, PyValue])[] {
  const members: [string, PyValue, PyValue][] = [];
  for (const name of evaluator.classScope(cls).keys()) {
    const value = evaluator.classAttribute(cls, name);
    if (value === undefined || name.startsWith("_") || isKind(value, "function")) continue;
    if (isKind(value, "tuple") && value.items.length === 2) members.push([name, value.items[0] ?? null, value.items[1] ?? null]);
    else
      members.push([
        name,
        value,
        name
          .toLowerCase()
          .replaceAll("_", " ")
          .replace(/^./, (c) => c.toUpperCase()),
      ]);
  }
  return members;
}

/** The classes whose members are enumeration values. */
export function isEnum(bases: readonly PyValue[]): boolean {
  return bases.some(
    (b) =>
      (isKind(b, "ref") && /(?:^|\.)(?:TextChoices|IntegerChoices|Choices|Enum|StrEnum|IntEnum|IntFlag|Flag)$/.test(b.path)) ||
      (isKind(b, "class") && /Choices$|Enum$/.test(b.path)),
  );
}
