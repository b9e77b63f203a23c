import type { PyNode, PythonModule } from "../../../sources/django/python.ts";
import { descendants, dottedName, stringList, stringValue } from "../../../sources/django/run-python/python-shapes.ts";
import { classAttribute, familyMethod, familyOf, metaAttribute } from "./class-context.ts";
import type { ClassFamily } from "./class-context.ts";
import type { CodeIndex } from "../code-index.ts";
import { readPath } from "./accessor-uses.ts";
import type { UsageContext } from "./read-usage.ts";

interface Placed {
  readonly value: PyNode;
  readonly module: PythonModule;
}

const FORMS = /(?:ModelForm|ModelSerializer|FilterSet|ModelResource|ModelSchema|DjangoObjectType)$/;
const EDIT_VIEWS = /^(?:CreateView|UpdateView)$/;
const ADMIN = /(?:^|[a-z])Admin$|^ModelAdmin/;
const INLINE = /Inline(?:ModelAdmin)?$/;
const DELETE_VIEWS =
  /^(?:DeleteView|BaseDeleteView|DeletionMixin|ModelViewSet|DestroyModelMixin|DestroyAPIView|RetrieveDestroyAPIView|RetrieveUpdateDestroyAPIView)$/;
/** Attributes of admin classes and filter sets that name fields. */
export const NAMING: readonly string[] = [
  "fields",
  "filter_horizontal",
  "filter_vertical",
  "raw_id_fields",
  "autocomplete_fields",
  "list_filter",
  "list_display",
  "search_fields",
  "readonly_fields",
  "fieldsets",
  "filterset_fields",
  "ordering_fields",
  "list_prefetch_related",
];

/** Forms, serializers, admin classes and views: what they show of their model, and whether they can delete. */
export function readClassUses(cls: PyNode, context: UsageContext): void {
  if (context.receivers.isModelClass(cls) || cls.child("name")?.text === "Meta") return;
  const family = familyOf(context.index, cls, cls.module);
  const external = [...family.external];
  const isAdmin = external.some((e) => ADMIN.test(e));
  const isInline = external.some((e) => INLINE.test(e));
  const isForm = external.some((e) => FORMS.test(e));
  const isView = external.some((e) => EDIT_VIEWS.test(e) || DELETE_VIEWS.test(e) || /View(?:Set)?$/.test(e));
  if (!isAdmin && !isInline && !isForm && !isView) return;
  const own = context.receivers.ownModel(cls);
  if (own === null || own.size === 0) return;
  context.understood.add(cls);
  const at = (cls.child("name") ?? cls).span;
  const joins = context.joins.filter((j) => own.has(j.owner));
  if (isInline) throughInline(family, context);
  if (isForm) shownInDepth(family, own, context, at);
  for (const join of joins) {
    const answers: (boolean | null)[] = [];
    if (isForm) answers.push(shownByMeta(family, join.field, context.index));
    else if (isAdmin || isInline) answers.push(shownByAdmin(family, join.field, context.index));
    const fields = external.some((e) => EDIT_VIEWS.test(e)) ? classAttribute(family, "fields") : null;
    if (fields !== null) answers.push(listed(fields, join.field, context.index));
    if (answers.includes(true)) context.sink.uses(join, at);
    else if (answers.includes(null)) {
      const name = cls.child("name")?.text ?? "";
      context.sink.mayUse([join], `\`${name}\` may show the field: its list of fields is put together from what cannot be read`, at);
    }
  }
  for (const name of NAMING) {
    const attribute = classAttribute(family, name) ?? metaAttribute(family, name);
    if (attribute === null) continue;
    for (const s of [attribute.value, ...descendants(attribute.value, "string")]) {
      const path = s.type === "string" ? (stringValue(s) ?? "").replace(/^[-+^=@$]/, "") : "";
      if (path.split("__").some((segment) => context.byLookup.has(segment))) readPath(path, own, s, context);
    }
  }
  if (canDelete(family, { isAdmin, isInline, external })) context.sink.deletes(own, at);
}

/** Graphene and django-import-export show every field unless told otherwise. */
const ALL_BY_DEFAULT = /^(?:DjangoObjectType|ModelResource)$/;

/** `class Meta: fields = "__all__"`, a list that names the field, or `exclude` that does not. A form without either shows nothing. */
function shownByMeta(family: ClassFamily, field: string, index: CodeIndex): boolean | null {
  const fields = metaAttribute(family, "fields") ?? metaAttribute(family, "model_fields");
  const exclude = metaAttribute(family, "exclude") ?? metaAttribute(family, "model_exclude");
  if (fields === null && exclude === null) return [...family.external].some((e) => ALL_BY_DEFAULT.test(e));
  const excluded = exclude === null ? false : listed(exclude, field, index);
  if (excluded === true) return false;
  const included = fields === null ? true : listed(fields, field, index);
  return included === true && excluded === null ? null : included;
}

