import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** One statement with the schema and rows that it meets. What is expected of it comes from the engine, not from the file. */
export interface Case {
  /** `conversions: Int64 => Int32, safe`. */
  readonly name: string;
  readonly setup: readonly string[];
  readonly statement: string;
  /** An INSERT through the chain, run before and after the statement, and a query with one number that says what arrived. */
  readonly probe: { readonly insert: string; readonly arrives: string } | null;
}

/**
 * All cases of a folder: a file may begin with schemas (`-- schema: NAME`) that several of its cases stand on (`-- on: NAME`).
 * `*.sql` hold them as SQL, `*.conversions` as lines `FROM => TO | safe values | harmful values`.
 */
export function loadCases(folder: string): Case[] {
  return readdirSync(folder)
    .toSorted()
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), "utf8");
      if (file.endsWith(".sql")) return sqlCases(basename(file, ".sql"), text);
      return file.endsWith(".conversions") ? conversionCases(basename(file, ".conversions"), text) : [];
    });
}

function sqlCases(file: string, text: string): Case[] {
  const seen = new Set<string>();
  const [head = "", ...blocks] = text.split(/^-- case: /m);
  const schemas = new Map(
    head
      .split(/^-- schema: /m)
      .slice(1)
      .map((block) => [block.slice(0, block.indexOf("\n")).trim(), block.slice(block.indexOf("\n") + 1)]),
  );
  return blocks.map((block) => {
    const newline = block.indexOf("\n");
    const name = `${file}: ${block.slice(0, newline).trim()}`;
    if (seen.has(name)) throw new Error(`${name} stands twice`);
    seen.add(name);
    const [setup = "", rest] = block.slice(newline + 1).split(/^-- statement:?\n/m);
    if (rest === undefined) throw new Error(`${name} has no \`-- statement\``);
    const on = /^-- on: (.+)$/m.exec(setup)?.[1];
    const shared = on === undefined ? "" : schemas.get(on);
    if (shared === undefined) throw new Error(`${name} stands on the schema ${on ?? ""}, which the file does not have`);
    const insert = /^-- probe: (.+)$/m.exec(rest)?.[1] ?? null;
    const arrives = /^-- arrives: (.+)$/m.exec(rest)?.[1] ?? null;
    const statement = rest
      .replace(/^--.*$/gm, "")
      .trim()
      .replace(/;$/, "");
    return {
      name,
      setup: [...statements(shared), ...statements(setup)],
      statement,
      probe: insert === null || arrives === null ? null : { insert, arrives },
    };
  });
}

/** Cases hold no semicolon inside of a statement. */
function statements(text: string): string[] {
  return text
    .replace(/^--.*$/gm, "")
    .split(/;\s*(?:\n|$)/)
    .map((s) => s.trim())
    .filter((s) => s !== "");
}

function conversionCases(file: string, text: string): Case[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .flatMap((line) => {
      const [types = "", safe = "", harmful = ""] = line.split(/(?<=\s)\|(?=\s|$)/);
      const [from = "", to = ""] = types.split(" => ").map((t) => t.trim());
      return (
        [
          ["safe", safe],
          ["harmful", harmful],
        ] as const
      ).flatMap(([what, values]) => {
        const list = values
          .split(" ; ")
          .map((v) => v.trim())
          .filter((v) => v !== "");
        return list.length === 0 ? [] : [conversion(`${file}: ${from} => ${to}, ${what}`, from, to, list)];
      });
    });
}

function conversion(name: string, from: string, to: string, values: readonly string[]): Case {
  return {
    name,
    setup: [
      `CREATE TABLE t (k UInt32, v ${from}) ENGINE = MergeTree ORDER BY k SETTINGS min_bytes_for_wide_part = 0`,
      ...values.map((value, index) => `INSERT INTO t SELECT ${index}, ${value}`),
      // One part: a merge in the background would write every column and be taken for the statement's doing.
      "OPTIMIZE TABLE t FINAL",
    ],
    statement: `ALTER TABLE t MODIFY COLUMN v ${to}`,
    probe: null,
  };
}
