import type { Span } from "../text/span.ts";

/** A value read from a file, together with where each part of it stands. */
export interface Located {
  readonly value: unknown;
  /** The place of the key or value at `path`; of the nearest part around it where the path does not exist. */
  span(path: readonly PropertyKey[], part: "key" | "value"): Span;
}

/** A file that could not be read as data at all. The places are exact; nothing else is looked at. */
export interface Unreadable {
  readonly errors: readonly { readonly span: Span; readonly message: string; readonly help: string }[];
}

export function isUnreadable(read: Located | Unreadable): read is Unreadable {
  return "errors" in read;
}

/** Remembers places by path. */
export class Places {
  readonly #keys = new Map<string, Span>();
  readonly #values = new Map<string, Span>();

  set(path: readonly PropertyKey[], value: Span, key?: Span): void {
    this.#values.set(id(path), value);
    if (key !== undefined) this.#keys.set(id(path), key);
  }

  find(path: readonly PropertyKey[], part: "key" | "value", otherwise: Span): Span {
    for (let length = path.length; length >= 0; length--) {
      const at = id(path.slice(0, length));
      const found = part === "key" || length < path.length ? (this.#keys.get(at) ?? this.#values.get(at)) : this.#values.get(at);
      if (found !== undefined) return found;
    }
    return otherwise;
  }
}

function id(path: readonly PropertyKey[]): string {
  return JSON.stringify(path.map(String));
}

/** `["environments", "cloud", "scale", 0]` → `environments.cloud.scale[0]`. */
export function settingName(path: readonly PropertyKey[]): string {
  let name = "";
  for (const part of path) {
    if (typeof part === "number") name += `[${part}]`;
    else name += name === "" ? String(part) : `.${String(part)}`;
  }
  return name;
}

export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const part of path) {
    if (typeof current !== "object" || current === null) return undefined;
    current = (current as Record<PropertyKey, unknown>)[part];
  }
  return current;
}
