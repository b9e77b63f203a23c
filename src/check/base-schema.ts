import { resolve } from "node:path";
import type { PostgresEngine } from "../engines/postgres/engine.ts";
import { emptyState } from "../model/apply/index.ts";
import { RelationMap } from "../model/apply/relations.ts";
import { LEDGER_TABLE } from "../model/ledger.ts";
import type { Migration, Problem } from "../model/migration.ts";
import type { Report } from "../model/report.ts";
import type { SchemaState } from "../model/schema.ts";
import { GitError } from "../sources/files/git.ts";
import type { LiveDatabase } from "./live-database.ts";
import type { LoadedSource } from "./load-sources.ts";
import type { CheckOptions } from "./options.ts";
import { foldSchemaFile, readSchemaFile, type SchemaFile } from "./schema-file.ts";

/** Where folding begins: an empty database, dumps from before the first migration, or a schema in which some migrations ran already. */
export interface Beginning {
  readonly state: SchemaState;
  /** The same as SQL, for a rehearsal to load. */
  readonly dumps: readonly string[];
  readonly problems: readonly Problem[];
  /** The migration's work is in `state` already: it is applied and not folded on top. */
  readonly holds: (migration: Migration, applied: ReadonlySet<string>) => boolean;
  /** What the schema itself says is applied; null when it says nothing about that. */
  readonly recorded: { readonly ids: ReadonlySet<string>; readonly because: string } | null;
  /** A schema that some migrations have led to. What is not applied is judged on top of it, as one release. */
  readonly later: boolean;
  /** Everything there is was seen: a table that is missing is missing. */
  readonly certain: boolean;
  readonly origin: NonNullable<Report["coverage"]["schema"]>;
  readonly live: LiveDatabase | null;
}

/** @throws DatabaseTrouble when `options.database` cannot be asked */
export async function loadBeginning(engine: PostgresEngine, options: CheckOptions, sources: readonly LoadedSource[]): Promise<Beginning> {
  const migrations = sources.flatMap((source) => source.migrations);
  if (options.database !== undefined && options.database !== null) {
    // Nothing of it is loaded by a check that asks no database.
    const { askDatabase } = await import("./live-database.ts");
    const asked = await askDatabase(engine, options.database, migrations);
    const live = { ...asked, schema: { ...asked.schema, state: withoutIndexes(asked.schema.state, options.withoutIndexes) } };
    return fromDatabase(options.recorded === undefined ? live : byLedger(live, options.recorded, migrations.length), migrations);
  }
  const given = options.schema ?? null;
  const files = sources.flatMap((source) => {
    const own = source.config.schema ?? null;
    const path = given !== null ? resolve(options.cwd, given) : own === null ? null : resolve(options.config.root, own);
    return path === null ? [] : [{ path, source }];
  });
  const bases = sources.flatMap(({ config }) =>
    config.base === null || given !== null ? [] : [resolve(options.config.root, config.base)],
  );
  return fromFiles(engine, options, files, bases);
}

/** A schema file that nobody named and that was found beside the migrations. */
export function fromFoundFile(engine: PostgresEngine, options: CheckOptions, sources: readonly LoadedSource[], path: string): Beginning {
  return fromFiles(
    engine,
    options,
    sources.map((source) => ({ path, source })),
    [],
  );
}

function withoutIndexes(state: SchemaState, names: ReadonlySet<string> = new Set()): SchemaState {
  if (names.size === 0) return state;
  let relations = RelationMap.of(state.relations);
  for (const relation of state.relations.values()) {
    const indexes = relation.indexes.filter(({ name }) => !names.has(name));
    if (indexes.length < relation.indexes.length) relations = relations.with({ ...relation, indexes });
  }
  return { ...state, relations };
}

/** The ledger knows better than any other tool's record, which may be of the time before it was adopted. */
function byLedger(live: LiveDatabase, applied: ReadonlySet<string>, of: number): LiveDatabase {
  const others = new Set(["failed-migration", "recorded-elsewhere"]);
  return {
    ...live,
    applied,
    recorded: `${applied.size} of ${of} migrations are recorded in ${LEDGER_TABLE}`,
    problems: live.problems.filter(({ code }) => !others.has(code)),
  };
}

