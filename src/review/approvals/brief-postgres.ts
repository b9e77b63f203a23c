import { sizeOf, type Environment, type Thresholds } from "../../model/environment.ts";
import type { JudgedStatement } from "../../model/judged.ts";
import type { Report } from "../../model/report.ts";
import { touched } from "../../model/touched.ts";
import { counted, grouped } from "../../text/numbers.ts";
import type { BriefSection } from "./brief.ts";

/** The statements of one migration as an environment would meet them. */
export interface PostgresPart {
  readonly environment: Environment;
  readonly statements: readonly JudgedStatement[];
}

const BLOCKS: Readonly<Record<string, string>> = {
  AccessExclusive: "blocks reads and writes",
  Exclusive: "blocks writes",
  ShareRowExclusive: "blocks writes",
  Share: "blocks writes",
  ShareUpdateExclusive: "blocks neither reads nor writes",
  RowExclusive: "blocks neither reads nor writes",
  RowShare: "blocks neither reads nor writes",
  AccessShare: "blocks neither reads nor writes",
};

/** For Postgres: locks and what is done under them, how large that is where, and whether there is a way back. */
export function postgresSections(parts: readonly PostgresPart[], thresholds: Thresholds, report: Report): readonly BriefSection[] {
  const [first] = parts;
  if (first === undefined) return [];
  return [locks(first), scale(parts, thresholds, report), wayBack(first)];
}

function locks({ statements, environment }: PostgresPart): BriefSection {
  const lines = statements.flatMap(({ statement, predicted, heldBefore, before }) => {
    const what = `${statement.index + 1}. ${oneLine(statement.operation === null || statement.operation === statement.sql ? statement.sql : `${statement.operation}: ${statement.sql}`)}`;
    if (predicted === null) return [what, `  not understood: ${statement.opaque ?? statement.syntaxError?.message ?? "code"}`];
    const known = predicted.locks.filter(
      ({ relation }) => before.relations.has(relation) || heldBefore.some((lock) => lock.relation === relation),
    );
    return [
      what,
      ...known.map(({ relation, mode }) => `  ${mode} on ${relation}: ${BLOCKS[mode] ?? ""}${heldUntilCommit(statement.transaction)}`),
      ...predicted.rewrites.map((table) => `  writes every row of ${table} again, under that lock`),
      ...predicted.scans
        .filter((table) => !predicted.rewrites.includes(table))
        .map((table) => `  reads every row of ${table}, under that lock`),
      ...predicted.indexBuilds.map((index) => `  builds ${index}`),
      ...(predicted.error === null ? [] : [`  fails: ${predicted.error.sqlstate}: ${predicted.error.message}`]),
    ];
  });
  const timeout = statements.every(({ before }) => !((before.session.lockTimeout ?? 0) > 0));
  return {
    title: `Locks (predicted for PostgreSQL ${environment.postgres})`,
    lines:
      lines.length === 0
        ? ["it sends nothing to the database"]
        : [
            ...lines,
            ...(timeout ? ["no lock_timeout is set: a statement waits for its lock as long as it takes, and all others behind it"] : []),
          ],
  };
}

function heldUntilCommit(transaction: number | null): string {
  return transaction === null ? "" : ", until the transaction ends";
}

function scale(parts: readonly PostgresPart[], thresholds: Thresholds, report: Report): BriefSection {
  const lines = parts.flatMap(({ environment, statements }) => {
    const tables = [
      ...new Set(
        statements.flatMap(({ statement, before }) => statement.changes.flatMap(touched).filter((name) => before.relations.has(name))),
      ),
    ];
    return tables.map((table) => {
      const size = sizeOf(environment, table, thresholds);
      const rows = size.rows === null ? "rows unknown" : counted(size.rows, "row");
      const bytes = size.bytes === null ? "" : `, ${grouped(Math.round(size.bytes / 1e6))} MB`;
      const reads = size.readsPerSecond === null ? "" : `, ${grouped(Math.round(size.readsPerSecond))} reads/s`;
      return `${environment.name}: ${table}: ${rows}${bytes}${reads} (${size.witness})`;
    });
  });
  const times = report.findings
    .filter(({ migration }) => migration === parts[0]?.statements[0]?.migration.id)
    .flatMap(({ evidence }) => evidence.filter(({ kind }) => kind === "time").map(({ text, from }) => `${text} (${from})`));
  const all = [...new Set([...lines, ...times])];
  return { title: "Scale", lines: all.length === 0 ? ["it touches no table that existed before"] : all };
}

function wayBack({ statements }: PostgresPart): BriefSection {
  const missing = statements.filter(({ statement }) => statement.reverse === "missing").map(({ statement }) => statement.index + 1);
  const lost = statements.flatMap(({ statement }) =>
    statement.changes.flatMap((change): string[] => {
      if (change.kind === "drop-column") return [`statement ${statement.index + 1} drops ${change.table}.${change.column} with its values`];
      if (change.kind === "drop-relation") return [`statement ${statement.index + 1} drops ${change.name} with its rows`];
      if (change.kind === "truncate") return [`statement ${statement.index + 1} empties ${change.names.join(", ")}`];
      return [];
    }),
  );
  const down = statements[0]?.migration.down;
  return {
    title: "Way back",
    lines: [
      ...lost.map((line) => `${line}: no way back brings them back`),
      ...(missing.length === 0 ? [] : [`statements ${missing.join(", ")} have no way back`]),
      ...(lost.length === 0 && missing.length === 0
        ? [
            down === "missing"
              ? "the tool has no way back for it"
              : down === "unknown"
                ? "the tool knows no ways back; nothing is lost by it"
                : "the tool has one; nothing is lost by it",
          ]
        : []),
    ],
  };
}

function oneLine(sql: string): string {
  const line = sql.replaceAll(/\s+/g, " ").trim();
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
