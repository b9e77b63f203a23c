import type { Node } from "../../text/syntax.ts";
import { cased } from "./casing.ts";
import type { Casing } from "./casing.ts";
import { chainOf, returned, stringOf, unwrap } from "./modules.ts";
import type { Chain, Located, Module, Project } from "./modules.ts";

/** A column of a Drizzle table. */
export interface DrizzleColumn {
  /** Its key in the code. */
  readonly key: string;
  /** Its name in the database. */
  readonly name: string;
  readonly notNull: boolean;
  readonly primaryKey: boolean;
  /** Who fills it when an insert does not: the client (`$defaultFn`, `$onUpdate`), the database, or nobody. */
  readonly filledBy: "client" | "database" | null;
  /** A stored expression: never written. */
  readonly generated: boolean;
  /** `GENERATED ALWAYS AS IDENTITY`: named in INSERT, but only ever as `default`. */
  readonly alwaysIdentity: boolean;
  /** Where its key stands; of a spread object, there. */
  readonly at?: Located;
}

export interface ColumnsRead {
  readonly columns: readonly DrizzleColumn[];
  /** What only running the code would tell, with its node. */
  readonly unread: readonly { readonly reason: string; readonly node: Node; readonly module: Module }[];
}

type Unread = ColumnsRead["unread"][number];

/** The columns of a table's second argument: an object, a function that returns one, or a name of either. */
export function readColumns(project: Project, at: Located, casing: Casing, depth = 0): ColumnsRead {
  const columns: DrizzleColumn[] = [];
  const unread: Unread[] = [];
  const object = objectOf(project, at, depth);
  if (object === null || depth > 8) {
    return { columns, unread: [{ reason: "its columns are computed", node: at.node, module: at.module }] };
  }
  const add = (read: ColumnsRead): void => {
    columns.push(...read.columns);
    unread.push(...read.unread);
  };
  for (const entry of object.node.namedChildren) {
    if (entry.type === "comment") continue;
    if (entry.type === "spread_element") {
      const spread = entry.namedChild(0);
      if (spread !== null) add(readColumns(project, { node: unwrap(spread), module: object.module }, casing, depth + 1));
      continue;
    }
    const key =
      entry.type === "pair" ? keyOf(entry.childForFieldName("key")) : entry.type === "shorthand_property_identifier" ? entry.text : null;
    const value = entry.type === "pair" ? entry.childForFieldName("value") : entry;
    const column =
      key === null || value === null ? null : readColumn(project, key, { node: unwrap(value), module: object.module }, casing, 0);
    if (column === null)
      unread.push({
        reason: `its column \`${entry.text.split("\n")[0]?.slice(0, 50) ?? ""}\` is computed`,
        node: entry,
        module: object.module,
      });
    else columns.push({ ...column, at: { node: entry, module: object.module } });
  }
  // A later key of the same name replaces the earlier one, as in the object.
  return { columns: [...new Map(columns.map((column) => [column.key, column])).values()], unread };
}

function keyOf(node: Node | null): string | null {
  if (node === null) return null;
  if (node.type === "property_identifier") return node.text;
  return node.type === "string" ? node.text.slice(1, -1) : null;
}

/** Follows names, calls of helper functions and `shared.timestamps` to the object that lists the columns. */
function objectOf(project: Project, at: Located, depth: number): Located | null {
  if (depth > 8) return null;
  const node = unwrap(at.node);
  if (node.type === "object") return { node, module: at.module };
  const body = returned(node);
  if (body !== null) return objectOf(project, { node: body, module: at.module }, depth + 1);
  if (node.type === "identifier") {
    const value = project.resolve(node.text, at.module);
    return value === undefined ? null : objectOf(project, value, depth + 1);
  }
  if (node.type === "member_expression") {
    const of = node.childForFieldName("object");
    const name = node.childForFieldName("property")?.text;
    const owner = of === null ? null : objectOf(project, { node: of, module: at.module }, depth + 1);
    const pair = owner?.node.namedChildren.find((entry) => entry.type === "pair" && keyOf(entry.childForFieldName("key")) === name);
    const value = pair?.childForFieldName("value");
    return owner === null || owner === undefined || value === null || value === undefined
      ? null
      : objectOf(project, { node: value, module: owner.module }, depth + 1);
  }
  if (node.type === "call_expression") {
    const callee = node.childForFieldName("function");
    return callee === null ? null : objectOf(project, { node: callee, module: at.module }, depth + 1);
  }
  return null;
}

const SERIAL = /^(?:small|big)?serial$/;

function readColumn(project: Project, key: string, at: Located, casing: Casing, depth: number): DrizzleColumn | null {
  if (depth > 8) return null;
  const { node, module } = at;
  if (node.type === "identifier" || node.type === "shorthand_property_identifier") {
    const value = project.resolve(node.text, module);
    return value === undefined ? null : readColumn(project, key, { node: unwrap(value.node), module: value.module }, casing, depth + 1);
  }
  const chain = chainOf(node);
  if (chain === null) return null;
  const helper = helperOf(project, chain, module);
  const base = helper === null ? null : readColumn(project, key, helper, casing, depth + 1);
  if (helper !== null && base === null) return null;
  return described(key, chain, base, casing);
}

/** The returned expression of a function of the project, or null when the base is a column builder itself. */
function helperOf(project: Project, chain: Chain, module: Module): Located | null {
  if (chain.object !== null) return null;
  const value = project.resolve(chain.name, module);
  const body = value === undefined ? null : returned(value.node);
  return value === undefined || body === null ? null : { node: body, module: value.module };
}

function described(key: string, chain: Chain, base: DrizzleColumn | null, casing: Casing): DrizzleColumn {
  const called = new Set(chain.methods.map(({ name }) => name));
  const has = (...names: string[]): boolean => names.some((name) => called.has(name));
  const serial = base === null && SERIAL.test(chain.name);
  const identity = has("generatedAlwaysAsIdentity", "generatedByDefaultAsIdentity");
  const primaryKey = has("primaryKey") || base?.primaryKey === true;
  const filledBy =
    serial || identity || has("default", "defaultNow", "defaultRandom")
      ? "database"
      : has("$default", "$defaultFn", "$onUpdate", "$onUpdateFn")
        ? "client"
        : (base?.filledBy ?? null);
  return {
    key,
    name:
      (base === null ? stringOf(chain.args[0]) : null) ??
      (base !== null && base.name !== cased(key, casing) ? base.name : cased(key, casing)),
    notNull: serial || identity || primaryKey || has("notNull") || base?.notNull === true,
    primaryKey,
    filledBy,
    generated: has("generatedAlwaysAs") || base?.generated === true,
    alwaysIdentity: has("generatedAlwaysAsIdentity") || base?.alwaysIdentity === true,
  };
}
