import { decode } from "../../sources/files/decode.ts";
import type { Files } from "../../sources/source.ts";
import type { Node } from "../../text/syntax.ts";

/** What the client leaves out of every result, by its name of the model: `user` → `nickname`. */
export interface Omitted {
  readonly fields: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names that the code mentions elsewhere: such a field may still be written (a password is omitted, and set). */
  readonly mentioned: ReadonlySet<string>;
}

export const NOTHING_OMITTED: Omitted = { fields: new Map(), mentioned: new Set() };

const CODE = /\.[cm]?[jt]sx?$/;

/**
 * The global `omit` of Prisma Client (`new PrismaClient({ omit: { user: { nickname: true } } })`): the way to stop reading a column before
 * it is dropped. Only what is written as literals counts; with several clients, only what all of them leave out.
 */
export async function omittedFields(files: Files, root: string): Promise<Omitted> {
  const paths = files.list(root).filter((path) => CODE.test(path) && !/\.d\.[cm]?ts$|\.(?:test|spec)\./.test(path));
  const clients: Map<string, Set<string>>[] = [];
  const rest = new Map<string, string>();
  for (const path of paths) {
    const bytes = files.read(path);
    if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes("PrismaClient")) continue;
    const { text } = decode(bytes);
    const { loadGrammar } = await import("../../text/syntax.ts");
    const tree = (await loadGrammar(path.endsWith("x") ? "tsx" : "typescript"))(text);
    let without = text;
    for (const made of tree.root.descendantsOfType("new_expression")) {
      if (made.childForFieldName("constructor")?.text !== "PrismaClient") continue;
      clients.push(omitOf(made.childForFieldName("arguments")?.namedChild(0) ?? null));
      without = without.replace(made.text, "");
    }
    rest.set(path, without);
    tree.free();
  }
  const [first, ...others] = clients;
  if (first === undefined || first.size === 0) return NOTHING_OMITTED;
  const fields = new Map(
    [...first].map(([model, names]) => [
      model,
      new Set([...names].filter((name) => others.every((other) => other.get(model)?.has(name) === true))),
    ]),
  );
  const mentioned = new Set<string>();
  const names = [...fields.values()].flatMap((each) => [...each]);
  for (const path of paths) {
    const text = rest.get(path) ?? decode(files.read(path)).text;
    for (const name of names) if (new RegExp(`\\b${name}\\b`).test(text)) mentioned.add(name);
  }
  return { fields, mentioned };
}

function omitOf(options: Node | null): Map<string, Set<string>> {
  const omit = options === null ? undefined : entriesOf(options).get("omit");
  if (omit === undefined) return new Map();
  return new Map(
    [...entriesOf(omit)].map(([model, fields]) => [
      model,
      new Set([...entriesOf(fields)].filter(([, value]) => value.text === "true").map(([field]) => field)),
    ]),
  );
}

function entriesOf(object: Node): Map<string, Node> {
  const entries = new Map<string, Node>();
  for (const pair of object.type === "object" ? object.namedChildren : []) {
    const key = pair.type === "pair" ? pair.childForFieldName("key")?.text.replace(/^["']|["']$/g, "") : undefined;
    const value = pair.childForFieldName("value");
    if (key !== undefined && value !== null) entries.set(key, value);
  }
  return entries;
}
