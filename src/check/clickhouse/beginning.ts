import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { ClickHouseEngine } from "../../engines/clickhouse/engine.ts";
import { readDump } from "../../engines/clickhouse/introspect/dump.ts";
import { applyClickHouse, emptyClickHouseState, withFreshSession } from "../../model/clickhouse/apply/index.ts";
import type { ClickHouseState } from "../../model/clickhouse/schema.ts";
import type { Problem } from "../../model/migration.ts";
import type { Report } from "../../model/report.ts";
import { decode } from "../../sources/files/decode.ts";
import { wholeSpan } from "../../text/span.ts";
import { DEFAULT_DATABASE } from "./fold.ts";
import type { LoadedSource } from "../load-sources.ts";
import type { CheckOptions } from "../options.ts";

/** Where folding begins: an empty server, or one as `SHOW CREATE` printed it. */
export interface ClickHouseBeginning {
  readonly state: ClickHouseState;
  /** The same as SQL, for a rehearsal to load. */
  readonly dumps: readonly string[];
  /** What unqualified names mean. */
  readonly database: string;
  readonly problems: readonly Problem[];
  /** A schema that some migrations have led to already: what is not applied is judged on top of it, as one release. */
  readonly later: boolean;
  /** Everything there is was seen: a table that is missing is missing. */
  readonly certain: boolean;
  /** What the server itself says is applied; absent or null where nobody said. */
  readonly recorded?: { readonly ids: ReadonlySet<string>; readonly because: string } | null;
  readonly origin: NonNullable<Report["coverage"]["schema"]>;
}

/** `base:` is the schema from before the first migration, `schema:` and `--schema` the one that the new migrations meet. */
export function loadClickHouseBeginning(
  engine: ClickHouseEngine,
  options: CheckOptions,
  sources: readonly LoadedSource[],
  /** `--schema` is about this engine: nothing else is checked. */
  onlyEngine: boolean,
): ClickHouseBeginning {
  const given = onlyEngine ? (options.schema ?? null) : null;
  const paths = sources.flatMap(({ config }) => {
    if (given !== null) return [{ path: resolve(options.cwd, given), later: true }];
    const own = config.schema ?? null;
    if (own !== null) return [{ path: resolve(options.config.root, own), later: true }];
    return config.base === null ? [] : [{ path: resolve(options.config.root, config.base), later: false }];
  });
  const unique = [...new Map(paths.map((one) => [one.path, one])).values()];
  return fromDumps(engine, options, unique);
}

function fromDumps(
  engine: ClickHouseEngine,
  options: CheckOptions,
  files: readonly { readonly path: string; readonly later: boolean }[],
): ClickHouseBeginning {
  const problems: Problem[] = [];
  const dumps: string[] = [];
  let state = emptyClickHouseState();
  for (const { path } of files) {
    for (const file of dumpFiles(path, options.cwd, problems)) {
      const { text } = decode(readFileSync(file));
      const shown = relative(options.cwd, file).replaceAll("\\", "/") || file;
      const dump = readDump(text);
      dumps.push(dump.sql);
      state = withFreshSession(state);
      state = foldDump(engine, dump.sql, shown, state, problems, DEFAULT_DATABASE, dump.verbatim);
    }
  }
  const [first] = files;
  const later = files.some((file) => file.later);
  return {
    state: withFreshSession(state),
    dumps,
    database: onlyDatabase(state),
    problems,
    later,
    certain: false,
    origin:
      first === undefined
        ? { from: "migrations", name: null, applied: null }
        : { from: later ? "file" : "base", name: relative(options.cwd, first.path) || first.path, applied: null },
  };
}

/** A schema of one database is that of the tool's connection: what migrations name without one stands in it. */
function onlyDatabase(state: ClickHouseState): string {
  const names = new Set([...state.tables.values()].map(({ database }) => database));
  const [name] = names;
  return names.size === 1 && name !== undefined ? name : DEFAULT_DATABASE;
}

/** Folds what a server printed. @param problems what did not parse, and what could not be understood, is added */
export function foldDump(
  engine: ClickHouseEngine,
  sql: string,
  shown: string,
  start: ClickHouseState,
  problems: Problem[],
  /** Of names that say none. */
  database: string = DEFAULT_DATABASE,
  /** Places in `sql` are places in the file. */
  verbatim = true,
): ClickHouseState {
  let state = start;
  const step = {
    kind: "sql",
    sql,
    span: wholeSpan(shown, sql),
    verbatim,
    operation: null,
    reverse: "unknown",
    suppressions: [],
  } as const;
  for (const raw of engine.read(step)) {
    const reason = raw.syntaxError?.message ?? raw.opaque;
    if (reason !== null) {
      problems.push({
        code: "syntax",
        message: `the schema file could not be read here: ${reason}`,
        help: "what it creates is not known to this check: give it as `SHOW CREATE` prints it",
        span: raw.syntaxError?.span ?? raw.span,
        fatal: false,
      });
      continue;
    }
    for (const change of engine.changes(raw, state, { database })) state = applyClickHouse(change, state, { migration: null });
  }
  return state;
}

function dumpFiles(path: string, cwd: string, problems: Problem[]): readonly string[] {
  if (!existsSync(path)) {
    problems.push({
      code: "missing-schema",
      message: `${relative(cwd, path) || path} does not exist`,
      help: "give a file, or a folder of files, with what `SHOW CREATE` prints",
      span: null,
      fatal: true,
    });
    return [];
  }
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.sql$/i.test(name))
    .sort()
    .map((name) => join(path, name));
}
