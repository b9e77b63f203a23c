import type { Problem } from "../../../model/migration.ts";
import { below, compareCodePoints, nameOf } from "../../files/paths.ts";
import type { Draft, Folder, Layout } from "../layout.ts";
import { backIn, whole } from "../layout.ts";
import { codeOnly } from "../markers.ts";
import { compareVersions, duplicateNumbers, stemOf, versionParts } from "../names.ts";

const VERSIONED = /^([VUB])(\d+(?:[._]\d+)*)__.+\.sql$/i;
const REPEATABLE = /^R__.+\.sql$/;

/**
 * Flyway: `V1__x.sql`, `U1__x.sql` (undo), `B1__x.sql` (baseline), `R__x.sql` (repeatable), in this folder and all below.
 * Versions are ordered part by part as numbers, repeatable ones come last in the order of their descriptions. A migration runs in a
 * transaction unless it holds a statement that cannot, or its `.sql.conf` says `executeInTransaction=false`
 * (flyway-core, PostgreSQLParser.java and SqlScriptMetadata).
 */
export const flyway: Layout = {
  name: "flyway",
  documentation: "https://documentation.red-gate.com/fd/migrations-184127470.html",
  depth: "all",
  recognises: (folder) => folder.sql.some((path) => /^[VUB]\d+(?:[._]\d+)*__.+\.sql$/.test(nameOf(path)) || REPEATABLE.test(nameOf(path))),
  read(folder) {
    const versioned = folder.sql.flatMap((path) => {
      const match = VERSIONED.exec(nameOf(path));
      return match?.[1] === undefined || match[2] === undefined
        ? []
        : [{ path, kind: match[1].toUpperCase(), version: versionParts(match[2]) }];
    });
    const undo = new Map(versioned.filter(({ kind }) => kind === "U").map(({ path, version }) => [version.join("."), path]));
    const forward = versioned.filter(({ kind }) => kind === "V");
    // A baseline stands for everything up to its version: needed only where those migrations are no longer there.
    const baselines = versioned.filter(
      ({ kind, version }) => kind === "B" && !forward.some((other) => compareVersions(other.version, version) <= 0),
    );
    const newest = baselines.sort((a, b) => compareVersions(b.version, a.version)).slice(0, 1);
    const ordered = [...newest, ...forward].sort((a, b) => compareVersions(a.version, b.version) || compareCodePoints(a.path, b.path));
    const repeatable = folder.sql.filter((path) => REPEATABLE.test(nameOf(path))).sort((a, b) => compareCodePoints(nameOf(a), nameOf(b)));
    const problems: Problem[] = [];
    const sentAs = (path: string): Draft["transaction"] => {
      const { transaction, problem } = transactionOf(folder, path, folder.text(path));
      if (problem !== null) problems.push(problem);
      return transaction;
    };
    const draft = (path: string, way: Pick<Draft, "down" | "back">): Draft => ({
      id: stemOf(path),
      path,
      transaction: sentAs(path),
      parts: whole(folder.text(path)),
      ...way,
    });
    const wayOf = (version: readonly bigint[]): Pick<Draft, "down" | "back"> => {
      const path = undo.get(version.join("."));
      if (path === undefined) return { down: undo.size === 0 ? "unknown" : "missing" };
      return { down: "present", back: backIn(folder, path, sentAs(path)) };
    };
    const migrations = [
      ...ordered.map(({ path, version }) => draft(path, wayOf(version))),
      ...repeatable.map((path) => ({ ...draft(path, { down: "unknown" }), repeatable: true })),
    ];
    const numbers = forward.map(({ path, version }) => ({ file: folder.display(path), number: version.join(".") }));
    return { migrations, problems: [...problems, ...duplicateNumbers(numbers, { what: "Flyway refuses to start.", refused: true })] };
  },
};

/** Statements that Flyway takes out of a transaction by itself, as its Postgres parser lists them. */
const OUTSIDE =
  /^(?:(?:CREATE|DROP)\s+(?:DATABASE|TABLESPACE|SUBSCRIPTION)\b|ALTER\s+SYSTEM\b|(?:CREATE(?:\s+UNIQUE)?|DROP)\s+INDEX\s+CONCURRENTLY\b|REINDEX(?:\s+\(.*?\)|\s+VERBOSE)?\s+(?:SCHEMA|DATABASE|SYSTEM)\b|REINDEX\b.*\bCONCURRENTLY\b|VACUUM\b|DISCARD\s+ALL\b|ALTER\s+TABLE\b.*\bDETACH\s+PARTITION\b.*\bCONCURRENTLY\b)/is;

function transactionOf(folder: Folder, path: string, text: string): { transaction: Draft["transaction"]; problem: Problem | null } {
  const conf = `${path}.conf`;
  if (folder.has(below(folder.path, conf)) && /^\s*executeInTransaction\s*=\s*false\s*$/im.test(folder.text(conf))) {
    return { transaction: "none", problem: null };
  }
  // Cheap look first: most migrations hold none of these.
  if (!/concurrently|vacuum|reindex|system|database|tablespace|subscription|discard/i.test(text)) {
    return { transaction: "per-migration", problem: null };
  }
  const statements = codeOnly(text)
    .split(";")
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
  const outside = statements.filter((statement) => OUTSIDE.test(statement));
  // SET runs either way (Flyway's parser gives it no opinion), so it mixes with both.
  const inside = statements.filter(
    (statement) => !OUTSIDE.test(statement) && !/^(?:SET|RESET|SELECT\s+(?:pg_catalog\.)?set_config)\b/i.test(statement),
  );
  if (outside.length === 0) return { transaction: "per-migration", problem: null };
  if (inside.length === 0 || allowsMixed(folder)) return { transaction: "none", problem: null };
  return {
    transaction: "none",
    problem: {
      code: "flyway-mixed",
      message: `${folder.display(path)} mixes statements that cannot run in a transaction with others`,
      help: "Flyway refuses it unless `flyway.mixed=true`, and then runs all of it without a transaction. Put the statement that runs outside of a transaction into a migration of its own.",
      span: { file: folder.display(path), line: 1, column: 1, endLine: 1, endColumn: 1 },
      fatal: false,
    },
  };
}

/** `flyway.mixed=true` in flyway.conf, `mixed = true` in flyway.toml, or Spring's `spring.flyway.mixed`. */
function allowsMixed(folder: Folder): boolean {
  const setting = /^\s*(?:(?:spring\.)?flyway\.)?mixed\s*[=:]\s*"?true"?\s*$/m;
  const files = ["flyway.conf", "conf/flyway.conf", "flyway.toml", "application.properties", "application.yml"];
  return files.some((name) => setting.test(folder.above(name) ?? ""));
}
