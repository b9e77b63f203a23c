import type { PyNode, PythonModule } from "../python.ts";
import type { PyValue } from "../values.ts";

/**
 * How much of a table a query may reach: `one` row by its key; `bounded` by construction (a slice, `pk__in`, a range of keys);
 * `whole`: no filter, or one of which nobody can say how many rows it leaves (`filter(email=None)`).
 */
export type Extent = "one" | "bounded" | "whole";

export interface QuerySource {
  /** Labels, lower case; several when one name stands for several models in turn. */
  readonly labels: readonly string[];
  readonly extent: Extent;
  /** For a many-to-many accessor: the join table that is written by `add`, `set`, `clear`. */
  readonly join: string | null;
}

/** What a name holds while the body of a RunPython is read. */
export type Abstract =
  | { readonly kind: "apps" }
  | { readonly kind: "schema-editor" }
  | { readonly kind: "connection" }
  | { readonly kind: "cursor" }
  | { readonly kind: "model"; readonly labels: readonly string[] }
  | { readonly kind: "query"; readonly source: QuerySource }
  /** `created`: built by the code, not read from the table. `written`: columns assigned since. */
  | { readonly kind: "row"; readonly source: QuerySource; readonly created: boolean; readonly written: Set<string> }
  /** Anything iterable; `source` when it holds as many items as a query has rows. */
  | { readonly kind: "items"; readonly item: Abstract; readonly source: QuerySource | null; readonly batches: boolean }
  | { readonly kind: "tuple"; readonly items: readonly Abstract[] }
  | { readonly kind: "constant"; readonly value: PyValue }
  | { readonly kind: "function"; readonly node: PyNode; readonly module: PythonModule; readonly scope: Scope | null }
  | { readonly kind: "paginator"; readonly source: QuerySource }
  /** Something of the repository that is imported inside of a function, where imports are not followed. */
  | { readonly kind: "unread"; readonly path: string }
  /** Neither a model nor a query as far as can be told: numbers, strings, modules, results of calls. */
  | { readonly kind: "other" };

export const OTHER: Abstract = { kind: "other" };

/** Names of one function call, with those of the function around it. */
export class Scope {
  readonly #names = new Map<string, Abstract>();
  readonly #outer: Scope | null;

  constructor(outer: Scope | null) {
    this.#outer = outer;
  }

  get(name: string): Abstract | undefined {
    return this.#names.get(name) ?? this.#outer?.get(name);
  }

  set(name: string, value: Abstract): void {
    this.#names.set(name, value);
  }
}

/** True for what carries a way to the database: passed on to code that cannot be read, nobody knows what happens to it. */
export function reachesDatabase(value: Abstract): boolean {
  switch (value.kind) {
    case "apps":
    case "schema-editor":
    case "connection":
    case "cursor":
    case "model":
    case "query":
    case "row":
    case "paginator":
      return true;
    case "items":
      return reachesDatabase(value.item);
    case "tuple":
      return value.items.some(reachesDatabase);
    case "constant":
    case "function":
    case "unread":
    case "other":
      return false;
    default:
      return value satisfies never;
  }
}

/** The wider of two extents. */
function wider(a: Extent, b: Extent): Extent {
  if (a === "whole" || b === "whole") return "whole";
  return a === "bounded" || b === "bounded" ? "bounded" : "one";
}

/** Two values that one name may hold. */
export function join(a: Abstract, b: Abstract): Abstract {
  if (a.kind === "other" || (a.kind === "constant" && b.kind !== "constant")) return b;
  if (b.kind === "other" || b.kind === "constant") return a;
  if (a.kind === "query" && b.kind === "query") return { kind: "query", source: joinSources(a.source, b.source) };
  if (a.kind === "model" && b.kind === "model") return { kind: "model", labels: [...new Set([...a.labels, ...b.labels])] };
  if (a.kind === "row" && b.kind === "row") {
    const written = new Set([...a.written, ...b.written]);
    return { kind: "row", source: joinSources(a.source, b.source), created: a.created && b.created, written };
  }
  if (a.kind === "items" && b.kind === "items") {
    const source = a.source !== null && b.source !== null ? joinSources(a.source, b.source) : (a.source ?? b.source);
    return { kind: "items", item: join(a.item, b.item), source, batches: a.batches || b.batches };
  }
  return b;
}

function joinSources(a: QuerySource, b: QuerySource): QuerySource {
  return { labels: [...new Set([...a.labels, ...b.labels])], extent: wider(a.extent, b.extent), join: a.join ?? b.join };
}
