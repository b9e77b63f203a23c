import { ClickHouseError, type EmbeddedClickHouse } from "../../../engines/clickhouse/embedded/index.ts";
import type { ClickHouseClass } from "../../../model/clickhouse/effects.ts";
import { hasParts, readCatalogue, type TableFacts } from "../catalogue.ts";
import { compareTable, type Damage } from "./compare.ts";
import type { Declared } from "./declared.ts";
import { type Mutation, mutationKey, readMutations, settleMutations } from "./mutations.ts";
import { columnOfFile, type Part, readParts, weigh } from "./parts.ts";
import { type Snapshot, takeSnapshots } from "./snapshot.ts";

/** What one statement was seen to do to the tables that it names. */
export interface Seen {
  readonly class: ClickHouseClass;
  readonly error: { readonly code: number; readonly message: string } | null;
  readonly durationMs: number;
  /** Parts that got a new version, or were written, and bytes written for them. */
  readonly parts: number;
  readonly bytesWritten: number;
  readonly bytesLinked: number;
  readonly columns: readonly string[];
  readonly damage: readonly Damage[];
  readonly failedMutations: readonly Mutation[];
  /** Mutations had not come to an end when the time was over. */
  readonly unfinished: boolean;
  /** Tables whose rows were there before, with their number: what the observation rests on. */
  readonly watched: ReadonlyMap<string, number>;
  readonly before: ReadonlyMap<string, TableFacts>;
  readonly after: ReadonlyMap<string, TableFacts>;
}

export interface SeeOptions {
  readonly sql: string;
  readonly declared: Declared;
  /** Tables to hold against themselves; left out: those that the text names. */
  readonly watch?: readonly string[];
  /** tread's own database that it is all about; left out: the user's. */
  readonly database?: string;
  readonly timeoutMs: number;
  /** Columns that could not be read before: `database.table.column`. */
  readonly unreadable: ReadonlySet<string>;
  readonly limit: (what: string) => void;
}

/** Runs a statement and looks at what became of the tables. @throws EngineCrashed */
export async function seeStatement(engine: EmbeddedClickHouse, options: SeeOptions): Promise<Seen> {
  const { sql, declared } = options;
  const only = options.database ?? null;
  const within = only === null ? null : { database: only };
  const before = await readCatalogue(engine, only);
  const partsBefore = await readParts(engine, within);
  const known = new Set((await readMutations(engine, only)).map(mutationKey));
  const watch = new Set(options.watch ?? named(sql, before));
  const snapshots = await takeSnapshots(
    engine,
    [...before.values()].filter(({ name }) => watch.has(name)),
    partsBefore,
  );
  const began = performance.now();
  let error: ClickHouseError | null = null;
  try {
    await engine.query(sql, { timeoutMs: options.timeoutMs });
  } catch (thrown) {
    if (!(thrown instanceof ClickHouseError)) throw thrown;
    error = thrown;
  }
  const { fresh, unfinished } = await settleMutations(engine, known, options.timeoutMs, only);
  const durationMs = performance.now() - began;
  const after = await readCatalogue(engine, only);
  const partsAfter = await readParts(engine, within);
  const work = await workOf(partsBefore, partsAfter, before, after);

  const damage: Damage[] = [];
  for (const [name, snapshot] of snapshots.byName) {
    const now = declared.renamedTables.get(name) ?? name;
    const facts = after.get(now);
    if (declared.takes) damage.push(...takenRows(snapshot, facts, partsAfter));
    // A table that is gone says so itself; what its name stands for now is somebody else's.
    if (facts === undefined || !hasParts(facts)) continue;
    const own = partsAfter.filter((part) => part.database === facts.database && part.table === facts.table);
    damage.push(
      ...(await compareTable(engine, snapshot, facts, own, {
        renamed: name === declared.table ? declared.renamedColumns : new Map(),
        assigned: name === declared.table ? declared.assigned : new Set(),
        rowsChange: declared.rowsChange,
        cleared:
          name !== declared.table ? new Set() : declared.expires ? new Set(facts.columns.map((column) => column.name)) : declared.cleared,
        written: work.wide.has(facts.name) ? new Set(work.columns) : null,
        known: options.unreadable,
        limit: options.limit,
      })),
    );
  }
  await snapshots.drop();
  const changed = !sameCatalogue(before, after) || work.parts > 0 || work.gone > 0 || fresh.length > 0;
  return {
    class: classOf({ error, changed, fresh, work, before, after }),
    error: error === null ? null : { code: error.code, message: error.message },
    durationMs,
    parts: work.parts,
    bytesWritten: work.bytesWritten,
    bytesLinked: work.bytesLinked,
    columns: work.columns,
    damage,
    failedMutations: fresh.filter((mutation) => mutation.failure !== ""),
    unfinished,
    watched: new Map([...snapshots.byName].map(([name, snapshot]) => [name, snapshot.rows])),
    before,
    after,
  };
}

