import type { LiveVersion } from "../../model/query.ts";
import type { SchemaState } from "../../model/schema.ts";
import type { Thing } from "../drops/dependents.ts";
import type { Subject } from "../drops/drop-place.ts";
import type { ItemKind } from "./item.ts";
import { isJoinTable } from "../drops/join-table.ts";
import type { SqlMark } from "./sql-marks.ts";

/** A column or table that an item is about, and everything that marks it. */
export interface Candidate extends Subject {
  readonly marks: readonly CandidateMark[];
}

export interface CandidateMark {
  readonly by: string;
  readonly text: string;
  /** As it is shown: relative to the working directory. */
  readonly file: string;
  readonly line: number;
  /** Relative to the tree that it was read from; null for a file that statements name (relative to the working directory). */
  readonly path: string | null;
  readonly owner: string | null;
  readonly field: string | null;
  /** Null: the working tree. */
  readonly version: string | null;
}

export function keyOf({ table, column }: Thing): string {
  return column === null ? table : `${table}.${column}`;
}

/**
 * Everything that is marked, in the working tree or in a version: a mark that went together with its field, while the column stayed,
 * is one as well.
 */
export function markedObjects(
  working: LiveVersion | null,
  others: readonly LiveVersion[],
  sql: readonly SqlMark[],
  states: readonly SchemaState[],
): Candidate[] {
  const versions = [
    ...(working === null ? [] : [{ version: working, working: true }]),
    ...others.map((version) => ({ version, working: false })),
  ];
  const found = new Map<string, { thing: Thing; kind: ItemKind; marks: CandidateMark[] }>();
  const entry = (thing: Thing, kind: ItemKind) => {
    const key = keyOf(thing);
    let known = found.get(key);
    if (known === undefined) {
      known = { thing, kind, marks: [] };
      found.set(key, known);
    }
    return known;
  };
  for (const { version, working } of versions) {
    for (const declared of version.declares ?? []) {
      const thing = { table: declared.table, column: declared.column };
      if (declared.mark !== null) {
        const { mark, span, path, owner, field } = declared;
        const known = entry(thing, declared.kind);
        known.kind = declared.kind;
        known.marks.push({
          by: mark.by,
          text: mark.text,
          file: span.file,
          line: mark.line,
          path,
          owner,
          field,
          version: working ? null : version.name,
        });
      }
    }
  }
  for (const { table, column, by, text, file, line } of sql) {
    const kind = column === null ? tableKind(table, states) : "column";
    entry({ table, column }, kind).marks.push({ by, text, file, line, path: null, owner: null, field: null, version: null });
  }
  const declared = new Map((working?.declares ?? []).map((one) => [keyOf(one), one]));
  return [...found.values()].map(({ thing, kind, marks }) => ({ ...thing, kind, marks, declared: declared.get(keyOf(thing)) ?? null }));
}

function tableKind(table: string, states: readonly SchemaState[]): ItemKind {
  return states.some((state) => {
    const relation = state.relations.get(table);
    return relation !== undefined && isJoinTable(relation);
  })
    ? "m2m"
    : "table";
}
