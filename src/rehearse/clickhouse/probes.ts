import { ClickHouseError, type EmbeddedClickHouse } from "../../engines/clickhouse/embedded/index.ts";
import { hasParts, insertable, quoted, quoteName, quoteText, readCatalogue, type TableFacts } from "./catalogue.ts";
import { type Damage, firstLine } from "./observe/compare.ts";
import type { Declared } from "./observe/declared.ts";
import { type Part, readParts } from "./observe/parts.ts";
import { type ProbeVariant, probeValue } from "./probe-value.ts";
import { readWiring, type Wiring } from "./wiring.ts";

/** What became of one row that was put into a table at the head of a chain. */
interface Arrival {
  /** Columns and values of the INSERT: the same text puts the same row in. */
  readonly sent: string;
  readonly error: ClickHouseError | null;
  /** Rows that came into being, by table. */
  readonly rows: ReadonlyMap<string, readonly Readonly<Record<string, string | null>>[]>;
}

/** Why writers can no longer write. */
export interface BrokenProbe {
  readonly table: string;
  readonly code: number;
  readonly message: string;
  /** Tables that have the row although the INSERT failed: a client that tries again writes it twice. */
  readonly kept: readonly string[];
}

export interface ProbeResult {
  readonly damage: readonly Damage[];
  readonly broken: readonly BrokenProbe[];
  /** Probes that were sent, and tables that they reached. */
  readonly sent: number;
}

const SETTINGS = { async_insert: 0, wait_for_async_insert: 1, optimize_on_insert: 0, distributed_foreground_insert: 1 } as const;

/**
 * Puts the same row into the head of every chain after every statement and looks where it arrives: a value that arrived before and does not
 * now is lost, whatever the INSERT says.
 */
export class Probes {
  readonly #engine: EmbeddedClickHouse;
  /** The last arrival that nothing was wrong with, by root. */
  readonly #good: Readonly<Record<ProbeVariant, Map<string, Arrival>>> = { usual: new Map(), greatest: new Map() };
  /** What has been said once: `root>table` or `root>table.column`. */
  readonly #told = new Set<string>();
  #wiring: Wiring | null = null;
  readonly limits: Set<string> = new Set();

  constructor(engine: EmbeddedClickHouse) {
    this.#engine = engine;
  }