/** Without `fields` or `fieldsets` the change form of the admin shows every editable field, many-to-many fields included. */
function shownByAdmin(family: ClassFamily, field: string, index: CodeIndex): boolean | null {
  for (const name of ["fields", "fieldsets"]) {
    const attribute = classAttribute(family, name);
    if (attribute !== null && attribute.value.type !== "none") return listed(attribute, field, index);
  }
  if (familyMethod(family, "get_fields") !== null || familyMethod(family, "get_fieldsets") !== null) return null;
  const exclude = classAttribute(family, "exclude");
  if (exclude !== null) {
    const excluded = listed(exclude, field, index);
    return excluded === null ? null : !excluded;
  }
  // A form of its own speaks for itself: it is read as a form.
  const form = classAttribute(family, "form");
  return form === null || dottedName(form.value) === null;
}

/** Whether a value names a field; null when it cannot be told: a list that is put together from what is not in the repository. */
function listed(found: Placed | null, field: string, index: CodeIndex, depth = 0): boolean | null {
  if (found === null || depth > 5) return null;
  const { value, module } = found;
  const whole = stringValue(value);
  if (whole !== null) return whole === "__all__" || whole === field;
  if (value.type === "identifier" || value.type === "attribute") {
    const dotted = dottedName(value);
    const resolved = dotted === null ? null : index.resolve(module, dotted);
    return resolved?.kind === "value" ? listed({ value: resolved.node, module: resolved.module }, field, index, depth + 1) : null;
  }
  if (!["list", "tuple", "set", "binary_operator", "list_splat", "parenthesized_expression", "dictionary", "pair"].includes(value.type))
    return null;
  const parts = value.namedChildren.map((part) => listed({ value: part, module }, field, index, depth + 1));
  if (parts.includes(true)) return true;
  return parts.includes(null) ? null : false;
}

/** `depth = 2` of a serializer: what its foreign keys lead to is shown with every field, many-to-many fields included. */
function shownInDepth(family: ClassFamily, own: ReadonlySet<string>, { models, joins, sink }: UsageContext, at: PyNode["span"]): void {
  const said = metaAttribute(family, "depth")?.value.text;
  if (said === undefined || said === "0") return;
  // One that is computed is at most 10, which is as far as Django REST framework goes.
  const depth = /^\d+$/.test(said) ? Number(said) : 10;
  let reached = new Set([...own].flatMap((label) => models.get(label) ?? []).flatMap((model) => models.lineage(model).map((m) => m.label)));
  for (let level = 0; level < depth; level++) {
    const next = new Set<string>();
    for (const key of models.foreignKeys) if (reached.has(key.from.label)) next.add(key.to.label);
    for (const join of joins) if (reached.has(join.owner)) next.add(models.get(join.target)?.label ?? join.target);
    for (const join of joins) if (next.has(join.owner)) sink.uses(join, at);
    reached = next;
  }
}

/** `class TagInline: model = Dashboard.tags.through`. */
function throughInline(family: ClassFamily, context: UsageContext): void {
  const model = classAttribute(family, "model");
  if (model === null || !model.value.text.endsWith(".through")) return;
  const accessor = model.value.child("object")?.child("attribute")?.text ?? "";
  for (const side of context.byAccessor.get(accessor) ?? []) context.sink.uses(side.join, model.value.span);
}

function canDelete(
  family: ClassFamily,
  kind: { readonly isAdmin: boolean; readonly isInline: boolean; readonly external: readonly string[] },
): boolean {
  if (kind.isAdmin) {
    const permission = familyMethod(family, "has_delete_permission");
    if (permission === null) return true;
    const returned = descendants(permission.node, "return_statement");
    return !(returned.length > 0 && returned.every((r) => r.namedChildren[0]?.text === "False"));
  }
  if (kind.isInline) return classAttribute(family, "can_delete")?.value.text !== "False";
  if (!kind.external.some((e) => DELETE_VIEWS.test(e))) return false;
  const methods = classAttribute(family, "http_method_names");
  const allowed = methods === null ? null : stringList(methods.value);
  if (allowed !== null && !allowed.includes("delete") && !allowed.includes("post")) return false;
  if (
    allowed !== null &&
    !allowed.includes("delete") &&
    kind.external.some((e) => !/^(?:DeleteView|BaseDeleteView|DeletionMixin)$/.test(e))
  ) {
    return false;
  }
  // A method of its own that never calls the inherited one (a soft delete) is read for its own `.delete()` instead.
  for (const name of ["destroy", "perform_destroy"]) {
    const method = familyMethod(family, name);
    if (
      method !== null &&
      !/super\(\)|\.delete\(/.test(method.node.text) &&
      (name === "destroy" ? !method.node.text.includes("perform_destroy") : true)
    ) {
      return false;
    }
  }
  return true;
}
