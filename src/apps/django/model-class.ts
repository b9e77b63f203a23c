import type { PyNode, PythonModule } from "../../sources/django/python.ts";
import type { CodeIndex } from "./code-index.ts";
import {
  assignment,
  bodyStatements,
  dottedName,
  keyword,
  methodOf,
  positional,
  stringValue,
  superclasses,
} from "../../sources/django/run-python/python-shapes.ts";
import { returnsItsParameter } from "./deprecation.ts";

/** A model class of the version's code with everything its bases add, as far as reading can tell. */
export interface ModelClass {
  readonly node: PyNode;
  readonly module: PythonModule;
  /** By field name; an own declaration wins over an inherited one. */
  readonly fields: ReadonlyMap<string, DeclaredField>;
  readonly managers: readonly DeclaredManager[];
  readonly genericRelations: readonly GenericRelation[];
  /** The class and the abstract bases and mixins of the repository that make it up. */
  readonly parts: readonly PyNode[];
  /**
   * Null when every base was found and nothing in the bodies could add a field unseen; otherwise why not. Then a field of the
   * migration state that the code does not show is kept.
   */
  readonly incomplete: string | null;
  /**
   * Null when nothing outside of what was read could give the class a field; otherwise what could. A column that no migration of the
   * state knows any more may still be asked for then.
   */
  readonly open: OpenClass | null;
}

interface OpenClass {
  readonly reason: string;
  /** Names of the fields that it may give, or null: any. */
  readonly fields: readonly string[] | null;
}

export interface DeclaredField {
  readonly name: string;
  /** `removed`: `name = None` takes an inherited field away. `deprecated`: a helper makes it no field in the running app. */
  readonly kind: "field" | "deprecated" | "removed";
  /** Dotted path of the field class: `django.db.models.CharField`. */
  readonly className: string | null;
  readonly call: PyNode;
  readonly node: PyNode;
  /** Which of the class's parts declares it: 0 is the class itself, higher are its bases. */
  readonly part: number;
}

export interface DeclaredManager {
  readonly name: string;
  readonly value: PyNode;
  readonly module: PythonModule;
}

interface GenericRelation {
  readonly to: string;
  readonly objectId: string;
  readonly contentType: string;
}

const ABSTRACT_USER = ["password", "last_login", "is_superuser", "groups", "user_permissions"];
/** Fields of Django's own abstract models: bases that stand outside of every repository and are known anyway. */
const KNOWN_BASES: Readonly<Record<string, readonly string[]>> = {
  "django.db.models.Model": [],
  "django.contrib.gis.db.models.Model": [],
  "django.contrib.auth.models.AbstractUser": [
    ...ABSTRACT_USER,
    "username",
    "first_name",
    "last_name",
    "email",
    "is_staff",
    "is_active",
    "date_joined",
  ],
  "django.contrib.auth.models.AbstractBaseUser": ["password", "last_login"],
  "django.contrib.auth.base_user.AbstractBaseUser": ["password", "last_login"],
  "django.contrib.auth.models.PermissionsMixin": ["is_superuser", "groups", "user_permissions"],
  "django.contrib.sessions.base_session.AbstractBaseSession": ["session_key", "session_data", "expire_date"],
};
/**
 * Fields of the bases that packages ship, as of November 2026. The migrations have them where a model uses them, so that the state tells
 * which of them are there; that no other field comes from these bases is what this list is for.
 */
const PACKAGE_BASES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^model_utils\.models\.\w+$/, ["created", "modified", "start", "end", "status", "status_changed", "is_removed", "id"]],
  [
    /^django_extensions\.db\.models\.\w+$/,
    ["created", "modified", "title", "description", "slug", "status", "activate_date", "deactivate_date"],
  ],
  [/^mptt\.models\.MPTTModel$/, ["lft", "rght", "tree_id", "level", "parent"]],
  [/^treebeard\.\w+\.\w+$/, ["path", "depth", "numchild", "lft", "rgt", "tree_id", "parent", "sib_order"]],
  [
    /^polymorphic\.models\.PolymorphicModel$|^polymorphic\.\w+\.PolymorphicMPTTModel$/,
    ["polymorphic_ctype", "lft", "rght", "tree_id", "level"],
  ],
  [/^ordered_model\.models\.\w+$/, ["order"]],
  [
    /^safedelete\.models\.\w+$|^softdelete\.models\.\w+$|^django_softdelete\.models\.\w+$/,
    ["deleted", "deleted_by_cascade", "deleted_at", "restored_at", "is_deleted", "transaction_id"],
  ],
  [/^parler\.models\.\w+$|^parler\.\w+\.TranslatableModelMixin$/, ["language_code", "master"]],
  [
    /^(?:wagtail(?:\.core)?|modelcluster)\.models\.(?:Page|Orderable|ClusterableModel|\w+Mixin)$/,
    [
      "sort_order",
      "live",
      "locale",
      "translation_key",
      "expire_at",
      "go_live_at",
      "latest_revision",
      "live_revision",
      "locked",
      "locked_at",
      "locked_by",
      "has_unpublished_changes",
      "first_published_at",
      "last_published_at",
    ],
  ],
  [/^django\.contrib\.(?:auth|sites|flatpages|contenttypes|sessions)\.models\.\w+$/, []],
  [
    /^(?:solo|django_lifecycle|dirtyfields|psqlextra|guardian|rules|django_prometheus|django_fsm|auditlog|cacheops|django_cryptography|simple_history|model_clone|hashid_field|concurrency|django_pghistory|pghistory|django_tenants|timezone_field)\b/,
    ["schema_name", "domain", "is_primary", "tenant"],
  ],
];
/** Decorators that give a model no fields. */
const PLAIN_DECORATORS =
  /(?:^|\.)(?:register|register_snippet|python_2_unicode_compatible|total_ordering|track|deprecated|final|override|history|auditlog|receiver|cached|dataclass_transform)$/;
