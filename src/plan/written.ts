import { tokensOf } from "../engines/postgres/parse/lexer.ts";
import type { Change } from "../model/change.ts";
import { bareName } from "../model/schema.ts";
import { identifierOf } from "./sql.ts";

/** A statement that the schema was folded from. */
export interface WrittenStatement {
  readonly sql: string;
  readonly changes: readonly Change[];
}

/** SQL of what the schema state knows only in outline: by qualified name, as the statement that made it was written. */
export interface Written {
  /** CREATE INDEX by the index's name. */
  readonly indexes: ReadonlyMap<string, string>;
  /** CREATE TRIGGER by `public.person.trigger_name`. */
  readonly triggers: ReadonlyMap<string, string>;
  /** GRANTs and COMMENTs as they were written, in order, by the relation that they are about. */
  readonly grants: ReadonlyMap<string, readonly string[]>;
}

/** Follows renames; what was dropped and made again is the last. */
export function writtenBy(statements: readonly WrittenStatement[]): Written {
  const indexes = new Map<string, string>();
  const triggers = new Map<string, string>();
  const grants = new Map<string, string[]>();
  const move = (map: Map<string, string>, from: string, to: string): void => {
    const sql = map.get(from);
    if (sql === undefined) return;
    map.delete(from);
    map.set(to, sql);
  };
  for (const { sql, changes } of statements) {
    for (const change of changes) {
      if (change.kind === "create-index") {
        const own = indexIn(sql, change.index.name);
        if (own === null) indexes.delete(change.index.name);
        else indexes.set(change.index.name, own);
      }
      if (change.kind === "rename-index") move(indexes, change.name, siblingOf(change.name, change.to));
      else if (change.kind === "create-trigger") triggers.set(`${change.table}.${change.trigger.name}`, sql);
      else if (change.kind === "rename-trigger") move(triggers, `${change.table}.${change.name}`, `${change.table}.${change.to}`);
      else if (change.kind === "rename-relation") {
        for (const key of triggers.keys())
          if (key.startsWith(`${change.name}.`)) move(triggers, key, `${change.to}${key.slice(change.name.length)}`);
        const said = grants.get(change.name);
        if (said !== undefined) grants.set(change.to, said);
      } else if (change.kind === "maintenance" && change.grant !== undefined) {
        for (const object of change.grant.objects) grants.set(object, [...(grants.get(object) ?? []), sql]);
      }
    }
  }
  return { indexes, triggers, grants };
}

/** The CREATE INDEX itself, where it stands in a DO block among others. Null where it cannot be told. */
function indexIn(sql: string, name: string): string | null {
  if (tokensOf(sql)[0]?.text === "create") return sql;
  const bare = bareName(name);
  for (const [text] of sql.matchAll(/\bCREATE\s+(?:UNIQUE\s+)?INDEX\b[^;]*/gi)) {
    const tokens = tokensOf(text);
    const on = tokens.findIndex((token) => token.kind === "word" && token.text === "on");
    if (on > 0 && identifierOf(text, tokens[on - 1]) === bare) return text;
  }
  return null;
}

/** Whether the new name of a rename comes with its schema or without. */
function siblingOf(name: string, to: string): string {
  return to.includes(".") ? to : `${name.slice(0, name.indexOf("."))}.${to}`;
}
