import { loadGrammar } from "../../text/syntax.ts";
import type { Span } from "../../text/span.ts";

/**
 * A node of a Python syntax tree, copied out of the wasm heap once (about 1 µs a node, measured), so that it may be kept and
 * walked freely: every property of a `web-tree-sitter` node is a call into wasm. Types and fields are those of tree-sitter-python.
 */
export class PyNode {
  /** `call`, `identifier`, `string`, … ; anonymous nodes have their text as type: `(`, `=`, `for`. */
  readonly type: string;
  readonly named: boolean;
  /** UTF-16 offsets into the module's text; the end is exclusive. */
  readonly start: number;
  readonly end: number;
  /** The field of the parent that this node fills: `left`, `function`, `arguments`, `body`, … */
  readonly field: string | null;
  readonly parent: PyNode | null;
  /** All children, anonymous ones and comments included. */
  readonly children: PyNode[] = [];
  readonly module: PythonModule;

  constructor(
    module: PythonModule,
    type: string,
    named: boolean,
    range: readonly [number, number],
    field: string | null,
    parent: PyNode | null,
  ) {
    this.module = module;
    this.type = type;
    this.named = named;
    this.start = range[0];
    this.end = range[1];
    this.field = field;
    this.parent = parent;
  }

  get text(): string {
    return this.module.text.slice(this.start, this.end);
  }

  /** Named children without comments. */
  get namedChildren(): readonly PyNode[] {
    return this.children.filter((c) => c.named && c.type !== "comment");
  }

  /** The first child that fills `field`. */
  child(field: string): PyNode | null {
    for (const child of this.children) if (child.field === field) return child;
    return null;
  }

  /** Every child that fills `field`. */
  childrenOf(field: string): readonly PyNode[] {
    return this.children.filter((c) => c.field === field);
  }

  /** True when the parser could not make sense of something inside this node. */
  get hasError(): boolean {
    return this.module.errors.some((e) => e.start <= this.end && e.end >= this.start);
  }

  /** 1-based place for the reader. */
  get span(): Span {
    return this.module.span(this.start, this.end);
  }
}

/** A place where the grammar failed, as offsets. */
export interface SyntaxErrorAt {
  readonly start: number;
  readonly end: number;
  readonly missing: boolean;
}

/** One parsed Python file. */
export class PythonModule {
  /** Relative to the `Files` root. */
  readonly path: string;
  /** For spans and messages: `files.display(path)`. */
  readonly display: string;
  /** Decoded, without the byte order mark. Line ends as in the file. */
  readonly text: string;
  readonly errors: SyntaxErrorAt[] = [];
  root: PyNode;
  #lines: number[] | null = null;

  constructor(path: string, display: string, text: string) {
    this.path = path;
    this.display = display;
    this.text = text;
    this.root = new PyNode(this, "module", true, [0, text.length], null, null);
  }

  span(start: number, end: number): Span {
    const [line, column] = this.#place(start);
    const [endLine, endColumn] = this.#place(end);
    return { file: this.display, line, column, endLine, endColumn };
  }

  #place(offset: number): readonly [number, number] {
    if (this.#lines === null) {
      this.#lines = [0];
      for (let i = this.text.indexOf("\n"); i !== -1; i = this.text.indexOf("\n", i + 1)) this.#lines.push(i + 1);
    }
    const lines = this.#lines;
    let low = 0;
    let high = lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((lines[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return [low + 1, offset - (lines[low] ?? 0) + 1];
  }
}

/** Versions of one app share most of their files: cloning a tree costs a tenth of parsing it and copying it out of wasm. */
const parsed = new Map<string, PythonModule>();

function cloned(node: PyNode, module: PythonModule, parent: PyNode | null): PyNode {
  const copy = new PyNode(module, node.type, node.named, [node.start, node.end], node.field, parent);
  for (const child of node.children) copy.children.push(cloned(child, module, copy));
  return copy;
}

export type ParsePython = (path: string, display: string, text: string) => PythonModule;

/** Loads the grammar (25 ms the first time) and returns a parser that never throws: what is not Python is in `errors`. */
export async function loadPython(): Promise<ParsePython> {
  const parse = await loadGrammar("python");
  return (path, display, text) => {
    const module = new PythonModule(path, display, text);
    const same = parsed.get(text);
    if (same !== undefined) {
      module.errors.push(...same.errors);
      module.root = cloned(same.root, module, null);
      return module;
    }
    parsed.set(text, module);
    const tree = parse(text);
    try {
      const cursor = tree.root.walk();
      const broken = tree.root.hasError;
      const copy = (parent: PyNode | null): PyNode => {
        const range: readonly [number, number] = [cursor.startIndex, cursor.endIndex];
        const type = cursor.nodeType;
        const field = parent === null ? null : cursor.currentFieldName;
        const node = new PyNode(module, type, cursor.nodeIsNamed, range, field, parent);
        if (broken && (type === "ERROR" || cursor.nodeIsMissing)) {
          module.errors.push({ start: range[0], end: range[1], missing: type !== "ERROR" });
        }
        if (cursor.gotoFirstChild()) {
          do node.children.push(copy(node));
          while (cursor.gotoNextSibling());
          cursor.gotoParent();
        }
        return node;
      };
      module.root = copy(null);
      cursor.delete();
    } finally {
      tree.free();
    }
    return module;
  };
}
