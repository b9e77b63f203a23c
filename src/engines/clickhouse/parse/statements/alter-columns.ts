import type { AlterAction, ColumnDeclaration, ColumnPosition, Name, RemovableProperty, StringLiteral } from "../ast.ts";
import { type Cursor, Refused } from "../cursor.ts";
import { inAdd, readColumn } from "../define/columns.ts";
import { readLiteral } from "../expression/operands.ts";
import { Kind } from "../lexer.ts";
import { readColumnName, readList, readName, readString } from "../names.ts";
import { readInPartition } from "./partition.ts";

/** FIRST or AFTER: null without, undefined where it is broken. */
export function readPosition(c: Cursor): ColumnPosition | null | undefined {
  if (c.keyword("FIRST")) return { kind: "first" };
  if (!c.keyword("AFTER")) return null;
  const column = readColumnName(c);
  return column === null ? undefined : { kind: "after", column };
}

export function readAddColumn(c: Cursor): AlterAction | null {
  const ifNotExists = c.keyword("IF", "NOT", "EXISTS");
  const column = readColumn(c, inAdd);
  const position = column === null ? undefined : readPosition(c);
  return column === null || position === undefined ? null : { kind: "add-column", ifNotExists, column, position };
}

export function readRenameColumn(c: Cursor): AlterAction | null {
  const ifExists = c.keyword("IF", "EXISTS");
  const column = readColumnName(c);
  if (column === null || !c.keyword("TO")) return null;
  const to = readColumnName(c);
  return to === null ? null : { kind: "rename-column", ifExists, column, to };
}

export function readClearColumn(c: Cursor): AlterAction | null {
  const ifExists = c.keyword("IF", "EXISTS");
  const column = readColumnName(c);
  const partition = column === null ? undefined : readInPartition(c);
  return column === null || partition === undefined ? null : { kind: "clear-column", ifExists, column, partition };
}

export function readCommentColumn(c: Cursor): AlterAction | null {
  const ifExists = c.keyword("IF", "EXISTS");
  const column = readColumnName(c);
  const comment = column === null ? null : readString(c);
  return column === null || comment === null ? null : { kind: "comment-column", ifExists, column, comment };
}

const removable: ReadonlySet<string> = new Set(["DEFAULT", "MATERIALIZED", "ALIAS", "COMMENT", "CODEC", "TTL", "SETTINGS"]);

/** Behind MODIFY COLUMN, or ALTER COLUMN, whose type follows the word TYPE. */
export function readModifyColumn(c: Cursor, typeWord: boolean): AlterAction | null {
  const ifExists = c.keyword("IF", "EXISTS");
  const start = c.start;
  const column = readColumn(c, { dotted: true, partial: true, typeWord });
  if (column === null) return null;
  if (column.nullability !== null && column.type === null) {
    throw new Refused("NULL and NOT NULL need the type of the column beside them.", start);
  }
  const special = readSpecial(c, ifExists, column.name);
  if (special === undefined) return null;
  if (special !== null) {
    if (!isBare(column)) throw new Refused("Properties of the column cannot stand before this.", start);
    return special;
  }
  const position = readPosition(c);
  return position === undefined ? null : { kind: "modify-column", ifExists, column, position };
}

function isBare(column: ColumnDeclaration): boolean {
  const { type, nullability, default: fallback, comment, codec, statistics, ttl, collate, primaryKey, settings } = column;
  return (
    [type, nullability, fallback, comment, codec, statistics, ttl, collate].every((part) => part === null) &&
    !primaryKey &&
    settings.length === 0
  );
}

/** REMOVE, MODIFY SETTING, RESET SETTING and ADD ENUM VALUES of one column. */
function readSpecial(c: Cursor, ifExists: boolean, column: Name): AlterAction | null | undefined {
  if (c.keyword("REMOVE")) {
    const property = c.word;
    if (!removable.has(property)) {
      c.expect("DEFAULT, MATERIALIZED, ALIAS, COMMENT, CODEC, TTL or SETTINGS");
      return undefined;
    }
    c.index++;
    return { kind: "modify-column-remove", ifExists, column, property: property as RemovableProperty };
  }
  if (c.keyword("MODIFY", "SETTING")) {
    const settings = c.grammar.settings(c);
    return settings === null ? undefined : { kind: "modify-column-setting", ifExists, column, settings };
  }
  if (c.keyword("RESET", "SETTING")) {
    const settings = readList(c, readName);
    return settings === null ? undefined : { kind: "reset-column-setting", ifExists, column, settings };
  }
  if (!c.keyword("ADD", "ENUM", "VALUES")) return null;
  if (!c.take(Kind.OpenRound, "(")) return undefined;
  const values = readList(c, readEnumValue);
  return values === null || !c.take(Kind.CloseRound, ")") ? undefined : { kind: "add-enum-values", ifExists, column, values };
}

/** `'name' = 4`, `'name'` */
function readEnumValue(c: Cursor): { readonly name: StringLiteral; readonly value: string | null } | null {
  const name = readString(c);
  if (name === null) return null;
  if (c.kind !== Kind.Equals) return { name, value: null };
  c.index++;
  const value = readLiteral(c);
  return value?.kind === "literal" && value.value.type === "number" ? { name, value: value.value.text } : null;
}
