import { createRequire } from "node:module";
import type { Language, Node, Tree } from "web-tree-sitter";

/** The languages whose grammar ships in `@vscode/tree-sitter-wasm` and that tread reads. */
export type Grammar = "python" | "typescript" | "tsx" | "javascript" | "rust" | "go" | "ruby" | "java";

/** A parsed text. Offsets are UTF-16 units into `text`. */
export interface SyntaxTree {
  readonly root: Node;
  /** Frees the tree's memory in the wasm heap, which the garbage collector does not see. */
  free(): void;
}

export type { Node } from "web-tree-sitter";

export type Parse = (text: string) => SyntaxTree;

const parsers = new Map<Grammar, Promise<Parse>>();

/**
 * A parser for one language, loaded once (about 25 ms for the runtime and the first grammar, measured on 2 cores).
 * Import this module only from code that needs it: `tread --help` must not load wasm.
 */
export function loadGrammar(grammar: Grammar): Promise<Parse> {
  let parser = parsers.get(grammar);
  if (parser === undefined) {
    parser = load(grammar);
    parsers.set(grammar, parser);
  }
  return parser;
}

async function load(grammar: Grammar): Promise<Parse> {
  const { Parser, Language: Languages } = await import("web-tree-sitter");
  await Parser.init();
  const path = createRequire(import.meta.url).resolve(`@vscode/tree-sitter-wasm/wasm/tree-sitter-${grammar}.wasm`);
  const language: Language = await Languages.load(path);
  const parser = new Parser();
  parser.setLanguage(language);
  return (text) => {
    const tree: Tree | null = parser.parse(text);
    if (tree === null) throw new Error(`the ${grammar} parser returned no tree`);
    return { root: tree.rootNode, free: () => tree.delete() };
  };
}
