import type { Problem } from "../../model/migration.ts";
import type { Declared, DynamicAccess, LiveVersion, Query } from "../../model/query.ts";
import { decode } from "../../sources/files/decode.ts";
import { drizzleConfigs, readDrizzleConfig } from "../../sources/drizzle/config.ts";
import { isWithin } from "../../sources/files/paths.ts";
import type { Files } from "../../sources/source.ts";
import type { Span } from "../../text/span.ts";
import type { Node } from "../../text/syntax.ts";
import type { App, AppInput } from "../app.ts";
import type { Casing } from "./casing.ts";
import { drizzleDeclarations } from "./declarations.ts";
import { Project, chainOf, moduleOf } from "./modules.ts";
import { queriesOfTable } from "./queries.ts";
import { tablesIn } from "./tables.ts";

/** An app that uses drizzle-orm, read from its table definitions in TypeScript. They are never executed. */
export const drizzleApp: App = {
  type: "drizzle",
  detect: (files, root) => drizzleConfigs(files.list(root)).length > 0,
  read: readDrizzle,
};

async function readDrizzle({ files, root, name, database }: AppInput): Promise<LiveVersion> {
  const config = await readDrizzleConfig(files, root);
  const project = new Project();
  const problems: Problem[] = [];
  try {
    const declared = await loadModules(project, files, root, config?.out ?? null);
    const casing = declared ?? config?.casing ?? null;
    const queries: Query[] = [];
    const dynamic: DynamicAccess[] = [];
    const declares: Declared[] = [];
    for (const module of project.modules) {
      const file = files.display(module.path);
      for (const table of tablesIn(project, module, casing)) {
        const span = spanOf(table.node, file);
        if (table.name === null) {
          dynamic.push({ tables: [], reason: `the name of the table \`${table.constant}\` is computed`, span });
          continue;
        }
        const qualified = `${table.schema ?? "public"}.${table.name}`;
        for (const { reason, node, module: at } of table.unread) {
          dynamic.push({ tables: [qualified], reason: `${table.constant}: ${reason}`, span: spanOf(node, files.display(at.path)) });
        }
        if (table.columns.length > 0) queries.push(...queriesOfTable(table, table.name, span));
        declares.push(...drizzleDeclarations(table, qualified, files));
      }
    }
    if (queries.length === 0) problems.push(nothing(files, root));
    return { name, database, queries, migrations: null, dynamic, problems, declares };
  } finally {
    for (const module of project.modules) module.free();
  }
}

const CODE = /\.(?:[cm]?tsx?|[cm]?js)$/;
const NOT_THE_APP = /\.d\.[cm]?ts$|\.(?:test|spec)\.[cm]?[jt]sx?$|(?:^|\/)(?:tests?|__tests__|e2e)\//;
const DEFINES = /\bdrizzle-orm\/pg-core\b|\bpgTable(?:Creator)?\b|\bpgSchema\b/;

/**
 * Parses the files that define tables, then those that use a creator or schema object which the first ones define.
 * @returns the `casing` that the code passes to `drizzle()`, if any
 */
async function loadModules(project: Project, files: Files, root: string, out: string | null): Promise<Casing> {
  const { loadGrammar } = await import("../../text/syntax.ts");
  const parsers = { ts: await loadGrammar("typescript"), tsx: null as Awaited<ReturnType<typeof loadGrammar>> | null };
  const later: { path: string; text: string }[] = [];
  let casing: Casing = null;
  const add = async (path: string, text: string): Promise<void> => {
    if (path.endsWith("x")) parsers.tsx ??= await loadGrammar("tsx");
    const parse = path.endsWith("x") && parsers.tsx !== null ? parsers.tsx : parsers.ts;
    project.add(moduleOf(path, parse(text)));
  };
  for (const path of files.list(root)) {
    if (!CODE.test(path) || NOT_THE_APP.test(path) || (out !== null && isWithin(out, path))) continue;
    const { text } = decode(files.read(path));
    if (!/drizzle\.config\.\w+$/.test(path)) casing ??= casingIn(text);
    if (DEFINES.test(text)) await add(path, text);
    else if (text.includes("import")) later.push({ path, text });
  }
  const makers = project.modules.flatMap(({ values }) =>
    [...values].filter(([, value]) => /^pg(?:TableCreator|Schema)$/.test(chainOf(value)?.name ?? "")).map(([maker]) => maker),
  );
  if (makers.length === 0) return casing;
  const uses = new RegExp(`\\b(?:${makers.join("|")})\\b\\s*[.(]`);
  for (const { path, text } of later) if (uses.test(text)) await add(path, text);
  return casing;
}

/** `drizzle(client, { casing: "snake_case" })`. */
function casingIn(text: string): Casing {
  if (!text.includes("casing") || !/\bdrizzle\s*(?:<[^>]*>)?\(/.test(text)) return null;
  const found = /\bcasing\s*:\s*["'](snake_case|camelCase)["']/.exec(text)?.[1];
  return found === "snake_case" || found === "camelCase" ? found : null;
}

function spanOf(node: Node, file: string): Span {
  const { startPosition: start, endPosition: end } = node;
  return { file, line: start.row + 1, column: start.column + 1, endLine: end.row + 1, endColumn: end.column + 1 };
}

function nothing(files: Files, root: string): Problem {
  return {
    code: "no-tables",
    message: `no Drizzle tables were found in ${files.display(root)}`,
    help: "Tables are found where they are defined with pgTable, pgTableCreator or pgSchema(…).table. Correct `root` or `path` of this version.",
    span: null,
    fatal: true,
  };
}
