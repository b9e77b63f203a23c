import type { Client } from "pg";
import type { BadDirective } from "../apply/backfill/directive.ts";
import type { ApplyPlan } from "../check/apply.ts";
import type { CheckOptions } from "../check/options.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import { EXIT } from "./exit-codes.ts";
import { type DatabaseFlags, onDatabase } from "./on-database.ts";
import { version } from "./version.ts";

export interface StatusFlags extends DatabaseFlags {
  readonly format: string;
}

interface Running {
  readonly source: string;
  readonly migration: string;
  readonly worker: number;
  readonly pass: number;
  readonly finished: boolean;
  readonly paused: boolean;
  readonly batches: string;
  readonly affected_rows: string;
  readonly quiet_ms: number;
}

interface Applier {
  readonly pid: number;
  readonly usename: string;
  readonly since_ms: number;
}

/** What the ledger of a database records, what is pending, and whether somebody is at work. */
export async function statusCommand(paths: readonly string[], flags: StatusFlags): Promise<number> {
  return await onDatabase(paths, flags, async ({ client, options, target }) => {
    const [{ isDownOf, readLedger }, { hasLedger }] = await Promise.all([
      import("../ledger/postgres/ledger.ts"),
      import("../ledger/postgres/schema.ts"),
    ]);
    const { planLines, planStatuses } = await import("./plan-status.ts");
    if (!(await hasLedger(client))) {
      const plans = await planStatuses(options, []);
      process.stdout.write(
        flags.format === "json"
          ? json({ ledger: false, migrations: [], pending: [], plans })
          : `${[`${target.shown} has no ledger: nothing was applied by tread here (\`tread ledger adopt\`, \`tread apply\`)`, ...planLines(plans)].join("\n")}\n`,
      );
      return EXIT.ok;
    }
    const [entries, running, appliers] = [await readLedger(client), await backfills(client), await atWork(client)];
    const plans = await planStatuses(options, entries);
    const { plan, trouble } = await planned(options, entries, options.config.sources.length > 0 || paths.length > 0);
    const pending =
      plan === null
        ? null
        : [
            ...new Set([
              ...plan.units.flatMap(({ parts }) => parts.map(({ migration }) => migration.id)),
              ...plan.empty.map(({ key }) => key.migration),
            ]),
          ];
    if (flags.format === "json") {
      process.stdout.write(
        json({
          ledger: true,
          migrations: entries,
          pending,
          drift: plan?.drift ?? null,
          backfills: running,
          appliers,
          plans,
          ...(trouble === null ? {} : { error: trouble.message }),
        }),
      );
      return trouble?.exitCode ?? EXIT.ok;
    }
    const lines = entries
      .filter(({ source }) => !source.startsWith("plan:"))
      .map((entry) => {
        const back = isDownOf(entry);
        return back === null ? describe(entry) : describe({ ...entry, migration: `${back}, its way back` });
      });
    if (lines.length === 0) lines.push("nothing is recorded yet");
    for (const one of running)
      lines.push(
        `  backfill of ${one.migration}, worker ${one.worker}, pass ${one.pass}: ${Number(one.affected_rows).toLocaleString("en")} rows in ${one.batches} batches${one.finished ? ", finished" : one.paused ? ", paused" : `, last batch ${seconds(one.quiet_ms)} ago`}`,
      );
    for (const { pid, usename, since_ms } of appliers)
      lines.push(`process ${pid} of ${usename} has been applying for ${seconds(since_ms)}`);
    if (pending !== null) lines.push(pending.length === 0 ? "nothing is pending" : `pending: ${pending.join(", ")}`);
    for (const id of plan?.drift.edited ?? []) lines.push(`warning: ${id} is applied, and its file was changed since`);
    for (const id of plan?.drift.missing ?? []) lines.push(`warning: ${id} is recorded, and no file is there`);
    for (const id of plan?.drift.outOfOrder ?? []) lines.push(`warning: ${id} is not applied, though it comes before some that are`);
    lines.push(...planLines(plans));
    process.stdout.write(`${lines.join("\n")}\n`);
    if (trouble === null) return EXIT.ok;
    process.stderr.write(`error: ${trouble.message}\n${trouble.help === "" ? "" : `  help: ${trouble.help}\n`}`);
    return trouble.exitCode;
  });
}

interface Planned {
  readonly plan: ApplyPlan | null;
  /** A pending file that cannot be run: it must not hide how the others stand. */
  readonly trouble: BadDirective | null;
}

async function planned(options: CheckOptions, entries: readonly LedgerEntry[], files: boolean): Promise<Planned> {
  if (!files) return { plan: null, trouble: null };
  const [{ planApply }, { BadDirective }] = await Promise.all([import("../check/apply.ts"), import("../apply/backfill/directive.ts")]);
  try {
    return { plan: await planApply(options, entries, { to: null, only: [], accept: [] }, version()), trouble: null };
  } catch (error) {
    if (error instanceof BadDirective) return { plan: null, trouble: error };
    // Django and its like run their migrations themselves; what the ledger says stands all the same.
    if (error instanceof Error && error.name === "NotApplied") return { plan: null, trouble: null };
    throw error;
  }
}

async function backfills(client: Client): Promise<readonly Running[]> {
  const { rows } = await client.query<Running>(
    "SELECT source, migration, worker, pass, finished, paused, batches, affected_rows, (extract(epoch FROM clock_timestamp() - changed_at) * 1000)::float8 AS quiet_ms FROM tread.backfill ORDER BY migration, worker",
  );
  return rows;
}

async function atWork(client: Client): Promise<readonly Applier[]> {
  const { rows } = await client.query<Applier>(
    `SELECT a.pid, a.usename, (extract(epoch FROM clock_timestamp() - a.backend_start) * 1000)::float8 AS since_ms FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'advisory' AND l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND l.classid = (hashtext('tread')::bigint & 4294967295)::oid AND l.objid = (hashtext('apply')::bigint & 4294967295)::oid`,
  );
  return rows;
}

function describe(entry: LedgerEntry): string {
  const when = (entry.finishedAt ?? entry.startedAt).toISOString().slice(0, 16).replace("T", " ");
  const steps =
    entry.steps.length === 0
      ? ""
      : `, ${entry.steps.filter(({ state }) => state === "done").length} of ${entry.steps.length} begun steps done`;
  const accepted = entry.accepted.length === 0 || entry.state === "adopted" ? "" : `; accepted ${entry.accepted.join(", ")}`;
  switch (entry.state) {
    case "done":
      return `✓ ${entry.migration}  ${when}  by ${entry.by}${accepted}`;
    case "adopted":
      return `✓ ${entry.migration}  adopted ${when}${entry.accepted.length === 0 ? "" : ` (${entry.accepted.join(", ")})`}`;
    case "running":
      return `… ${entry.migration}  begun ${when} by ${entry.by}${steps}: the next \`tread apply\` goes on`;
    case "failed":
      return `✗ ${entry.migration}  ${when}${steps}: ${entry.error ?? ""}`;
    case "undone":
      return `↩ ${entry.migration}  taken back ${when}`;
    default:
      return entry.state satisfies never;
  }
}

function seconds(ms: number): string {
  return ms < 90_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}

function json(value: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ format: "tread.status/1", ...value }, null, 2)}\n`;
}
