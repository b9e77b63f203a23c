import { type ClickHouseEffects, SILENT_KINDS, type SilentCorruption, silentOf } from "../../model/clickhouse/effects.ts";
import { type Damage, firstLine } from "./observe/compare.ts";
import type { Seen } from "./observe/statement.ts";
import type { BrokenProbe } from "./probes.ts";

/** Everything that was seen of one statement. */
export interface Sightings {
  /** On the tables with the given and ordinary rows. */
  readonly main: Seen;
  /** The same statement on a copy of its table with the boundary values of every type; null where there is no such copy. */
  readonly boundary: Seen | null;
  readonly probes: { readonly damage: readonly Damage[]; readonly broken: readonly BrokenProbe[] };
  /** Views, Distributed tables, dictionaries that answered before and no longer do. */
  readonly readers: readonly Damage[];
  readonly predicted: ClickHouseEffects | null;
  /** The statement's own table, `database.table`. */
  readonly table: string | null;
}

/** In the shape of a prediction. `decidedBy` is the prediction's: a rehearsal has rows of its own, the query asks for those of the reader. */
export function observedEffects({ main, boundary, probes, readers, predicted, table }: Sightings): ClickHouseEffects {
  const refused = main.class === "refused";
  // What a chain carries and what readers of other objects see is said with the object's name, be it the statement's own.
  const elsewhere = new Set([...probes.damage, ...readers]);
  const certain = refused ? [] : [...main.damage, ...notCarriedOut(main), ...elsewhere];
  const possible = refused || boundary === null ? [] : boundary.damage;
  const silent = [
    ...certain.map((one) => toSilent(one, one.what, predicted, elsewhere.has(one) ? null : table)),
    ...possible
      .filter((one) => !certain.some((other) => other.kind === one.kind && sameColumns(other, one)))
      .map((one) => toSilent(one, `with boundary values: ${one.what}`, predicted, table)),
  ].sort((a, b) => SILENT_KINDS.indexOf(a.kind) - SILENT_KINDS.indexOf(b.kind));
  const [first, ...more] = silent;
  // An empty table has no parts: what the statement does to them is seen on the copy that has some.
  const empty = main.class === "metadata" && boundary !== null && boundary.class === "mutation";
  const work = empty ? boundary : main;
  // Nothing lay in the tables: how much the statement writes cannot be told from it.
  const weighed = main.parts > 0 || [...main.watched.values()].some((rows) => rows > 0);
  return {
    class: empty ? boundary.class : main.class,
    silent: first ?? null,
    ...(more.length === 0 ? {} : { moreSilent: more }),
    blocks: blocksOf(main, probes.broken, readers),
    columns: work.columns,
    parts: weighed ? main.parts : null,
    bytesWritten: weighed ? main.bytesWritten : null,
    error: main.error === null ? null : { code: main.error.code, message: firstLine(main.error.message) },
  };
}

/** A mutation that fails where every column can still be read: its work is not done, and the statement that asked for it was accepted. */
function notCarriedOut({ failedMutations, damage }: Seen): Damage[] {
  const [failed] = failedMutations;
  if (failed === undefined || damage.some(({ kind }) => kind === "unreadable")) return [];
  const what = `its mutation fails after the statement was accepted (${firstLine(failed.failure)}): nothing of it is done, and every mutation behind it waits`;
  return [{ kind: "drops-values", table: `${failed.database}.${failed.table}`, columns: [], rows: 0, what }];
}

function blocksOf(main: Seen, broken: readonly BrokenProbe[], readers: readonly Damage[]): ClickHouseEffects["blocks"] {
  if (main.class === "refused") return "none";
  if (main.damage.some(({ kind }) => kind === "unreadable") || readers.length > 0) return "reads";
  if (broken.length > 0) return "writes";
  return main.failedMutations.length > 0 || main.unfinished ? "mutations-behind-it" : "none";
}

function toSilent(damage: Damage, what: string, predicted: ClickHouseEffects | null, own: string | null): SilentCorruption {
  const same =
    predicted === null
      ? undefined
      : silentOf(predicted).find(({ kind, columns }) => kind === damage.kind && overlaps(columns, damage.columns));
  return {
    kind: damage.kind,
    decidedBy: same?.decidedBy ?? null,
    columns: damage.columns,
    what,
    ...(damage.table === own ? {} : { table: damage.table }),
  };
}

function overlaps(a: readonly string[] | undefined, b: readonly string[]): boolean {
  return a === undefined || a.length === 0 || b.length === 0 || a.some((column) => b.includes(column));
}

function sameColumns(a: Damage, b: Damage): boolean {
  return a.columns.length === b.columns.length && a.columns.every((column) => b.columns.includes(column));
}