function fromDatabase(live: LiveDatabase, migrations: readonly Migration[]): Beginning {
  const { applied } = live;
  const problems = [...live.problems];
  if (applied === null) {
    problems.push({
      code: "record-not-known",
      message: `${live.shown} holds no record of these migrations that tread knows: which of them are applied there is not known`,
      help: "say it: --applied-through ID, or --base REF; without, what nothing else says is applied is judged on top of the live schema",
      span: null,
      fatal: false,
    });
  }
  return {
    state: live.schema.state,
    dumps: [live.schema.sql],
    problems,
    holds: (migration, decided) => (applied === null ? decided.has(migration.id) : applied.has(migration.id)),
    recorded:
      applied === null
        ? null
        : { ids: applied, because: `what ${live.shown} records is applied: ${live.recorded || `none of ${migrations.length}`}` },
    later: true,
    certain: true,
    origin: { from: "database", name: live.shown, applied: live.recorded === "" ? null : live.recorded },
    live,
  };
}

function fromFiles(
  engine: PostgresEngine,
  options: CheckOptions,
  files: readonly { readonly path: string; readonly source: LoadedSource }[],
  bases: readonly string[],
): Beginning {
  let state = emptyState({ complete: true });
  const problems: Problem[] = [];
  const dumps: string[] = [];
  const names: string[] = [];
  const read = (path: string, base: string | null): SchemaFile | null => {
    try {
      return readSchemaFile(path, options.cwd, base);
    } catch (error) {
      problems.push(unreadable(path, error));
      return null;
    }
  };
  for (const path of bases) {
    const file = read(path, null);
    if (file === null) continue;
    const folded = foldSchemaFile(engine, file, [], state);
    state = folded.state;
    problems.push(...folded.problems);
    dumps.push(file.sql);
    names.push(file.shown);
  }
  /** Per migration: in the file by its own record, or (null) when it is applied. */
  const within = new Map<string, boolean | null>();
  const recorded = new Set<string>();
  let everyFileSays = files.length > 0;
  for (const path of new Set(files.map((file) => file.path))) {
    const file = read(path, options.base);
    if (file === null) continue;
    const own = files.filter((candidate) => candidate.path === path).flatMap((candidate) => candidate.source.migrations);
    const folded = foldSchemaFile(engine, file, own, state);
    state = folded.state;
    problems.push(...folded.problems);
    dumps.push(file.sql);
    names.push(file.shown);
    everyFileSays &&= folded.holds !== null;
    for (const migration of own) {
      within.set(migration.id, folded.holds === null ? null : folded.holds.has(migration.id));
      if (folded.holds?.has(migration.id) === true) recorded.add(migration.id);
    }
  }
  const later = files.length > 0;
  const total = within.size;
  return {
    state,
    dumps,
    problems,
    holds: (migration, applied) => within.get(migration.id) ?? (within.has(migration.id) && applied.has(migration.id)),
    recorded: later && everyFileSays ? { ids: recorded, because: `what ${names.join(", ")} records is applied` } : null,
    later,
    certain: false,
    origin: {
      from: later ? "file" : dumps.length > 0 ? "base" : "migrations",
      name: names.length === 0 ? null : names.join(", "),
      applied: later && everyFileSays ? `${recorded.size} of ${total} migrations are recorded in it` : null,
    },
    live: null,
  };
}

function unreadable(path: string, error: unknown): Problem {
  if (error instanceof GitError) return { code: error.code, message: error.message, help: error.help, span: null, fatal: true };
  const code = error instanceof Error && "code" in error ? String(error.code) : "error";
  const why = code === "ENOENT" ? "does not exist" : code === "EISDIR" ? "is a folder" : `cannot be read (${code})`;
  return {
    code: "schema-unreadable",
    message: `the schema file ${path} ${why}`,
    help: "name a file that pg_dump --schema-only wrote: db/structure.sql, schema.sql",
    span: null,
    fatal: true,
  };
}
