import type { DynamicAccess } from "../../../model/query.ts";
import type { PyNode } from "../../../sources/django/python.ts";
import type { Span } from "../../../text/span.ts";
import type { CodeIndex } from "../code-index.ts";
import type { Reconciled } from "../reconcile.ts";
import { calleeName, descendants, positional, stringValue } from "../../../sources/django/run-python/python-shapes.ts";
import type { JoinTable, RunningModels } from "../running-model.ts";
import { qualified } from "../sql.ts";
import type { Use } from "../sql.ts";
import { readClassUses } from "./class-uses.ts";
import { cascadedFrom } from "./cascades.ts";
import { readDeclaredAttributes } from "./declared-attributes.ts";
import { readDelete, readDynamic } from "./deletes-and-dynamic.ts";
import { Receivers } from "./receivers.ts";
import { readNamedInBody, readNamedInKeyword, readNamedInPattern, readNamedInString } from "./named-in-strings.ts";
import { readAttributeUse, readLimitedChoices, readLookupUses } from "./accessor-uses.ts";
import { readTemplates } from "./template-uses.ts";
import { readFixtures } from "./fixture-uses.ts";

/** What the code of a version does with its many-to-many tables. */
export interface Usage {
  readonly useOf: (join: JoinTable) => Use;
  /** Access that may reach a table which nothing was seen to use for certain. */
  readonly dynamic: readonly DynamicAccess[];
}

/** What the readers of single constructs report to. */
interface UsageSink {
  /** The table of this field is used here. */
  uses(join: JoinTable, at: Span): void;
  /** Rows of these models are deleted here. */
  deletes(labels: ReadonlySet<string>, at: Span): void;
  /** Something here may use one of these (null: any) join tables, and reading cannot tell. */
  mayUse(joins: readonly JoinTable[] | null, reason: string, at: Span): void;
}

export interface UsageContext {
  readonly index: CodeIndex;
  readonly models: RunningModels;
  readonly receivers: Receivers;
  readonly joins: readonly JoinTable[];
  /** Join tables by each name under which code reaches them from an instance: `tags`, `dashboard_set`. */
  readonly byAccessor: ReadonlyMap<string, readonly Side[]>;
  /** The same for names in lookups: `tags`, `dashboard`. */
  readonly byLookup: ReadonlyMap<string, readonly Side[]>;
  readonly sink: UsageSink;
  /** Forms, serializers, admin classes and views whose own reader knew what they are about. */
  readonly understood: Set<PyNode>;
}

export interface Side {
  readonly join: JoinTable;
  /** Label of the model whose instances have the accessor. */
  readonly on: string;
}

/** Field names of Django's own permission tables: its authentication backend reads them without any code of the project. */
const PERMISSION_FIELDS = new Set(["groups", "user_permissions", "permissions"]);

/**
 * Only many-to-many tables need this reading: every column that a model declares is named by its SELECT anyway, and one that it
 * does not declare cannot be reached through the ORM, however dynamic the access is (`getattr` raises AttributeError, a lookup
 * FieldError). So dynamic access matters exactly for tables that are read only on use.
 */
