import type { Span } from "../../text/span.ts";

/** A Prisma schema as far as it decides SQL. Everything else in the language is read over. */
export interface PrismaSchema {
  readonly provider: string | null;
  /** The schema of tables that name none: the `schema` parameter of a literal URL, else `public`. */
  readonly defaultSchema: string;
  /** `relationMode = "prisma"`: the client does what foreign keys would do, and queries join tables when it deletes. */
  readonly emulatesRelations: boolean;
  readonly models: readonly PrismaModel[];
  readonly enums: ReadonlyMap<string, PrismaEnum>;
  readonly problems: readonly { readonly message: string; readonly span: Span }[];
}

export interface PrismaEnum {
  readonly name: string;
  /** Name in the database. */
  readonly type: string;
  readonly schema: string | null;
}

export interface PrismaModel {
  readonly kind: "model" | "view";
  readonly name: string;
  /** Name in the database (`@@map`). */
  readonly table: string;
  /** `@@schema`. */
  readonly schema: string | null;
  /** `@@ignore`: the client does not have it. */
  readonly ignored: boolean;
  readonly fields: readonly PrismaField[];
  /** Fields of the primary key, or of the first unique key. */
  readonly key: readonly string[];
  readonly span: Span;
}

export interface PrismaField {
  readonly name: string;
  readonly column: string;
  /** `String`, `Int`, an enum, a model, or `Unsupported`. */
  readonly type: string;
  readonly list: boolean;
  readonly optional: boolean;
  readonly ignored: boolean;
  /** Who fills it when the caller does not: the client (`now()`, `uuid()`, constants, `@updatedAt`), the database, or nobody. */
  readonly filledBy: "client" | "database" | null;
  readonly updatedAt: boolean;
  readonly unique: boolean;
  readonly id: boolean;
  readonly relation: { readonly name: string | null; readonly fields: readonly string[] } | null;
  /** The `@deprecated` of a `///` comment, with what it says, or null. */
  readonly deprecated: string | null;
  readonly span: Span;
}

interface Line {
  readonly text: string;
  readonly doc: string;
  readonly span: Span;
}

const BLOCK = /^(model|view|enum|type|datasource|generator)\s+(\w+)\s*\{\s*$/;

/**
 * Reads one `.prisma` file. A multi-file schema is several of these, merged by the caller.
 * @param file as shown in messages
 */
export function parsePrismaSchema(text: string, file: string): PrismaSchema {
  const models: PrismaModel[] = [];
  const enums = new Map<string, PrismaEnum>();
  const problems: { message: string; span: Span }[] = [];
  let provider: string | null = null;
  let defaultSchema = "public";
  let emulatesRelations = false;
  let block: { kind: string; name: string; lines: Line[]; span: Span } | null = null;
  for (const line of linesOf(text, file)) {
    if (block === null) {
      const opened = BLOCK.exec(line.text);
      if (opened?.[1] !== undefined && opened[2] !== undefined) block = { kind: opened[1], name: opened[2], lines: [], span: line.span };
      else if (!/^(?:model|view|enum|type|datasource|generator)\s+\w+\s*\{.*\}\s*$/.test(line.text)) {
        problems.push({ message: `this is no Prisma schema: \`${line.text.slice(0, 60)}\``, span: line.span });
      }
      continue;
    }
    if (line.text !== "}") {
      block.lines.push(line);
      continue;
    }
    if (block.kind === "model" || block.kind === "view") models.push(modelOf(block.kind, block.name, block.lines, block.span));
    else if (block.kind === "enum") enums.set(block.name, enumOf(block.name, block.lines));
    else if (block.kind === "datasource") {
      provider = setting(block.lines, "provider") ?? provider;
      emulatesRelations ||= setting(block.lines, "relationMode") === "prisma";
      defaultSchema = /[?&]schema=([\w-]+)/.exec(setting(block.lines, "url") ?? "")?.[1] ?? defaultSchema;
    }
    block = null;
  }
  if (block !== null) problems.push({ message: `\`${block.kind} ${block.name}\` is not closed`, span: block.span });
  return { provider, defaultSchema, emulatesRelations, models, enums, problems };
}

/** Lines without comments, with the documentation above or behind them; what stands in open parentheses is one line. */
function linesOf(text: string, file: string): Line[] {
  const lines: Line[] = [];
  let doc = "";
  let open: { text: string; line: number } | null = null;
  let inComment = false;
  text.split("\n").forEach((raw, i) => {
    let source = raw.replace(/\r$/, "");
    if (inComment) {
      const end = source.indexOf("*/");
      if (end === -1) return;
      source = source.slice(end + 2);
      inComment = false;
    }
    const [code, comment] = cutComment(source);
    const blockComment = code.indexOf("/*");
    if (blockComment !== -1 && !code.includes("*/", blockComment)) inComment = true;
    const trimmed = code.replace(/\/\*.*?(?:\*\/|$)/g, "").trim();
    if (trimmed === "" && open === null) {
      if (comment !== null) doc += `${comment}\n`;
      return;
    }
    const joined: string = open === null ? trimmed : `${open.text} ${trimmed}`;
    const start: number = open?.line ?? i + 1;
    if (depthOf(joined) > 0) {
      open = { text: joined, line: start };
      return;
    }
    open = null;
    const column = raw.length - raw.trimStart().length + 1;
    lines.push({
      text: joined,
      doc: comment === null ? doc : `${doc}${comment}\n`,
      span: { file, line: start, column, endLine: i + 1, endColumn: source.trimEnd().length + 1 },
    });
    doc = "";
  });
  return lines;
}

/** The code of a line and its `///` documentation, quotes respected. */
function cutComment(line: string): [string, string | null] {
  let quoted = false;
  for (let i = 0; i < line.length - 1; i++) {
    const character = line.charAt(i);
    if (character === "\\" && quoted) i++;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === "/" && line.charAt(i + 1) === "/") {
      return [line.slice(0, i), line.startsWith("///", i) ? line.slice(i + 3).trim() : null];
    }
  }
  return [line, null];
}