/** Rows that are gone by the words of the statement, which do not say how many they are. */
function takenRows(before: Snapshot, after: TableFacts | undefined, parts: readonly Part[]): Damage[] {
  const left =
    after === undefined
      ? 0
      : parts.filter((part) => part.database === after.database && part.table === after.table).reduce((sum, part) => sum + part.rows, 0);
  const gone = before.rows - left;
  const { name } = before.facts;
  return gone > 0
    ? [{ kind: "drops-values", table: name, columns: [], rows: gone, what: `${gone.toLocaleString("en")} rows of ${name} are gone` }]
    : [];
}

/** Tables whose name stands in the text. */
export function named(sql: string, tables: ReadonlyMap<string, TableFacts>): string[] {
  const words = new Set(sql.match(/[\p{L}\p{N}_$.-]+/gu)?.flatMap((word) => [word, ...word.split(".")]));
  return [...tables.values()].filter(({ table }) => words.has(table) || sql.includes(`\`${table}\``)).map(({ name }) => name);
}

interface Work {
  readonly parts: number;
  /** Parts that are no longer active and have no new version. */
  readonly gone: number;
  readonly bytesWritten: number;
  readonly bytesLinked: number;
  readonly columns: readonly string[];
  /** Tables of which a wide part got a new version: then `columns` tells which files were written. */
  readonly wide: ReadonlySet<string>;
}

async function workOf(
  before: readonly Part[],
  after: readonly Part[],
  tablesBefore: ReadonlyMap<string, TableFacts>,
  tablesAfter: ReadonlyMap<string, TableFacts>,
): Promise<Work> {
  const knownPaths = new Set(before.map((part) => part.path));
  const stillThere = new Set(after.map((part) => part.path));
  const fresh = after.filter((part) => !knownPaths.has(part.path));
  const left = before.filter((part) => !stillThere.has(part.path));
  const columns = new Set<string>();
  const wide = new Set<string>();
  let [bytesWritten, bytesLinked, versions] = [0, 0, 0];
  for (const part of fresh) {
    const weight = await weigh(part);
    bytesWritten += weight.bytesWritten;
    bytesLinked += weight.bytesLinked;
    const old = left.find(
      (other) =>
        directory(other) === directory(part) &&
        other.partition === part.partition &&
        other.minBlock === part.minBlock &&
        other.maxBlock === part.maxBlock,
    );
    if (old === undefined) continue;
    versions++;
    if (part.format !== "Wide") continue;
    const name = `${part.database}.${part.table}`;
    const names = new Set(
      [...(tablesBefore.get(name)?.columns ?? []), ...(tablesAfter.get(name)?.columns ?? [])].map((column) => column.name),
    );
    wide.add(name);
    // The part before it is no longer active and still on the disk.
    const { allFiles } = await weigh(old);
    const touched = [
      ...weight.files,
      ...[...allFiles].filter((file) => !weight.allFiles.has(file)),
      ...[...weight.allFiles].filter((file) => allFiles.size > 0 && !allFiles.has(file)),
    ];
    for (const file of touched) {
      const column = columnOfFile(file, names);
      if (column !== null) columns.add(column);
    }
  }
  return { parts: fresh.length, gone: left.length - versions, bytesWritten, bytesLinked, columns: [...columns].sort(), wide };
}

/** The table's folder: it stays when the table gets another name. */
function directory(part: Part): string {
  return part.path.replace(/[^/]+\/?$/, "");
}

function classOf(facts: {
  readonly error: ClickHouseError | null;
  readonly changed: boolean;
  readonly fresh: readonly Mutation[];
  readonly work: Work;
  readonly before: ReadonlyMap<string, TableFacts>;
  readonly after: ReadonlyMap<string, TableFacts>;
}): ClickHouseClass {
  if (facts.error !== null && !facts.changed) return "refused";
  if (facts.fresh.length > 0) return "mutation";
  if (facts.work.parts > 0 || facts.work.gone > 0) return "rebuild";
  const uuids = new Set([...facts.after.values()].map(({ uuid }) => uuid));
  const dropped = [...facts.before.values()].some((table) => hasParts(table) && !uuids.has(table.uuid));
  if (dropped) return "rebuild";
  return [...facts.after.values()].some((table) => changesAtMerge(facts.before.get(table.name), table)) ? "at-merge" : "metadata";
}

/** What a table's definition says of how parts are written: those that are there keep what they have until they are merged. */
function changesAtMerge(before: TableFacts | undefined, after: TableFacts): boolean {
  if (before === undefined || before.uuid !== after.uuid || !hasParts(after)) return false;
  const clauses = (create: string): string =>
    [...create.matchAll(/\bCODEC\((?:[^()]|\([^()]*\))*\)|\bTTL [^\n]*/g)].map(([clause]) => clause).join("\n");
  return clauses(before.create) !== clauses(after.create);
}

function sameCatalogue(before: ReadonlyMap<string, TableFacts>, after: ReadonlyMap<string, TableFacts>): boolean {
  if (before.size !== after.size) return false;
  for (const [name, table] of before) {
    const now = after.get(name);
    if (now === undefined || now.create !== table.create || now.uuid !== table.uuid) return false;
  }
  return true;
}