  /** @param concerned tables that the statement has to do with; null: all */
  async after(declared: Declared | null, concerned: ReadonlySet<string> | null): Promise<ProbeResult> {
    const tables = await readCatalogue(this.#engine);
    const wiring = await readWiring(this.#engine, tables);
    const damage: Damage[] = declared === null ? [] : newlyDropped(this.#wiring, wiring);
    this.#wiring = wiring;
    const broken: BrokenProbe[] = [];
    if (declared !== null) this.#rename(declared.renamedTables);
    let sent = 0;
    for (const root of new Set([...wiring.roots, ...this.#good.usual.keys()])) {
      const table = tables.get(root);
      if (table === undefined || !/MergeTree$|^(?:Distributed|Null|Log|TinyLog|StripeLog|Memory|Buffer)$/.test(table.engine)) continue;
      const known = this.#good.usual.get(root);
      if (known !== undefined && !isConcerned(root, known, concerned, tables)) continue;
      const arrival = await this.#send(table, tables, "usual");
      sent++;
      if (known === undefined || declared === null) {
        if (arrival.error === null) this.#good.usual.set(root, arrival);
        else
          this.limits.add(
            `${root} refuses the probe row (${arrival.error.code}: ${firstLine(arrival.error.message)}): its chain was not exercised`,
          );
      } else {
        const verdict = this.#compare(root, known, arrival, tables, declared);
        damage.push(...verdict.damage);
        if (verdict.broken !== null) broken.push(verdict.broken);
      }
      if (arrival.error !== null) continue;
      const narrowed = await this.#greatest(root, table, tables, declared);
      if (narrowed === null) continue;
      sent++;
      damage.push(...narrowed);
    }
    return { damage, broken, sent };
  }

  /**
   * A row of the greatest values that the head of the chain holds: a type on the way that has become narrower changes them.
   * @returns null where no such row was sent: the head has no table behind it, or refuses it (a constraint may)
   */
  async #greatest(
    root: string,
    table: TableFacts,
    tables: ReadonlyMap<string, TableFacts>,
    declared: Declared | null,
  ): Promise<readonly Damage[] | null> {
    const good = this.#good.greatest;
    const known = good.get(root);
    const alone = [...(this.#good.usual.get(root)?.rows.keys() ?? [])].every((name) => name === root);
    if (alone) return null;
    // Writers go on sending what they sent: the same row, whatever the head's types are by now.
    const again = known === undefined ? null : await this.#send(table, tables, "greatest", known.sent);
    const arrival = again === null || again.error !== null ? await this.#send(table, tables, "greatest") : again;
    if (arrival.error !== null) return null;
    good.set(root, arrival);
    if (known === undefined || declared === null || declared.recomputes || known.sent !== arrival.sent) return [];
    const damage: Damage[] = [];
    for (const [name, rows] of known.rows) {
      const [was, is] = [rows[0], arrival.rows.get(declared.renamedTables.get(name) ?? name)?.[0]];
      if (was === undefined || is === undefined || rows.length !== 1 || this.#told.has(`${root}>${name}`)) continue;
      for (const [column, value] of Object.entries(was)) {
        const now = name === declared.table ? (declared.renamedColumns.get(column) ?? column) : column;
        const arrived = is[now];
        if (value === null || arrived == null || this.#told.has(`${root}>${name}.${now}`) || sameValue(value, arrived)) continue;
        this.#tell(damage, `${root}>${name}.${now}`, {
          kind: "wraps",
          table: name,
          columns: [now],
          rows: 1,
          what: `a row put into ${root} arrives in ${name} with another value of ${now}: '${shortened(arrived)}' instead of '${shortened(value)}'`,
        });
      }
    }
    return damage;
  }

  /** A source that was renamed is still the head of its chain, as far as its views see it. */
  #rename(renamed: ReadonlyMap<string, string>): void {
    for (const good of Object.values(this.#good)) {
      for (const [from, to] of renamed) {
        const known = good.get(from);
        if (known === undefined || good.has(to)) continue;
        good.set(to, { ...known, rows: new Map([...known.rows].map(([name, rows]) => [renamed.get(name) ?? name, rows])) });
      }
    }
  }

  async #send(table: TableFacts, tables: ReadonlyMap<string, TableFacts>, variant: ProbeVariant, again?: string): Promise<Arrival> {
    const columns = insertable(table).flatMap((column) => {
      const value = probeValue(column.type, variant);
      return value === null || column.name.startsWith("_") ? [] : [{ name: column.name, value }];
    });
    const row =
      again ?? `(${columns.map(({ name }) => quoteName(name)).join(", ")}) SELECT ${columns.map(({ value }) => value).join(", ")}`;
    if (columns.length === 0) return { sent: row, error: null, rows: new Map() };
    const before = new Set((await readParts(this.#engine)).map((part) => part.path));
    let error: ClickHouseError | null = null;
    try {
      await this.#engine.query(`INSERT INTO ${quoted(table)} ${row}`, { settings: SETTINGS, timeoutMs: 60_000 });
    } catch (thrown) {
      if (!(thrown instanceof ClickHouseError)) throw thrown;
      error = thrown;
    }
    const rows = new Map<string, Record<string, string | null>[]>();
    const fresh = (await readParts(this.#engine)).filter((part) => !before.has(part.path));
    for (const part of fresh) {
      const name = `${part.database}.${part.table}`;
      const facts = tables.get(name);
      if (facts === undefined || !hasParts(facts)) continue;
      rows.set(name, [...(rows.get(name) ?? []), ...(await this.#read(facts, part.name))]);
    }
    await dropParts(this.#engine, fresh);
    return { sent: row, error, rows };
  }

  async #read(table: TableFacts, part: string): Promise<Record<string, string | null>[]> {
    const columns = table.columns.filter(({ defaultKind }) => defaultKind !== "EPHEMERAL");
    try {
      return await this.#engine
        .rows<Record<string, string | null>>(
          `SELECT ${columns.map(({ name }, at) => `toString(${quoteName(name)}) AS c${at}`).join(", ")} FROM ${quoted(table)} WHERE _part = ${quoteText(part)} LIMIT 20`,
        )
        .then((found) => found.map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[`c${at}`] ?? null]))));
    } catch (error) {
      if (error instanceof ClickHouseError) return [{}];
      throw error;
    }
  }

  #compare(
    root: string,
    known: Arrival,
    arrival: Arrival,
    tables: ReadonlyMap<string, TableFacts>,
    declared: Declared,
  ): { readonly damage: Damage[]; readonly broken: BrokenProbe | null } {
    if (arrival.error !== null) {
      const key = `${root}!${arrival.error.code}`;
      if (this.#told.has(key)) return { damage: [], broken: null };
      this.#told.add(key);
      const { code, message } = arrival.error;
      return { damage: [], broken: { table: root, code, message: firstLine(message), kept: [...arrival.rows.keys()] } };
    }
    const damage: Damage[] = [];
    for (const [name, rows] of known.rows) {
      const now = declared.renamedTables.get(name) ?? name;
      const table = tables.get(now);
      const arrived = arrival.rows.get(now) ?? [];
      // Who takes the table or the view away has said so.
      if (table === undefined || (arrived.length === 0 && declared.unwires)) continue;
      if (arrived.length < rows.length) this.#tell(damage, `${root}>${now}`, lost(root, now));
      else if (arrived.length > rows.length) this.#tell(damage, `${root}>>${now}`, twice(root, now, arrived.length));
      else damage.push(...this.#values(root, now, rows, arrived, table, declared));
    }
    for (const [name, rows] of arrival.rows) if (rows.length > 0) this.#told.delete(`${root}>${name}`);
    // What is not there now is not forgotten: a chain that is joined again must carry what it carried.
    const merged = new Map([...known.rows].filter(([name]) => tables.has(name)));
    for (const [name, rows] of arrival.rows) merged.set(name, rows);
    this.#good.usual.set(root, { sent: arrival.sent, error: null, rows: merged });
    return { damage, broken: null };
  }

  #values(
    root: string,
    name: string,
    before: readonly Readonly<Record<string, string | null>>[],
    after: readonly Readonly<Record<string, string | null>>[],
    table: TableFacts,
    declared: Declared,
  ): Damage[] {
    const damage: Damage[] = [];
    const renamed = name === declared.table ? declared.renamedColumns : new Map<string, string>();
    const [was, is] = [before[0] ?? {}, after[0] ?? {}];
    for (const [column, value] of Object.entries(was)) {
      const now = renamed.get(column) ?? column;
      const facts = table.columns.find((candidate) => candidate.name === now);
      const arrived = is[now];
      if (facts === undefined || arrived === undefined || arrived === value || isClock(value, arrived)) continue;
      if (!isLost(value, arrived, facts.defaultExpression)) continue;
      this.#tell(damage, `${root}>${name}.${now}`, {
        kind: "drops-values",
        table: name,
        columns: [now],
        rows: 1,
        what: `a row put into ${root} arrives in ${name} without its value of ${now}: '${arrived ?? "NULL"}' instead of '${value ?? "NULL"}'`,
      });
    }
    return damage;
  }

  #tell(damage: Damage[], key: string, one: Damage): void {
    if (this.#told.has(key)) return;
    this.#told.add(key);
    damage.push(one);
  }
}

/** A view or a Distributed table may stand in any chain; a table with rows only where it is the head, or where rows arrived. */
function isConcerned(
  root: string,
  known: Arrival,
  concerned: ReadonlySet<string> | null,
  tables: ReadonlyMap<string, TableFacts>,
): boolean {
  if (concerned === null || concerned.has(root)) return true;
  return [...concerned].some((name) => {
    const table = tables.get(name);
    return known.rows.has(name) || table === undefined || !hasParts(table);
  });
}

/** A probe is not the reader's data: what it left is taken away before the next statement meets it. Queues keep it, which nothing reads again. */
export async function dropParts(engine: EmbeddedClickHouse, parts: readonly Part[]): Promise<void> {
  for (const part of parts) {
    await engine.query(`ALTER TABLE ${quoted(part)} DROP PART ${quoteText(part.name)}`).catch((error: unknown) => {
      if (!(error instanceof ClickHouseError)) throw error;
    });
  }
}

function lost(root: string, table: string): Damage {
  return {
    kind: "drops-values",
    table,
    columns: [],
    rows: 1,
    what: `a row put into ${root} no longer arrives in ${table}, and the INSERT says nothing`,
  };
}

function twice(root: string, table: string, times: number): Damage {
  return { kind: "duplicates", table, columns: [], rows: times, what: `a row put into ${root} arrives ${times} times in ${table}` };
}

/** The statement may well change how a value is written (a type, a view's query). The column's default is what is left of none. */
function isLost(before: string | null, after: string | null, defaultExpression: string): boolean {
  if (before === null || isEmpty(before)) return false;
  const literal = /^'((?:[^'\\]|\\.)*)'$|^(-?[\d.]+)$/.exec(defaultExpression);
  return after === null || isEmpty(after) || after === (literal?.[1] ?? literal?.[2]);
}

/** The same value, however it is written: `7` and `7.00`; a time in another zone or with more digits is not judged here. */
function sameValue(before: string, after: string): boolean {
  if (before === after || isClock(before, after)) return true;
  if (/^\d{4}-\d\d-\d\d/.test(before)) return true;
  const number = /^-?\d+(?:\.\d+)?$/;
  if (!number.test(before) || !number.test(after)) return false;
  const plain = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  return plain(before) === plain(after);
}

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 37)}…` : text);

function isEmpty(text: string): boolean {
  return /^(?:|0|0\.0+|false|\[\]|\{\}|\(\)|1970-01-01(?: 00:00:00(?:\.0+)?)?|1900-01-01|0{8}-0{4}-0{4}-0{4}-0{12}|0\.0\.0\.0|::|\0+)$/.test(
    text,
  );
}

/** Two readings of a clock, or two random identifiers: they differ at every INSERT. */
function isClock(before: string | null, after: string | null): boolean {
  const time = /^\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d+)?)?$/;
  if (before === null || after === null) return false;
  const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
  if (uuid.test(before) && uuid.test(after)) return after !== "00000000-0000-0000-0000-000000000000";
  return time.test(before) && time.test(after) && Math.abs(Date.now() - Date.parse(`${after.replace(" ", "T")}Z`)) < 26 * 3_600_000;
}

function newlyDropped(before: Wiring | null, after: Wiring): Damage[] {
  return [...after.dropped].flatMap(([view, columns]) => {
    const known = new Set(before?.dropped.get(view));
    const fresh = columns.filter((column) => !known.has(column));
    const target = after.targets.get(view) ?? view;
    // A view that is new, or whose target is: what the engine lets pass at CREATE is its own answer.
    if (fresh.length === 0 || before === null || !before.targets.has(view)) return [];
    return [
      {
        kind: "drops-values" as const,
        table: target,
        columns: fresh,
        rows: 0,
        what: `${view} gives ${fresh.join(", ")}, which ${target} has not: INSERTs succeed and these values go nowhere`,
      },
    ];
  });
}
