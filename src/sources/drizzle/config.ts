import type { Problem } from "../../model/migration.ts";
import type { Node } from "../../text/syntax.ts";
import { decode } from "../files/decode.ts";
import { folderOf, joinPath, nameOf, normalisePath } from "../files/paths.ts";
import type { Files } from "../source.ts";

/** What `drizzle.config.*` says, as far as it can be read without running it. Paths are relative to the `Files` root. */
export interface DrizzleConfig {
  readonly path: string;
  /** Folder of the migrations; `./drizzle` is the tool's default. */
  readonly out: string;
  /** Files, folders or patterns of the table definitions, as written. */
  readonly schema: readonly string[];
  readonly dialect: string | null;
  readonly casing: "snake_case" | "camelCase" | null;
  readonly problems: readonly Problem[];
}

const CONFIG = /^drizzle\.config\.(?:ts|mts|cts|js|mjs|cjs|json)$/;
/** Relative to the working directory of the tool, hence of the config's folder. */
const DEFAULT_OUT = "drizzle";

/** Paths of the configuration files among `paths`. */
export function drizzleConfigs(paths: readonly string[]): string[] {
  return paths.filter((path) => CONFIG.test(nameOf(path)));
}

/** The configuration in `root`, or the nearest below it, or null. Read as text: it is never executed. */
export async function readDrizzleConfig(files: Files, root: string): Promise<DrizzleConfig | null> {
  const top = normalisePath(root);
  const direct = ["ts", "js", "mjs", "mts", "cjs", "cts", "json"].map((ext) => joinPath(top, `drizzle.config.${ext}`));
  const path = direct.find((file) => files.exists(file)) ?? drizzleConfigs(files.list(top))[0];
  if (path === undefined) return null;
  const { text } = decode(files.read(path));
  const values = path.endsWith(".json") ? fromJson(text) : await fromCode(text);
  const folder = folderOf(path);
  const problems: Problem[] = [];
  for (const name of values.dynamic) {
    problems.push({
      code: "dynamic-config",
      message: `\`${name}\` in ${files.display(path)} is computed, so it cannot be read without running it`,
      help:
        name === "out"
          ? "The default, ./drizzle, is taken. Name the folder with `{ type: sql-dir, path: … }` if it is another."
          : "Write it as a plain string.",
      span: { file: files.display(path), line: 1, column: 1, endLine: 1, endColumn: 1 },
      fatal: false,
    });
  }
  const casing = values.strings.get("casing")?.[0];
  return {
    path,
    out: normalisePath(joinPath(folder, values.strings.get("out")?.[0] ?? DEFAULT_OUT)),
    schema: (values.strings.get("schema") ?? []).map((pattern) => normalisePath(joinPath(folder, pattern))),
    dialect: values.strings.get("dialect")?.[0] ?? null,
    casing: casing === "snake_case" || casing === "camelCase" ? casing : null,
    problems,
  };
}

interface Values {
  readonly strings: ReadonlyMap<string, readonly string[]>;
  readonly dynamic: readonly string[];
}

const NAMES: ReadonlySet<string> = new Set(["out", "schema", "dialect", "casing"]);

function fromJson(text: string): Values {
  const strings = new Map<string, readonly string[]>();
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return { strings, dynamic: [...NAMES] };
    for (const [name, entry] of Object.entries(value)) {
      const list: unknown[] = Array.isArray(entry) ? entry : [entry];
      if (NAMES.has(name))
        strings.set(
          name,
          list.filter((item) => typeof item === "string"),
        );
    }
    return { strings, dynamic: [] };
  } catch {
    return { strings, dynamic: ["out", "schema"] };
  }
}

async function fromCode(text: string): Promise<Values> {
  const { loadGrammar } = await import("../../text/syntax.ts");
  const parse = await loadGrammar("typescript");
  const tree = parse(text);
  try {
    const strings = new Map<string, readonly string[]>();
    const dynamic: string[] = [];
    const constants = new Map<string, Node>();
    for (const declarator of tree.root.descendantsOfType("variable_declarator")) {
      const name = declarator.childForFieldName("name");
      const value = declarator.childForFieldName("value");
      if (name !== null && value !== null) constants.set(name.text, value);
    }
    for (const pair of tree.root.descendantsOfType("pair")) {
      const name = pair.childForFieldName("key")?.text.replace(/^["']|["']$/g, "") ?? "";
      const value = pair.childForFieldName("value");
      // The first of its name: nested objects (`dbCredentials`, `migrations`) have other names.
      if (!NAMES.has(name) || value === null || strings.has(name) || dynamic.includes(name)) continue;
      const read = stringsOf(value, constants, 0);
      if (read === null) dynamic.push(name);
      else strings.set(name, read);
    }
    return { strings, dynamic };
  } finally {
    tree.free();
  }
}

/** The strings that an expression stands for, or null when only running it would tell. */
function stringsOf(node: Node, constants: ReadonlyMap<string, Node>, depth: number): string[] | null {
  if (depth > 8) return null;
  switch (node.type) {
    case "string":
      return [node.text.slice(1, -1)];
    case "template_string":
      return node.namedChildren.some((child) => child.type === "template_substitution") ? null : [node.text.slice(1, -1)];
    case "array": {
      const items = node.namedChildren.filter((child) => child.type !== "comment").map((child) => stringsOf(child, constants, depth + 1));
      return items.every((item) => item !== null) ? items.flat() : null;
    }
    case "identifier": {
      const value = constants.get(node.text);
      return value === undefined ? null : stringsOf(value, constants, depth + 1);
    }
    case "as_expression":
    case "satisfies_expression":
    case "parenthesized_expression": {
      const inner = node.namedChild(0);
      return inner === null ? null : stringsOf(inner, constants, depth + 1);
    }
    case "call_expression":
      return joinedPath(node, constants, depth);
    default:
      return null;
  }
}

/** `path.join(__dirname, "src", "schema.ts")` and `resolve("./x")`. */
function joinedPath(node: Node, constants: ReadonlyMap<string, Node>, depth: number): string[] | null {
  if (!/(?:^|\.)(?:join|resolve)$/.test(node.childForFieldName("function")?.text ?? "")) return null;
  const parts: string[] = [];
  for (const argument of node.childForFieldName("arguments")?.namedChildren ?? []) {
    if (/^(?:__dirname|import\.meta\.dirname|process\.cwd\(\))$/.test(argument.text)) continue;
    const [part, ...more] = stringsOf(argument, constants, depth + 1) ?? [];
    if (part === undefined || more.length > 0) return null;
    parts.push(part);
  }
  return [parts.join("/")];
}
