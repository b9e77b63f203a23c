import type { Node } from "../../text/syntax.ts";
import type { Casing } from "./casing.ts";
import { readColumns } from "./columns.ts";
import type { ColumnsRead, DrizzleColumn } from "./columns.ts";
import { chainOf, returned, stringOf } from "./modules.ts";
import type { Chain, Module, Project } from "./modules.ts";

/** A table or view that a Drizzle schema defines. */
export interface DrizzleTable {
  /** The name of its constant. */
  readonly constant: string;
  readonly kind: "table" | "view";
  readonly schema: string | null;
  /** Null when only running the code would tell. */
  readonly name: string | null;
  readonly columns: readonly DrizzleColumn[];
  /** Names of the key's columns. */
  readonly key: readonly string[];
  readonly unread: ColumnsRead["unread"];
  readonly node: Node;
  readonly module: Module;
}

/** Every table and view that is defined at the top of a module or inside of a function. */
export function tablesIn(project: Project, module: Module, casing: Casing): DrizzleTable[] {
  return module.root.descendantsOfType("variable_declarator").flatMap((declarator) => {
    const name = declarator.childForFieldName("name")?.text ?? "";
    const value = declarator.childForFieldName("value");
    const chain = value === null ? null : chainOf(value);
    const table = value === null || chain === null ? null : tableOf(project, module, name, chain, value, casing);
    return table === null ? [] : [table];
  });
}

function tableOf(project: Project, module: Module, constant: string, chain: Chain, node: Node, casing: Casing): DrizzleTable | null {
  const maker = makerOf(project, module, chain);
  if (maker === null) return null;
  const given = stringOf(chain.args[0]);
  const name = given === null ? null : maker.rename(given);
  const columns = chain.args[1];
  const base = { constant, kind: maker.kind, schema: maker.schema, name, node, module } as const;
  if (columns === undefined) {
    // `pgView("x").as((qb) => …)`: its columns are those of a query.
    return { ...base, columns: [], key: [], unread: [{ reason: "its columns are those of a query", node, module }] };
  }
  const read = readColumns(project, { node: columns, module }, casing);
  const own = read.columns.filter((column) => column.primaryKey).map((column) => column.name);
  return { ...base, columns: read.columns, key: own.length > 0 ? own : compoundKey(chain.args[2], read.columns), unread: read.unread };
}

interface Maker {
  readonly kind: "table" | "view";
  readonly schema: string | null;
  rename(name: string): string;
}

/** What kind of thing a call defines: `pgTable`, a creator made with `pgTableCreator`, `schema.table`, `pgView`. */
function makerOf(project: Project, module: Module, chain: Chain): Maker | null {
  const plain = (kind: Maker["kind"], schema: string | null = null): Maker => ({ kind, schema, rename: (name) => name });
  if (chain.object === null) {
    const imported = project.drizzleName(chain.name, module) ?? chain.name;
    if (imported === "pgTable") return plain("table");
    if (imported === "pgView" || imported === "pgMaterializedView") return plain("view");
    return creatorOf(project, module, chain.name);
  }
  const namespace = module.imports.get(chain.object);
  if (namespace?.name === "*" && namespace.from.startsWith("drizzle-orm")) {
    return chain.name === "pgTable" ? plain("table") : /^pg(?:Materialized)?View$/.test(chain.name) ? plain("view") : null;
  }
  if (chain.name === "withRLS" && project.drizzleName(chain.object, module) === "pgTable") return plain("table");
  if (!/^(?:table|view|materializedView)$/.test(chain.name)) return null;
  const owner = project.resolve(chain.object, module);
  const made = owner === undefined ? null : chainOf(owner.node);
  if (made === null || made.name !== "pgSchema") return null;
  return plain(chain.name === "table" ? "table" : "view", stringOf(made.args[0]));
}

/** `const createTable = pgTableCreator((name) => `app_${name}`)`. */
function creatorOf(project: Project, module: Module, name: string): Maker | null {
  const value = project.resolve(name, module);
  const made = value === undefined ? null : chainOf(value.node);
  if (made === null || made.name !== "pgTableCreator") return null;
  const arrow = made.args[0];
  const body = arrow === undefined ? null : returned(arrow);
  const parameter =
    arrow?.childForFieldName("parameter")?.text ?? arrow?.descendantsOfType(["required_parameter", "identifier"])[0]?.text ?? "";
  const template = body?.type === "template_string" ? body.text.slice(1, -1) : body?.type === "identifier" ? `\${${body.text}}` : null;
  const variable = parameter.split(":")[0]?.trim() ?? "";
  return {
    kind: "table",
    schema: null,
    rename: (given) => (template === null ? given : template.replaceAll(`\${${variable}}`, given)),
  };
}

/** `primaryKey({ columns: [t.a, t.b] })` in the third argument. */
function compoundKey(extra: Node | undefined, columns: readonly DrizzleColumn[]): string[] {
  const call = extra?.descendantsOfType("call_expression").find((node) => node.childForFieldName("function")?.text === "primaryKey");
  if (call === undefined) return [];
  return call.descendantsOfType("member_expression").flatMap((member) => {
    const key = member.childForFieldName("property")?.text;
    return columns.find((column) => column.key === key)?.name ?? [];
  });
}
