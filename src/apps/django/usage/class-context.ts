import type { PyNode, PythonModule } from "../../../sources/django/python.ts";
import type { CodeIndex } from "../code-index.ts";
import { metaOption } from "../model-class.ts";
import {
  assignment,
  bodyStatements,
  calleeName,
  descendants,
  dottedName,
  methodOf,
  positional,
  superclasses,
} from "../../../sources/django/run-python/python-shapes.ts";

/** A class and those of its bases that stand in the repository, with the last names of the others: `ModelViewSet`, `ModelAdmin`. */
export interface ClassFamily {
  readonly members: readonly { readonly node: PyNode; readonly module: PythonModule }[];
  readonly external: ReadonlySet<string>;
}

export function familyOf(index: CodeIndex, node: PyNode, module: PythonModule): ClassFamily {
  const members: { node: PyNode; module: PythonModule }[] = [];
  const external = new Set<string>();
  const visit = (cls: PyNode, at: PythonModule): void => {
    if (members.length > 30 || members.some((m) => m.node === cls)) return;
    members.push({ node: cls, module: at });
    for (const base of superclasses(cls)) {
      const dotted = dottedName(base.type === "subscript" ? base.child("value") : base);
      const found = dotted === null ? null : index.resolve(at, dotted);
      if (found?.kind === "class") visit(found.node, found.module);
      else {
        const path = found?.kind === "external" ? found.path : (dotted ?? "");
        external.add(path.slice(path.lastIndexOf(".") + 1));
      }
    }
  };
  visit(node, module);
  return { members, external };
}

/** Value of a class attribute, from the nearest member of the family that sets it. */
export function classAttribute(family: ClassFamily, name: string): { readonly value: PyNode; readonly module: PythonModule } | null {
  for (const member of family.members) {
    for (const statement of bodyStatements(member.node.child("body"))) {
      const bound = assignment(statement);
      if (bound?.name === name) return { value: bound.value, module: member.module };
    }
  }
  return null;
}

/** `Config` is Ninja's, `Django` that of search documents. */
const INNER = /^(?:Meta|Config|Django)$/;

export function metaAttribute(family: ClassFamily, name: string): { readonly value: PyNode; readonly module: PythonModule } | null {
  for (const member of family.members) {
    const value = metaOption(member.node, name, INNER);
    if (value !== null) return { value, module: member.module };
  }
  return null;
}

export function familyMethod(family: ClassFamily, name: string): { readonly node: PyNode; readonly module: PythonModule } | null {
  for (const member of family.members) {
    const node = methodOf(member.node, name);
    if (node !== null) return { node, module: member.module };
  }
  return null;
}

/**
 * The expressions that say which model a form, serializer, view or admin class is about: `Meta.model`, `model`, `queryset`,
 * `serializer_class`, `form_class`, what `get_queryset` returns, and `@admin.register(…)`.
 */
export function modelExpressions(family: ClassFamily): readonly { readonly node: PyNode; readonly module: PythonModule }[] {
  const found: { node: PyNode; module: PythonModule }[] = [];
  const meta = metaAttribute(family, "model");
  if (meta !== null) found.push({ node: meta.value, module: meta.module });
  for (const name of ["model", "queryset"]) {
    const attribute = classAttribute(family, name);
    if (attribute !== null && attribute.value.type !== "none") found.push({ node: attribute.value, module: attribute.module });
  }
  const method = familyMethod(family, "get_queryset");
  if (method !== null) {
    for (const r of descendants(method.node, "return_statement")) {
      const value = r.namedChildren[0];
      if (value !== undefined && !value.text.startsWith("super(") && !value.text.startsWith("self.")) {
        found.push({ node: value, module: method.module });
      }
    }
  }
  const own = family.members[0];
  const decorators = own?.node.parent?.type === "decorated_definition" ? own.node.parent.children : [];
  for (const decorator of decorators) {
    if (decorator.type !== "decorator" || own === undefined) continue;
    for (const call of descendants(decorator, "call")) {
      if (calleeName(call) === "register") for (const model of positional(call)) found.push({ node: model, module: own.module });
    }
  }
  return found;
}

/** Classes that a class hands its work to: their model is its model. */
export function delegateClasses(
  family: ClassFamily,
  index: CodeIndex,
): readonly { readonly node: PyNode; readonly module: PythonModule }[] {
  const found: { node: PyNode; module: PythonModule }[] = [];
  for (const name of ["serializer_class", "form_class"]) {
    const attribute = classAttribute(family, name);
    const dotted = attribute === null ? null : dottedName(attribute.value);
    const cls = attribute === null || dotted === null ? null : index.resolve(attribute.module, dotted);
    if (cls?.kind === "class") found.push(cls);
  }
  return found;
}
