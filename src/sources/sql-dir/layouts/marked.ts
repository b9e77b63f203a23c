import type { Problem } from "../../../model/migration.ts";
import type { Draft, Folder, Layout, LayoutResult, Part } from "../layout.ts";
import { whole } from "../layout.ts";
import { holdsSql, sectionsOf } from "../markers.ts";
import type { Section } from "../markers.ts";
import { compareNumbered, duplicateNumbers, numberOf, stemOf, type Duplicates } from "../names.ts";
import { nameOf } from "../../files/paths.ts";
import { sendingProblems, type Sending } from "./multi-statement.ts";

/** What a tool that writes both ways into one file needs to say about itself. */
export interface MarkedTool {
  readonly name: string;
  readonly documentation: string;
  /** Finds its marker lines; flags g and m, first group the marker. */
  readonly markers: RegExp;
  /** Whether a section with this marker runs on the way forward (`up`), back (`down`), or goes on with what was before. */
  direction(marker: string): "up" | "down" | "same";
  transaction(sections: readonly Section[], text: string): Draft["transaction"];
  /** Of the way back, where that is not the one of the way forward. */
  transactionBack?(sections: readonly Section[]): Draft["transaction"];
  notes?(sections: readonly Section[]): readonly string[];
  /** How it sends a part to ClickHouse, where that is not statement by statement. `only`: the sections for which it holds. */
  readonly clickhouse?: { readonly sending: Sending; readonly help: string; only?(marker: string): boolean };
  /** What the tool does with a number that is used twice; one sentence. */
  readonly duplicates: Duplicates;
}

/** A layout in which one file holds the way forward and the way back, divided by marker comments (goose, dbmate, sql-migrate). */
export function markedLayout(tool: MarkedTool): Layout {
  return {
    name: tool.name,
    documentation: tool.documentation,
    depth: 0,
    recognises: (folder) => sample(folder.sql).some((path) => sectionsOf(folder.text(path), tool.markers).length > 0),
    read: (folder) => readMarked(tool, folder),
  };
}

/** The first and the last files of a folder: a project may hold gigabytes of SQL that are no migrations. */
function sample(paths: readonly string[]): readonly string[] {
  return paths.length <= 2 * SAMPLE ? paths : [...paths.slice(0, SAMPLE), ...paths.slice(-SAMPLE)];
}

const SAMPLE = 10;

function readMarked(tool: MarkedTool, folder: Folder): LayoutResult {
  const problems: Problem[] = [];
  const migrations = [...folder.sql].sort(compareNumbered).map((path) => {
    const text = folder.text(path);
    const sections = sectionsOf(text, tool.markers);
    const { up, down } = divide(tool, sections);
    if (up.length === 0) problems.push(noUpMarker(tool, folder, path));
    const first = sections[0];
    if (first !== undefined && up.length > 0 && holdsSql(text.slice(0, first.at))) problems.push(beforeMarker(tool, folder, path));
    const transaction = tool.transaction(sections, text);
    const isBack = down.some((part) => holdsSql(text.slice(part.start, part.end)));
    return {
      id: stemOf(path),
      path,
      transaction,
      parts: up.length === 0 && down.length === 0 ? whole(text) : up,
      down: isBack ? ("present" as const) : ("missing" as const),
      ...(isBack ? { back: { path, transaction: tool.transactionBack?.(sections) ?? transaction, parts: down } } : {}),
      notes: tool.notes?.(sections) ?? [],
    };
  });
  const { clickhouse } = tool;
  if (clickhouse !== undefined && folder.database === "clickhouse") {
    const sent = migrations.map((draft) => {
      const sections = sectionsOf(folder.text(draft.path), tool.markers).filter(({ marker }) => clickhouse.only?.(marker) ?? true);
      const starts = new Set(sections.map(({ body }) => body.start));
      return { ...draft, parts: draft.parts.filter((part) => starts.has(part.start)) };
    });
    problems.push(...sendingProblems(folder, sent, tool.name, clickhouse.sending, clickhouse.help));
  }
  const numbered = migrations.flatMap(({ path }) => {
    const number = numberOf(nameOf(path));
    return number === null ? [] : [{ file: folder.display(path), number: number.join(".") }];
  });
  return { migrations, problems: [...problems, ...duplicateNumbers(numbered, tool.duplicates)] };
}

function divide(tool: MarkedTool, sections: readonly Section[]): { up: Part[]; down: Part[] } {
  const up: Part[] = [];
  const down: Part[] = [];
  let current: Part[] | null = null;
  for (const section of sections) {
    const direction = tool.direction(section.marker);
    if (direction !== "same") current = direction === "up" ? up : down;
    current?.push(section.body);
  }
  return { up: up.filter((part) => part.end > part.start), down };
}

function noUpMarker(tool: MarkedTool, folder: Folder, path: string): Problem {
  return {
    code: "no-up-marker",
    message: `${folder.display(path)} has no part that ${tool.name} runs on the way forward`,
    help: `Other files of this folder are written for ${tool.name}. ${tool.name} stops at this one; tread read it as plain SQL where it has no marker at all.`,
    span: { file: folder.display(path), line: 1, column: 1, endLine: 1, endColumn: 1 },
    fatal: false,
  };
}

function beforeMarker(tool: MarkedTool, folder: Folder, path: string): Problem {
  return {
    code: "outside-marker",
    message: `${folder.display(path)} has SQL before its first ${tool.name} marker, which ${tool.name} does not run`,
    help: "Move it below the marker.",
    span: { file: folder.display(path), line: 1, column: 1, endLine: 1, endColumn: 1 },
    fatal: false,
  };
}