export function readUsage(
  index: CodeIndex,
  { models, classes, labels }: Reconciled,
  userModel: string | null,
  installed: readonly string[] | null = null,
): Usage {
  const joins = models.all.flatMap((m) => m.joinTables);
  const used = new Map<JoinTable, Span | null>();
  const deleted = new Map<string, Span>();
  const maybe: { readonly joins: readonly JoinTable[] | null; readonly reason: string; readonly at: Span }[] = [];
  for (const join of joins) {
    const outside = !classes.has(join.owner);
    // The code of a model from a package is not here to be read, so its tables count as used.
    if (outside || (PERMISSION_FIELDS.has(join.field) && /^auth\.(?:group|permission)$/.test(join.target))) used.set(join, null);
  }
  if (joins.some((j) => !used.has(j))) {
    const sink: UsageSink = {
      uses: (join, at) => void (used.has(join) || used.set(join, at)),
      deletes: (labels, at) => {
        for (const label of labels) if (!deleted.has(label)) deleted.set(label, at);
      },
      mayUse: (which, reason, at) => void maybe.push({ joins: which, reason, at }),
    };
    const receivers = new Receivers(index, models, labels, userModel);
    const context: UsageContext = { index, models, receivers, joins, sink, understood: new Set(), ...names(joins, models) };
    readCode(context, (join) => !used.has(join));
    deletedInAdmin(context, userModel, installed);
    readTemplates(context);
    readFixtures(context);
    for (const [label, { at }] of cascadedFrom(deleted, models)) {
      for (const join of joins) if ((join.owner === label || join.target === label) && !used.has(join)) used.set(join, at);
    }
  }
  const dynamic: DynamicAccess[] = [];
  for (const { joins: which, reason, at } of maybe) {
    const tables = (which ?? joins).filter((j) => !used.has(j)).map((j) => qualified(j.table));
    if (tables.length > 0) dynamic.push({ tables, reason, span: at });
  }
  return {
    useOf: (join) => (used.has(join) ? { use: "certain", usedAt: used.get(join) ?? null } : { use: "latent", usedAt: null }),
    dynamic,
  };
}

function names(joins: readonly JoinTable[], models: RunningModels): Pick<UsageContext, "byAccessor" | "byLookup"> {
  const byAccessor = new Map<string, Side[]>();
  const byLookup = new Map<string, Side[]>();
  const put = (map: Map<string, Side[]>, name: string | null, join: JoinTable, on: string): void => {
    if (name === null) return;
    const list = map.get(name);
    if (list === undefined) map.set(name, [{ join, on }]);
    else list.push({ join, on });
  };
  for (const join of joins) {
    const target = models.get(join.target)?.label ?? join.target;
    put(byAccessor, join.field, join, join.owner);
    put(byAccessor, join.reverseName, join, target);
    put(byLookup, join.field, join, join.owner);
    put(byLookup, join.reverseQueryName, join, target);
  }
  return { byAccessor, byLookup };
}

/** The admin's own pages delete users and groups, with everything that CASCADE keys tie to them, and no code of the project says so. */
function deletedInAdmin({ index, models, sink }: UsageContext, userModel: string | null, installed: readonly string[] | null): void {
  const has = (app: string): boolean => installed?.some((one) => one.startsWith(`django.contrib.${app}`)) === true;
  if (!has("admin") || !has("auth")) return;
  const labels = ["auth.user", "auth.group"].filter(
    (label) => models.get(label) !== null && (label !== "auth.user" || userModel === label),
  );
  const routes = index.paths.find((path) => /\badmin\.site\.urls\b|\.site\.urls\b/.test(index.text(path)));
  const module = routes === undefined ? null : index.load(routes);
  const at = module === null ? null : module.span(0, 0);
  if (labels.length > 0 && at !== null) sink.deletes(new Set(labels), at);
}

const ALWAYS = [
  String.raw`\.a?delete\(`,
  String.raw`\b(?:getattr|attrgetter|__getattribute__)\(`,
  String.raw`\bget_model\(`,
  String.raw`\bModelAdmin\b|\badmin\.(?:site\.)?register\b|\bregister\(|Inline\b`,
  String.raw`Serializer\b|ModelForm\b|modelform_factory|FilterSet\b|DjangoObjectType|ModelResource|ModelSchema|modelformset_factory|ViewSet\b|DestroyAPIView|DestroyModelMixin|DeleteView|UpdateView|CreateView`,
  String.raw`\bmodel_to_dict\(|\bserializers\.serialize\(|_meta\b`,
  String.raw`\b(?:filter|exclude|get|values|values_list|order_by|prefetch_related|only|annotate)\([^)]*\*`,
  String.raw`\bprefetch_related\(\s*\w`,
].join("|");

/**
 * Parsing is what costs (5 ms a file), so files are visited in two rounds. First those that hold a name of a table whose use is
 * still open; then, only if tables are still open, those that delete, or that show a model without naming its fields.
 */
