import { knownField } from "./field-classes.ts";
import type { Evaluator } from "./evaluate.ts";
import { numberOf } from "./evaluate-operators.ts";
import type { FieldState, RelationState } from "./state.ts";
import { truncateName } from "./schema/names.ts";
import type { PyCall, PyClass, PyValue } from "./values.ts";
import { isKind, isObject, pathOf, truthOf, unknownIn } from "./values.ts";
import type { Span } from "../../text/span.ts";

/** What a field needs to know of its surroundings. */
export interface FieldContext {
  readonly app: string;
  /** As written: `PersonDistinctId`. */
  readonly model: string;
  /** The model's table, for the name of a join table. */
  readonly table: string;
  /** `AUTH_USER_MODEL`, e.g. `auth.User`. */
  readonly authUserModel: string;
  readonly evaluator: Evaluator | null;
}

const POSITIONAL: Readonly<Record<string, readonly string[]>> = {
  ForeignKey: ["to", "on_delete", "related_name", "related_query_name", "limit_choices_to", "parent_link", "to_field", "db_constraint"],
  OneToOneField: ["to", "on_delete", "to_field"],
  ManyToManyField: [
    "to",
    "related_name",
    "related_query_name",
    "limit_choices_to",
    "symmetrical",
    "through",
    "through_fields",
    "db_constraint",
    "db_table",
  ],
  ArrayField: ["base_field", "size"],
  DecimalField: ["verbose_name", "name", "max_digits", "decimal_places"],
  DateField: ["verbose_name", "name", "auto_now", "auto_now_add"],
  DateTimeField: ["verbose_name", "name", "auto_now", "auto_now_add"],
  TimeField: ["verbose_name", "name", "auto_now", "auto_now_add"],
  FileField: ["verbose_name", "name", "upload_to", "storage"],
  ImageField: ["verbose_name", "name", "width_field", "height_field"],
};
const FIELD_POSITIONAL = ["verbose_name", "name", "primary_key", "max_length", "unique", "blank", "null", "db_index"];

/** Options that classes of Django set by themselves when they are not given. */
const CLASS_DEFAULTS: Readonly<Record<string, Readonly<Record<string, PyValue>>>> = {
  SlugField: { max_length: 50, db_index: true },
  URLField: { max_length: 200 },
  EmailField: { max_length: 254 },
  CIEmailField: { max_length: 254 },
  FileField: { max_length: 100 },
  ImageField: { max_length: 100 },
  FilePathField: { max_length: 100 },
  IPAddressField: { max_length: 15 },
  ForeignKey: { db_index: true },
  OneToOneField: { db_index: true, unique: true },
  NullBooleanField: { null: true, blank: true },
};

/** The short name: `CharField`. */
export function shortName(className: string): string {
  return className.slice(className.lastIndexOf(".") + 1);
}

interface Resolved {
  readonly className: string;
  readonly customClass: string | null;
  readonly opaque: string | null;
  readonly ownType: string | null;
  readonly defaults: Readonly<Record<string, PyValue>>;
}

function resolveClass(call: PyCall, evaluator: Evaluator | null): Resolved {
  const known = knownField(call.callee);
  if (known !== null) {
    return {
      className: known.className,
      customClass: known.custom ? call.callee : null,
      opaque: null,
      ownType: null,
      defaults: known.defaults,
    };
  }
  if (call.cls !== null && evaluator !== null) return resolveOwn(call.cls, evaluator, 0);
  return {
    className: presumedClass(call),
    customClass: call.callee,
    opaque: `the field class \`${call.callee}\` is not in the repository and not known to tread`,
    ownType: null,
    defaults: {},
  };
}

/**
 * What kind of field a class is whose source cannot be read: nothing but a key takes `on_delete`, and what names its other end
 * without one has no column. Everything else is taken to have a column of a type that is not known.
 */
function presumedClass(call: PyCall): string {
  const short = shortName(call.callee);
  if (call.kwargs["on_delete"] !== undefined) return `django.db.models.${short.includes("OneToOne") ? "OneToOneField" : "ForeignKey"}`;
  const elsewhere = call.kwargs["to"] !== undefined || call.kwargs["through"] !== undefined || /Manager$|^Generic|ManyToMany/.test(short);
  return elsewhere ? "" : "django.db.models.Field";
}