/** Bases without fields. */
const PLAIN_BASES = /^(?:object|(?:typing\.)?Generic|(?:abc\.)?ABC|typing\.\w+|dataclasses\.\w+)$/;
const MAX_DEPTH = 12;

export function readModelClass(index: CodeIndex, module: PythonModule, node: PyNode): ModelClass {
  const fields = new Map<string, DeclaredField>();
  const managers: DeclaredManager[] = [];
  const generic: GenericRelation[] = [];
  let incomplete: string | null = null;
  let open: OpenClass | null = null;
  const opens = (reason: string, names: readonly string[] | null = null): void => {
    if (open === null || (open.fields !== null && names === null)) open = { reason, fields: names };
    else if (open.fields !== null && names !== null) open = { reason: open.reason, fields: [...open.fields, ...names] };
  };
  const seen = new Set<PyNode>();

  const visit = (cls: PyNode, at: PythonModule, depth: number): void => {
    if (seen.has(cls)) return;
    const part = seen.size;
    seen.add(cls);
    if (cls.hasError) incomplete ??= `a syntax error in ${at.display}`;
    const decorated = cls.parent?.type === "decorated_definition" ? cls.parent.children.filter((c) => c.type === "decorator") : [];
    for (const decorator of decorated) {
      incomplete ??= `the decorator \`${decorator.text}\``;
      if (givesFields(index, at, decorator)) opens(incomplete);
    }
    if (keywordBase(cls) !== null) {
      incomplete ??= `a metaclass of its own`;
      opens(incomplete);
    }
    for (const statement of bodyStatements(cls.child("body"))) {
      const bound = assignment(statement);
      if (bound === null) {
        if (!["function_definition", "decorated_definition", "class_definition", "pass_statement"].includes(statement.type)) {
          const inner = statement.namedChildren[0];
          const harmless =
            statement.type === "expression_statement" &&
            (inner?.type === "string" ||
              inner?.type === "ellipsis" ||
              inner?.type === "assignment" ||
              inner?.type === "concatenated_string");
          if (!harmless) incomplete ??= `the statement in ${at.display}:${statement.span.line}`;
          if (/\b(?:locals|vars|exec|setattr)\s*\(/.test(statement.text)) opens(`the statement in ${at.display}:${statement.span.line}`);
        }
        continue;
      }
      const { name, value } = bound;
      if (value.type === "none") {
        if (!fields.has(name)) fields.set(name, { name, kind: "removed", className: null, call: value, node: bound.node, part });
        continue;
      }
      if (value.type !== "call") continue;
      if (isManager(index, at, value)) {
        if (!managers.some((m) => m.name === name)) managers.push({ name, value, module: at });
        continue;
      }
      if (fields.has(name)) continue;
      const path = calleePath(index, at, value);
      if (path?.endsWith("GenericRelation") === true) {
        const relation = readGenericRelation(value);
        if (relation !== null) generic.push(relation);
        continue;
      }
      const wrapped = wrappedField(index, at, value);
      if (wrapped !== null) fields.set(name, { name, node: bound.node, part, ...wrapped });
      else fields.set(name, { name, kind: "field", className: path, call: value, node: bound.node, part });
    }
    for (const base of superclasses(cls)) {
      const dotted = dottedName(base.type === "subscript" ? base.child("value") : base);
      const found = dotted === null ? null : index.resolve(at, dotted);
      if (found?.kind === "class") {
        if (depth >= MAX_DEPTH) {
          incomplete ??= `bases nested deeper than ${MAX_DEPTH}`;
          opens(incomplete);
        } else if (isAbstract(found.node) || !looksLikeModel(index, found.module, found.node)) visit(found.node, found.module, depth + 1);
        // A concrete base is a multi-table parent: its fields stand in its own table.
      } else if (found?.kind === "external" && KNOWN_BASES[found.path] !== undefined) {
        for (const name of KNOWN_BASES[found.path] ?? []) {
          if (!fields.has(name)) fields.set(name, { name, kind: "field", className: null, call: base, node: base, part: part + 1 });
        }
        if (found.path.endsWith("AbstractUser")) managers.push({ name: "objects", value: base, module: at });
      } else if (!PLAIN_BASES.test(found?.kind === "external" ? found.path : (dotted ?? ""))) {
        const reason = `the base \`${base.text}\`, which is not in the repository`;
        incomplete ??= reason;
        opens(reason, packageFields(found?.kind === "external" ? found.path : base.text));
      }
    }
  };
  visit(node, module, 0);
  return { node, module, fields, managers, genericRelations: generic, parts: [...seen], incomplete, open };
}

/** What a base of a well-known package may give, or null: nobody knows. */
function packageFields(path: string): readonly string[] | null {
  const fields = PACKAGE_BASES.flatMap(([pattern, names]) => (pattern.test(path.replace(/\(.*$/s, "")) ? [names] : []));
  return fields.length === 0 ? null : fields.flat();
}

/** A decorator of the repository is read; of those of packages the usual ones are known. */
function givesFields(index: CodeIndex, module: PythonModule, decorator: PyNode): boolean {
  const expression = decorator.namedChildren[0];
  const dotted = dottedName(expression?.type === "call" ? expression.child("function") : (expression ?? null));
  const found = dotted === null ? null : index.resolve(module, dotted);
  if (found?.kind === "function" || found?.kind === "class")
    return /add_to_class|contribute_to_class|setattr|_meta\b|\btype\(/.test(found.node.text);
  return !PLAIN_DECORATORS.test(found?.kind === "external" ? found.path : (dotted ?? ""));
}

/** An inner `class Meta`'s option as written, or null. */
export function metaOption(cls: PyNode, option: string, inner: RegExp = /^Meta$/): PyNode | null {
  for (const statement of bodyStatements(cls.child("body"))) {
    if (statement.type !== "class_definition" || !inner.test(statement.child("name")?.text ?? "")) continue;
    for (const one of bodyStatements(statement.child("body"))) {
      const bound = assignment(one);
      if (bound?.name === option) return bound.value;
    }
  }
  return null;
}

function isAbstract(cls: PyNode): boolean {
  return metaOption(cls, "abstract")?.text === "True";
}

/** Whether a class is a Django model: one of its bases, however far, is `Model` or a base that only models have. */
export function looksLikeModel(index: CodeIndex, module: PythonModule, cls: PyNode, depth = 0): boolean {
  return superclasses(cls).some((base) => {
    const dotted = dottedName(base);
    const found = dotted === null ? null : index.resolve(module, dotted);
    if (found?.kind === "class") return depth < MAX_DEPTH && looksLikeModel(index, found.module, found.node, depth + 1);
    const path = found?.kind === "external" ? found.path : (dotted ?? "");
    return KNOWN_BASES[path] !== undefined || path.endsWith("Model");
  });
}

function keywordBase(cls: PyNode): PyNode | null {
  return cls.child("superclasses")?.namedChildren.find((n) => n.type === "keyword_argument") ?? null;
}

function calleePath(index: CodeIndex, module: PythonModule, call: PyNode): string | null {
  const dotted = dottedName(call.child("function"));
  if (dotted === null) return null;
  const found = index.resolve(module, dotted);
  return found?.kind === "external" ? found.path : dotted;
}

function isManager(index: CodeIndex, module: PythonModule, call: PyNode): boolean {
  const callee = call.child("function");
  const text = callee?.text ?? "";
  if (/(?:Manager|\.as_manager)$/.test(text) || text.includes("from_queryset(")) return true;
  // A field class may have a `get_queryset` too (django-extensions' AutoSlugField).
  if (text.endsWith("Field")) return false;
  const dotted = dottedName(callee);
  const found = dotted === null ? null : index.resolve(module, dotted);
  if (found?.kind === "value") return found.node.text.includes("from_queryset(");
  return (
    found?.kind === "class" &&
    (methodOf(found.node, "get_queryset") !== null || superclasses(found.node).some((b) => /Manager/.test(b.text)))
  );
}

/**
 * `deprecate_field(models.CharField(…))` of django-deprecate-fields: outside of `makemigrations` and `migrate` it returns a
 * descriptor, not a field, so the running app neither selects nor writes the column. A helper of the repository counts when it can
 * return something else than the field it was given; one that only marks the field changes nothing.
 */
function wrappedField(index: CodeIndex, module: PythonModule, call: PyNode): Pick<DeclaredField, "kind" | "className" | "call"> | null {
  const inner = positional(call)[0];
  if (inner?.type !== "call") return null;
  const dotted = dottedName(call.child("function"));
  if (dotted === null) return null;
  const found = index.resolve(module, dotted);
  const name = dotted.slice(dotted.lastIndexOf(".") + 1);
  const className = calleePath(index, module, inner);
  if (found?.kind === "function") {
    const same = returnsItsParameter(found.node);
    return { kind: same ? "field" : "deprecated", className, call: inner };
  }
  const path = found?.kind === "external" ? found.path : name;
  return path.endsWith("deprecate_field") ? { kind: "deprecated", className, call: inner } : null;
}

function readGenericRelation(call: PyNode): GenericRelation | null {
  const to = positional(call)[0] ?? keyword(call, "to");
  if (to === undefined || to === null) return null;
  return {
    to: stringValue(to) ?? to.text,
    objectId: stringValue(keyword(call, "object_id_field")) ?? "object_id",
    contentType: stringValue(keyword(call, "content_type_field")) ?? "content_type",
  };
}