function depthOf(text: string): number {
  let depth = 0;
  for (const character of text.replace(/"(?:[^"\\]|\\.)*"/g, "")) {
    if (character === "(" || character === "[") depth++;
    if (character === ")" || character === "]") depth--;
  }
  return depth;
}

function setting(lines: readonly Line[], name: string): string | undefined {
  const line = lines.find(({ text }) => new RegExp(`^${name}\\s*=`).test(text));
  return line === undefined ? undefined : /"([^"]*)"/.exec(line.text)?.[1];
}

function enumOf(name: string, lines: readonly Line[]): PrismaEnum {
  return { name, type: attribute(lines, "@@map") ?? name, schema: attribute(lines, "@@schema") ?? null };
}

/** The string of a block attribute such as `@@map("people")`. */
function attribute(lines: readonly Line[], name: string): string | undefined {
  const line = lines.find(({ text }) => text.startsWith(`${name}(`));
  return line === undefined ? undefined : /"([^"]*)"/.exec(line.text)?.[1];
}

function modelOf(kind: PrismaModel["kind"], name: string, lines: readonly Line[], span: Span): PrismaModel {
  const fields = lines.filter(({ text }) => !text.startsWith("@@")).flatMap((line) => fieldOf(line) ?? []);
  const compound = lines
    .map(({ text }) => /^@@(id|unique)\(\s*(?:fields\s*:\s*)?\[([^\]]*)\]/.exec(text))
    .filter((match) => match !== null);
  const named = (wanted: string): string[] | undefined =>
    compound
      .find(([, which]) => which === wanted)?.[2]
      ?.split(",")
      .map((field) => field.replace(/\(.*$/, "").trim());
  const id = fields.find((field) => field.id)?.name;
  const unique = fields.find((field) => field.unique && !field.optional)?.name;
  const key = id !== undefined ? [id] : (named("id") ?? (unique !== undefined ? [unique] : (named("unique") ?? [])));
  return {
    kind,
    name,
    table: attribute(lines, "@@map") ?? name,
    schema: attribute(lines, "@@schema") ?? null,
    ignored: lines.some(({ text }) => text.startsWith("@@ignore")),
    fields,
    key,
    span,
  };
}

const FIELD = /^(\w+)\s+(Unsupported\("(?:[^"\\]|\\.)*"\)|\w+)(\[\])?(\?)?\s*(.*)$/;

function fieldOf({ text, doc, span }: Line): PrismaField | null {
  const match = FIELD.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  const [, name, type, list, optional, rest = ""] = match;
  const attributes = attributesOf(rest);
  const given = attributes.get("@default");
  const updatedAt = attributes.has("@updatedAt");
  const relation = attributes.get("@relation");
  return {
    name,
    column: stringIn(attributes.get("@map")) ?? name,
    type: type.startsWith("Unsupported") ? "Unsupported" : type,
    list: list !== undefined,
    optional: optional !== undefined,
    ignored: attributes.has("@ignore"),
    filledBy:
      given !== undefined
        ? /^\s*(?:autoincrement|dbgenerated|sequence)\s*\(/.test(given)
          ? "database"
          : "client"
        : updatedAt
          ? "client"
          : null,
    updatedAt,
    unique: attributes.has("@unique"),
    id: attributes.has("@id"),
    relation:
      relation === undefined
        ? null
        : {
            name: /(?:^|,)\s*name\s*:\s*"([^"]*)"/.exec(relation)?.[1] ?? /^\s*"([^"]*)"/.exec(relation)?.[1] ?? null,
            fields: (/\bfields\s*:\s*\[([^\]]*)\]/.exec(relation)?.[1] ?? "")
              .split(",")
              .map((field) => field.trim())
              .filter(Boolean),
          },
    deprecated: /@deprecated\b[ \t]*(.*)/.exec(doc)?.[1]?.trim() ?? null,
    span,
  };
}

/** `@map("x") @default(now()) @db.VarChar(20)` → each with what stands in its parentheses. */
function attributesOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", at)) {
    const name = /^@[\w.]+/.exec(text.slice(at))?.[0] ?? "@";
    at += name.length;
    let argument = "";
    if (text.charAt(at) === "(") {
      const end = closing(text, at);
      argument = text.slice(at + 1, end);
      at = end + 1;
    }
    found.set(name, argument);
  }
  return found;
}

function closing(text: string, open: number): number {
  let depth = 0;
  let quoted = false;
  for (let i = open; i < text.length; i++) {
    const character = text.charAt(i);
    if (quoted && character === "\\") i++;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === "(") depth++;
    else if (!quoted && character === ")" && --depth === 0) return i;
  }
  return text.length;
}

function stringIn(argument: string | undefined): string | undefined {
  return argument === undefined ? undefined : /"([^"]*)"/.exec(argument)?.[1];
}