function readCode(context: UsageContext, isOpen: (join: JoinTable) => boolean): void {
  const { index, byAccessor, byLookup, joins } = context;
  // Which admin class stands for which model is said apart from both: `admin.site.register(Dashboard, DashboardAdmin)`.
  const registrations = index.paths.filter((p) => /\b(?:site|admin)\.register\(/.test(index.text(p)));
  for (const path of registrations) {
    const module = index.load(path);
    for (const call of module === null ? [] : descendants(module.root, "call")) {
      if (calleeName(call) === "register") registerAdmin(context, call);
    }
  }
  const visited = new Set<string>();
  const round = (wanted: () => RegExp): void => {
    let open = joins.filter(isOpen);
    let pattern = wanted();
    for (const path of index.paths) {
      if (open.length === 0) return;
      if (visited.has(path) || !pattern.test(index.text(path))) continue;
      visited.add(path);
      const module = index.load(path);
      if (module !== null) visit(module.root, context);
      const [error] = module?.errors ?? [];
      if (module !== null && error !== undefined) {
        context.sink.mayUse(null, "a syntax error: what stands around it was not read", module.span(error.start, error.end));
      }
      const still = open.filter(isOpen);
      if (still.length < open.length) {
        open = still;
        pattern = wanted();
      }
    }
  };
  const sides = (map: ReadonlyMap<string, readonly Side[]>): readonly string[] =>
    [...map].flatMap(([name, list]) => (list.some((s) => isOpen(s.join)) ? [name.replaceAll(/\W/g, "\\$&")] : []));
  round(() => {
    const words = [...new Set([...sides(byAccessor), ...sides(byLookup)])].join("|");
    // An attribute that is not called (`d.items()` is a dictionary's), a path in a string, a path in a keyword, an attribute of a class.
    const path = String.raw`(?:\w+__)*(?:${words})(?:__\w+)*`;
    return new RegExp(
      String.raw`\.(?:${words})\b(?!\s*\((?!\s*manager\b))|["'](?:[^"'\n]{0,120}[^\w"'\n])?${path}(?!\w)|[(,]\s*${path}\s*=(?!=)|^[ \t]+(?:${words})\s*[:=]`,
      "m",
    );
  });
  if (!joins.some(isOpen)) return;
  round(() => new RegExp(ALWAYS));
}

function visit(node: PyNode, context: UsageContext): void {
  for (const child of node.children) {
    if (!child.named) continue;
    switch (child.type) {
      case "attribute":
        readAttributeUse(child, context);
        break;
      case "call":
        readLookupUses(child, context);
        readDelete(child, context);
        readDynamic(child, context);
        readNamedInKeyword(child, context);
        break;
      case "keyword_argument":
        readLimitedChoices(child, context);
        break;
      case "string":
        readNamedInString(child, context);
        break;
      case "identifier":
        readNamedInBody(child, context);
        break;
      case "keyword_pattern":
        readNamedInPattern(child, context);
        break;
      case "class_definition":
        readClassUses(child, context);
        readDeclaredAttributes(child, context);
        break;
      default:
    }
    visit(child, context);
  }
}

function registerAdmin(context: UsageContext, call: PyNode): void {
  const callee = call.child("function");
  if (callee?.type !== "attribute" || !/(?:site|admin)/i.test(callee.child("object")?.text ?? "")) return;
  if (call.parent?.type === "decorator") return;
  const [model, admin] = positional(call);
  if (model === undefined) return;
  const items = ["list", "tuple"].includes(model.type) ? model.namedChildren : [model];
  for (const item of items) {
    const labels = item.type === "string" ? context.receivers.label(stringValue(item), item.module) : context.receivers.of(item);
    if (labels === null) continue;
    const cls = admin === undefined ? null : context.index.resolve(admin.module, admin.text);
    if (cls?.kind === "class") context.receivers.register(cls.node, labels);
    else {
      // No class of its own: the default one shows every field and can delete.
      context.sink.deletes(labels, call.span);
      for (const join of context.joins) if (labels.has(join.owner)) context.sink.uses(join, call.span);
    }
  }
}
