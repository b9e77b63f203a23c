import type { Grammar } from "../../text/syntax.ts";

/** What differs between the languages whose strings are read. Node types are those of the tree-sitter grammars. */
export interface Language {
  readonly grammar: Grammar | "sql";
  /** Nodes that are a string literal. */
  readonly literals: readonly string[];
  /** Nodes inside of a literal whose value only running the code would tell. */
  readonly interpolations: readonly string[];
  /** Nodes that join strings: adjacent literals, or a binary operator. */
  readonly joins: readonly string[];
  /** Nodes that give a name to a value, with the fields of both. */
  readonly constants: readonly { readonly type: string; readonly name: string; readonly value: string }[];
  /** Placeholders of formatting functions that only show in the text: `{}`, `%s`. */
  readonly format: RegExp | null;
}

const JAVASCRIPT = {
  literals: ["string", "template_string"],
  interpolations: ["template_substitution"],
  joins: ["binary_expression"],
  constants: [{ type: "variable_declarator", name: "name", value: "value" }],
  format: null,
} as const;

const PERCENT = /%(?:\[\d+\]|\d+\$)?[sdvqi](?![\w(])/g;

const LANGUAGES: Readonly<Record<string, Language>> = {
  ts: { grammar: "typescript", ...JAVASCRIPT },
  mts: { grammar: "typescript", ...JAVASCRIPT },
  cts: { grammar: "typescript", ...JAVASCRIPT },
  tsx: { grammar: "tsx", ...JAVASCRIPT },
  jsx: { grammar: "tsx", ...JAVASCRIPT },
  js: { grammar: "javascript", ...JAVASCRIPT },
  mjs: { grammar: "javascript", ...JAVASCRIPT },
  cjs: { grammar: "javascript", ...JAVASCRIPT },
  py: {
    grammar: "python",
    literals: ["string"],
    interpolations: ["interpolation"],
    joins: ["concatenated_string", "binary_operator"],
    constants: [{ type: "assignment", name: "left", value: "right" }],
    format: /%(?:\[\d+\]|\d+\$)?[sdi](?![\w(])|\{[\w.!:[\]]*\}/g,
  },
  rs: {
    grammar: "rust",
    literals: ["string_literal", "raw_string_literal"],
    interpolations: [],
    joins: ["binary_expression"],
    constants: [
      { type: "const_item", name: "name", value: "value" },
      { type: "static_item", name: "name", value: "value" },
      { type: "let_declaration", name: "pattern", value: "value" },
    ],
    format: /\{[\w.:?]*\}/g,
  },
  go: {
    grammar: "go",
    literals: ["interpreted_string_literal", "raw_string_literal"],
    interpolations: [],
    joins: ["binary_expression"],
    constants: [
      { type: "const_spec", name: "name", value: "value" },
      { type: "var_spec", name: "name", value: "value" },
      { type: "short_var_declaration", name: "left", value: "right" },
    ],
    format: PERCENT,
  },
  rb: {
    grammar: "ruby",
    literals: ["string", "heredoc_body"],
    interpolations: ["interpolation"],
    joins: ["chained_string", "binary"],
    constants: [{ type: "assignment", name: "left", value: "right" }],
    format: PERCENT,
  },
  java: {
    grammar: "java",
    literals: ["string_literal"],
    interpolations: [],
    joins: ["binary_expression"],
    constants: [{ type: "variable_declarator", name: "name", value: "value" }],
    format: PERCENT,
  },
  sql: { grammar: "sql", literals: [], interpolations: [], joins: [], constants: [], format: null },
};

/** The language of a file by its extension, or null for one that is not searched. */
export function languageOf(path: string): Language | null {
  return LANGUAGES[path.slice(path.lastIndexOf(".") + 1)] ?? null;
}