/** A class of the repository: what its bases are, and the column type that it names itself. */
function resolveOwn(cls: PyClass, evaluator: Evaluator, depth: number): Resolved {
  const nothing = { className: "", customClass: cls.path, ownType: null, defaults: {} };
  if (depth > 10) return { ...nothing, opaque: `the bases of \`${cls.path}\` go round in a circle` };
  let found: Resolved | null = null;
  for (const base of evaluator.bases(cls)) {
    const path = pathOf(base);
    if (path === null) continue;
    const known = isKind(base, "ref") ? knownField(path) : null;
    if (known !== null)
      found = { className: known.className, customClass: cls.path, opaque: null, ownType: null, defaults: known.defaults };
    else if (isKind(base, "class")) {
      const inherited = resolveOwn(base, evaluator, depth + 1);
      if (inherited.opaque === null) found = { ...inherited, customClass: cls.path };
    }
    if (found !== null) break;
  }
  const type = methodResult(cls, "db_type", evaluator);
  if (type !== undefined) {
    if (typeof type === "string") {
      return {
        className: found?.className ?? "django.db.models.Field",
        customClass: cls.path,
        opaque: null,
        ownType: type,
        defaults: found?.defaults ?? {},
      };
    }
    return { ...nothing, opaque: `\`${cls.path}.db_type\` is not a plain string` };
  }
  const internal = methodResult(cls, "get_internal_type", evaluator);
  if (typeof internal === "string") {
    const known = knownField(`django.db.models.${internal}`);
    if (known !== null)
      return { className: known.className, customClass: cls.path, opaque: null, ownType: null, defaults: found?.defaults ?? {} };
  }
  return found ?? { ...nothing, opaque: `the bases of \`${cls.path}\` are not known to tread` };
}

/** What a method that only returns a constant returns; undefined without such a method. */
function methodResult(cls: PyClass, name: string, evaluator: Evaluator): PyValue | undefined {
  const method = evaluator.classAttribute(cls, name);
  if (!isKind(method, "function")) return undefined;
  const body = method.node.child("body")?.namedChildren.filter((s) => s.type !== "expression_statement") ?? [];
  const value = body.length === 1 && body[0]?.type === "return_statement" ? body[0].namedChildren[0] : undefined;
  if (value === undefined) return { kind: "unknown", reason: `\`${name}\` is more than one return`, span: method.node.span };
  return evaluator.evaluate(value);
}

export function truthOption(value: PyValue | undefined, fallback: boolean): boolean {
  return value === undefined ? fallback : (truthOf(value) ?? fallback);
}

/** Django's field from the call that writes it in a migration (or a model). */
export function buildField(name: string, value: PyValue, context: FieldContext, span: Span): FieldState {
  if (!isKind(value, "call")) {
    const reason = isKind(value, "unknown") ? value.reason : "the field is not written as a call";
    return opaqueField(name, reason, span);
  }
  const resolved = resolveClass(value, context.evaluator);
  const short = shortName(resolved.className);
  const options: Record<string, PyValue> = { ...resolved.defaults, ...CLASS_DEFAULTS[short] };
  if (short === "CompositePrimaryKey") options["field_names"] = { kind: "tuple", items: value.args };
  else {
    const names = POSITIONAL[short] ?? FIELD_POSITIONAL;
    value.args.forEach((argument, i) => {
      const option = names[i];
      if (option !== undefined) options[option] = argument;
    });
  }
  Object.assign(options, value.kwargs);
  const problem = [
    "max_length",
    "max_digits",
    "decimal_places",
    "db_column",
    "db_table",
    "null",
    "unique",
    "primary_key",
    "db_index",
    "to",
    "base_field",
    "size",
    "db_collation",
  ]
    .map((option) => unknownIn(options[option]))
    .find((u) => u !== null);
  const relation = relationOf(short, name, options, context);
  const isKey = short === "ForeignKey" || short === "OneToOneField";
  const attname = isKey ? `${name}_id` : name;
  const columnless = short === "ManyToManyField" || short === "CompositePrimaryKey" || short === "" || short === "ForeignObject";
  const column = options["db_column"];
  const primaryKey = truthOption(options["primary_key"], false) || short === "CompositePrimaryKey";
  const isAuto = short === "AutoField" || short === "BigAutoField" || short === "SmallAutoField";
  const own = resolved.ownType !== null && columnless && short !== "ManyToManyField";
  return {
    name,
    attname,
    column: columnless && !own ? null : typeof column === "string" ? column : attname,
    className: resolved.className,
    customClass: resolved.customClass,
    opaque:
      resolved.opaque ??
      problem?.reason ??
      (isKey && relation === null ? "the target of the relation is only known when the code runs" : null),
    ownType: resolved.ownType,
    options,
    null: truthOption(options["null"], false),
    primaryKey,
    unique: truthOption(options["unique"], false) || (primaryKey && short !== "CompositePrimaryKey"),
    hasDefault: options["default"] !== undefined && !isNotProvided(options["default"]),
    hasDbDefault: options["db_default"] !== undefined && !isNotProvided(options["db_default"]),
    generated: short === "GeneratedField",
    relation: isAuto ? null : relation,
    call: value,
    span,
  };
}

