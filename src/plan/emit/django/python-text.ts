import type { PyCall, PyValue } from "../../../sources/django/values.ts";

/** A value that cannot be written as Python. */
export class Unwritable extends Error {
  override readonly name = "Unwritable";
}

/** Values as Django's own writer spells them in a migration, with the imports that they need. */
export class PythonText {
  readonly #imports = new Set<string>();
  readonly #functions: string[] = [];

  /** Lines of the file's head, in Django's order: plain imports, then `from`. */
  imports(): readonly string[] {
    const all = [...this.#imports].sort();
    return [...all.filter((line) => line.startsWith("import ")), ...all.filter((line) => !line.startsWith("import "))];
  }

  /** Code that stands before the migration's class. */
  define(code: string): void {
    this.#functions.push(code);
  }

  functions(): readonly string[] {
    return this.#functions;
  }

  need(line: string): void {
    this.#imports.add(line);
  }

  /** @throws Unwritable */
  value(value: PyValue): string {
    if (value === null) return "None";
    if (typeof value === "boolean") return value ? "True" : "False";
    if (typeof value === "number" || typeof value === "bigint") return String(value);
    if (typeof value === "string") return pythonString(value);
    switch (value.kind) {
      case "float":
        return Number.isInteger(value.value) ? `${value.value}.0` : String(value.value);
      case "bytes":
        return `bytes([${[...value.value].join(", ")}])`;
      case "list":
        return `[${this.#list(value.items)}]`;
      case "tuple":
        return value.items.length === 1 ? `(${this.#list(value.items)},)` : `(${this.#list(value.items)})`;
      case "set":
        return value.items.length === 0 ? "set()" : `{${this.#list(value.items)}}`;
      case "dict":
        return `{${value.entries.map(([key, inner]) => `${this.value(key)}: ${this.value(inner)}`).join(", ")}}`;
      case "ref":
      case "class":
      case "function":
        return this.path(value.path);
      case "call":
        return this.call(value);
      case "operation": {
        const [first, second] = value.operands;
        if (first === undefined) throw new Unwritable(`\`${value.operator}\` without an operand`);
        const left = this.value(first);
        return second === undefined ? `${value.operator}${left}` : `(${left} ${value.operator} ${this.value(second)})`;
      }
      case "lambda":
        throw new Unwritable("a lambda cannot stand in a migration");
      case "unknown":
        throw new Unwritable(value.reason);
      default:
        return value satisfies never;
    }
  }

  /** A call, with some of its keyword arguments others (null: left out). @throws Unwritable */
  call(call: PyCall, changes: Readonly<Record<string, PyValue | undefined>> = {}): string {
    const callee = call.receiver === undefined ? this.path(call.callee) : `${this.value(call.receiver)}${call.callee}`;
    const kwargs: Record<string, PyValue> = { ...call.kwargs };
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined) delete kwargs[name];
      else kwargs[name] = value;
    }
    const args = [
      ...call.args.map((argument) => this.value(argument)),
      ...Object.entries(kwargs).map(([name, value]) => `${name}=${this.value(value)}`),
    ];
    return `${callee}(${args.join(", ")})`;
  }

  /** `django.db.models.CASCADE` → `models.CASCADE`; everything else by the module that holds it. */
  path(path: string): string {
    const models =
      /^django\.db\.models\.(?:(?:deletion|fields(?:\.\w+)?|indexes|constraints|query_utils|expressions|enums|base)\.)?(\w+)$/.exec(path);
    if (models?.[1] !== undefined) {
      this.need("from django.db import models");
      return `models.${models[1]}`;
    }
    const migrations = /^django\.db\.migrations\.(?:operations\.(?:\w+\.)?)?(\w+)$/.exec(path);
    if (migrations?.[1] !== undefined) {
      this.need("from django.db import migrations");
      return `migrations.${migrations[1]}`;
    }
    if (path.startsWith("builtins.")) return path.slice("builtins.".length);
    const parts = path.split(".");
    if (parts.length < 2) throw new Unwritable(`nothing tells where \`${path}\` comes from`);
    // A module ends where a class begins; `datetime.datetime.now` has a class in small letters.
    const cls = parts.findIndex((part, i) => i > 0 && (/^[A-Z]/.test(part) || (parts[0] === "datetime" && i === 1)));
    this.need(`import ${parts.slice(0, cls === -1 ? -1 : cls).join(".")}`);
    return path;
  }

  #list(items: readonly PyValue[]): string {
    return items.map((item) => this.value(item)).join(", ");
  }
}

export function pythonString(text: string): string {
  return JSON.stringify(text);
}

/** SQL as a string that a reader can read: over several lines in triple quotes. */
export function pythonSql(sql: string): string {
  const text = sql.trim();
  if (!text.includes("\n")) return pythonString(text);
  if (text.includes('"""') || text.includes("\\") || text.endsWith('"')) return pythonString(text);
  return `"""${text}"""`;
}