function isNotProvided(value: PyValue | undefined): boolean {
  return isKind(value, "ref") && value.path.endsWith("NOT_PROVIDED");
}

function opaqueField(name: string, reason: string, span: Span): FieldState {
  return {
    name,
    attname: name,
    column: name,
    className: "",
    customClass: null,
    opaque: reason,
    ownType: null,
    options: {},
    null: false,
    primaryKey: false,
    unique: false,
    hasDefault: false,
    hasDbDefault: false,
    generated: false,
    relation: null,
    call: null,
    span,
  };
}

/** `person.person` from what `to=` says: a label, a bare name of the same app, `self`, a class, the swappable user model. */
export function targetLabel(value: PyValue | undefined, context: { readonly app: string; readonly model: string }): string | null {
  let text: string | null = null;
  if (typeof value === "string") text = value;
  else if (isObject(value)) {
    const path = pathOf(value);
    if (path !== null) {
      // `app.models.Person`, `app.models.person.Person`
      const parts = path.split(".");
      const at = parts.indexOf("models");
      text = at > 0 ? `${parts[at - 1] ?? ""}.${parts.at(-1) ?? ""}` : `${parts[0] ?? ""}.${parts.at(-1) ?? ""}`;
    } else if (isKind(value, "call") && value.callee.endsWith("SettingsReference") && typeof value.args[0] === "string")
      text = value.args[0];
  }
  if (text === null) return null;
  if (text === "self") return `${context.app}.${context.model}`.toLowerCase();
  return (text.includes(".") ? text : `${context.app}.${text}`).toLowerCase();
}

function relationOf(short: string, name: string, options: Readonly<Record<string, PyValue>>, context: FieldContext): RelationState | null {
  const kind =
    short === "ForeignKey" ? "foreign-key" : short === "OneToOneField" ? "one-to-one" : short === "ManyToManyField" ? "many-to-many" : null;
  if (kind === null) return null;
  const to = targetLabel(options["to"], context);
  if (to === null) return null;
  const toField = options["to_field"];
  const relatedName = options["related_name"];
  const through = options["through"] === undefined || options["through"] === null ? null : targetLabel(options["through"], context);
  return {
    kind,
    to,
    toName: typeof options["to"] === "string" ? options["to"] : to,
    toField: typeof toField === "string" ? toField : null,
    onDelete: pathOf(options["on_delete"]) ?? (isKind(options["on_delete"], "call") ? options["on_delete"].callee : null),
    dbConstraint: truthOption(options["db_constraint"], true),
    relatedName: typeof relatedName === "string" ? relatedName : null,
    through,
    joinTable: kind === "many-to-many" && through === null ? joinTable(name, to, options, context) : null,
  };
}

/** Names as `create_many_to_many_intermediary_model` and `_get_m2m_db_table` make them. */
function joinTable(
  name: string,
  to: string,
  options: Readonly<Record<string, PyValue>>,
  context: FieldContext,
): RelationState["joinTable"] {
  const target = to.slice(to.lastIndexOf(".") + 1);
  const self = to === `${context.app}.${context.model}`.toLowerCase();
  const from = context.model.toLowerCase();
  const table = options["db_table"];
  return {
    name: typeof table === "string" ? table : truncateName(`${context.table}_${name}`),
    from: from === target ? `from_${from}_id` : `${from}_id`,
    to: self || from === target ? `to_${target}_id` : `${target}_id`,
  };
}

/** The same field with a join table that fits the model's new name and table. */
export function withJoinTable(field: FieldState, context: FieldContext): FieldState {
  const relation = field.relation;
  if (relation?.kind !== "many-to-many" || relation.through !== null) return field;
  return { ...field, relation: { ...relation, joinTable: joinTable(field.name, relation.to, field.options, context) } };
}

/** `max_length` and the like as a number, or null. */
export function numberOption(field: FieldState, option: string): number | null {
  return numberOf(field.options[option]);
}

export function stringOption(field: FieldState, option: string): string | null {
  const value = field.options[option];
  return typeof value === "string" ? value : null;
}
