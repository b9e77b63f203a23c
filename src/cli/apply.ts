import type { Client } from "pg";
import type { ApplyContext } from "../apply/run.ts";
import type { ApplyLimits } from "../apply/types.ts";
import type { Acceptance } from "../check/apply-gate.ts";
import type { ApplyAsked, ApplyPlan } from "../check/apply.ts";
import type { DownPlan } from "../check/apply-down.ts";
import { ConfigError } from "../config/config-error.ts";
import type { CheckOptions } from "../check/options.ts";
import type { Target } from "../engines/postgres/introspect/target.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import { EXIT } from "./exit-codes.ts";
import type { CommonFlags } from "./main.ts";
import { interrupts } from "./interrupts.ts";
import { checkOptions } from "./options.ts";
import { createProgress } from "./progress.ts";
import { version } from "./version.ts";

export interface ApplyFlags extends CommonFlags {
  readonly dryRun: boolean;
  readonly down: boolean;
  readonly to?: string;
  readonly only?: readonly string[];
  readonly yes: boolean;
  readonly accept: readonly { readonly rule: string; readonly migration: string }[];
  readonly reason?: string;
  readonly stallBudget: number;
  readonly lockLimit: number;
  readonly rowStall: number;
  readonly workers: number;
  /** False: `--no-cancel-autovacuum`. */
  readonly cancelAutovacuum: boolean;
  readonly endIdleAfter?: number;
  readonly waitForStandbys: boolean;
  readonly maxLag?: number;
  readonly maxWal?: number;
  readonly maxActive?: number;
  readonly maxDead?: number;
  readonly probe?: string;
  readonly probeLimit: number;
  readonly goWhile?: string;
  readonly pauseFile?: string;
  readonly rest: number;
  /** False: `--no-vacuum`. */
  readonly vacuum: boolean;
}

export async function applyCommand(paths: readonly string[], flags: ApplyFlags): Promise<number> {
  const options = await applyOptions(paths, flags);
  const { target } = options;
  if (flags.dryRun) return await dryRun(options, target, flags, paths);
  const [{ openForApply }, { ensureLedger }, { readLedger }, { runUnits }, output] = await Promise.all([
    import("../apply/session.ts"),
    import("../ledger/postgres/schema.ts"),
    import("../ledger/postgres/ledger.ts"),
    import("../apply/run.ts"),
    import("./apply-output.ts"),
  ]);
  const progress = createProgress(process.stderr);
  const stopping = interrupts(progress);
  const session = await openForApply(target);
  let entered = false;
  try {
    await refuseUnadopted(session.runner, options, target, paths);
    const entries = await readLedger(session.runner);
    const plan = await planOf(options, entries, flags);
    const refused = (await refusal(plan, flags)) ?? (await rehearsed(plan, flags, (text) => progress.update(text)));
    progress.end();
    if (refused !== null) return refused;
    if (plan.units.length === 0 && plan.empty.length === 0) {
      process.stdout.write(flags.down ? "nothing is recorded that could be taken back\n" : output.nothingToDo(plan, entries));
      return EXIT.ok;
    }
    await (await import("../apply/privileges.ts")).refuseMissingPrivileges(session, plan.units);
    const agreed = await confirm(plan, session.runner, flags);
    if (agreed !== null) return agreed;
    for (const line of output.driftLines(plan)) process.stderr.write(`${line}\n`);
    await ensureLedger(session.runner);
    const printer = output.createPrinter(process.stdout, progress);
    entered = true;
    await runUnits(session, plan.units, context(plan, flags, session.user), {
      ...printer.events,
      signal: stopping.signal,
    });
    await recordEmpty(plan, target, session.user);
    progress.end();
    process.stdout.write(printer.summary());
    return EXIT.ok;
  } catch (error) {
    progress.end();
    const told = output.failure(error);
    if (told === null) throw error;
    process.stderr.write(told.text);
    return told.exitCode;
  } finally {
    if (!entered) await session.close();
    stopping.done();
  }
}

export interface Options extends CheckOptions {
  readonly target: Target;
}

/** @throws ConfigError */
export async function applyOptions(paths: readonly string[], flags: ApplyFlags): Promise<Options> {
  const options = await checkOptions(paths, { ...flags, databaseUrl: flags.databaseUrl ?? true });
  const [first, second] = options.config.environments;
  if (second !== undefined)
    throw usage(
      "--environment",
      `this config has ${options.config.environments.length} environments`,
      `say which one is meant: --environment ${first?.name ?? ""}`,
    );
  if (flags.accept.length > 0 && (flags.reason ?? "").trim() === "")
    throw usage(
      "--accept",
      "what is accepted needs a reason, which goes into the ledger",
      "--accept drop-column:0007 --reason 'nobody reads it since v1.43'",
    );
  if (options.database == null) throw usage("--database-url", "which database?", "give --database-url, or set DATABASE_URL");
  return { ...options, target: options.database };
}

function asked(flags: ApplyFlags): ApplyAsked {
  const accept: readonly Acceptance[] = flags.accept.map((one) => ({ ...one, reason: (flags.reason ?? "").trim() }));
  return { to: flags.to ?? null, only: flags.only ?? [], accept };
}

async function dryRun(options: Options, target: Target, flags: ApplyFlags, paths: readonly string[]): Promise<number> {
  const [{ connectTo }, { readLedger }, { lossesOf }, output] = await Promise.all([
    import("../engines/postgres/introspect/connect.ts"),
    import("../ledger/postgres/ledger.ts"),
    import("../apply/losses.ts"),
    import("./apply-output.ts"),
  ]);
  const client = await connectTo(target, { settings: { default_transaction_read_only: "on" }, connectTimeoutMs: 15_000 });
  try {
    await refuseUnadopted(client, options, target, paths);
    const plan = await planOf(options, await readLedger(client), flags);
    const losses = await lossesOf(client, plan.irreversible);
    process.stdout.write(flags.format === "json" ? output.planJson(plan, losses) : output.planText(plan, losses, limitsOf(flags)));
    return (await refusal(plan, flags)) ?? (await rehearsed(plan, flags, () => {})) ?? EXIT.ok;
  } finally {
    await client.end();
  }
}

async function planOf(options: Options, entries: readonly LedgerEntry[], flags: ApplyFlags): Promise<ApplyPlan | DownPlan> {
  const { planApply } = await import("../check/apply.ts");
  if (!flags.down) return await planApply(options, entries, asked(flags), version());
  const { planDown } = await import("../check/apply-down.ts");
  return await planDown(options, entries, asked(flags), version());
}

/** A way back is run on an embedded server first. @returns an exit code when it must not run */
export async function rehearsed(plan: ApplyPlan | DownPlan, flags: ApplyFlags, say: (text: string) => void): Promise<number | null> {
  if (!("ways" in plan) || plan.ways.length === 0) return null;
  const [{ rehearseBack }, output] = await Promise.all([import("../apply/down/rehearse.ts"), import("./apply-output.ts")]);
  say(`rehearsing the way back of ${plan.ways.map(({ id }) => id).join(", ")} on an embedded PostgreSQL ${plan.major}`);
  const result = await rehearseBack(plan.engine, plan.major, plan.schema, plan.ways, say);
  const accepted = flags.accept.some(({ rule }) => rule === `down-${result.kind}`);
  process.stderr.write(output.rehearsalText(result, plan, accepted));
  return result.kind === "equal" || accepted ? null : EXIT.findings;
}

/** A database that another tool has migrated, or that holds tables already: what ran there must be said once, not guessed. */
export async function refuseUnadopted(client: Client, options: Options, target: Target, paths: readonly string[]): Promise<void> {
  const [{ hasLedger }, { LedgerTrouble }] = await Promise.all([import("../ledger/postgres/schema.ts"), import("../ledger/trouble.ts")]);
  if (await hasLedger(client)) return;
  const { rows } = await client.query<{ tables: number; first: string | null }>(
    `SELECT count(*)::int AS tables, min(n.nspname || '.' || c.relname) AS first FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'tread')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')`,
  );
  const [row] = rows;
  if (row === undefined || row.tables === 0) return;
  const environment = options.config.environments[0]?.name ?? "default";
  const adopt = ["tread ledger adopt", ...paths, ...(environment === "default" ? [] : ["--environment", environment])].join(" ");
  throw new LedgerTrouble(
    `${target.shown} holds ${row.tables} table${row.tables === 1 ? "" : "s"} (${row.first ?? ""}${row.tables === 1 ? "" : ", …"}) and no ledger: which migrations ran there is not known`,
    `say it once: ${adopt} (takes what your migration tool has recorded), or the same with --through ID, or with --nothing`,
  );
}

/** @returns an exit code when it must not run */
export async function refusal(plan: ApplyPlan, flags: ApplyFlags): Promise<number | null> {
  const output = await import("./apply-output.ts");
  const unknown = plan.report.verdict === "unknown" && !flags.accept.some(({ rule }) => rule === "unknown" || rule === "opaque-code");
  const fatal = plan.report.problems.filter((problem) => problem.fatal);
  const text = output.refusalText(plan, { unknown, fatal, down: flags.down });
  if (text === null) return null;
  process.stderr.write(text);
  if (fatal.length > 0 || plan.drift.edited.length > 0 || (plan.drift.halfTakenBack.length > 0 && !flags.down)) return EXIT.incomplete;
  return plan.refusals.length > 0 ? EXIT.findings : EXIT.incomplete;
}

/** What takes data with it is asked for on a terminal, and needs `--yes` elsewhere. @returns an exit code when it was not agreed to */
export async function confirm(plan: ApplyPlan, client: Client, flags: ApplyFlags): Promise<number | null> {
  if (plan.irreversible.length === 0) return null;
  const { lossesOf } = await import("../apply/losses.ts");
  // A way back that takes nothing with it loses nothing; forward a drop is asked for whatever is there at this moment.
  const losses = (await lossesOf(client, plan.irreversible)).filter(({ empty }) => !flags.down || !empty);
  if (losses.length === 0) return null;
  const list = losses
    .map(({ statement, what, howMuch }) => `  ${statement.statement.span.file}:${statement.statement.span.line}  ${what} (${howMuch})`)
    .join("\n");
  process.stderr.write(`this cannot be taken back:\n${list}\n`);
  if (flags.yes) return null;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    process.stderr.write("  help: run it again with --yes when that is meant\n");
    return EXIT.usage;
  }
  const { createInterface } = await import("node:readline/promises");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question("go on? (yes/no) ");
  terminal.close();
  return /^y(es)?$/i.test(answer.trim()) ? null : EXIT.usage;
}

export function limitsOf(flags: ApplyFlags): ApplyLimits {
  return {
    stallMs: flags.stallBudget,
    lockLimitMs: flags.lockLimit * 1000,
    cancelAutovacuum: flags.cancelAutovacuum,
    endIdleAfterMs: flags.endIdleAfter === undefined ? null : flags.endIdleAfter * 1000,
    synchronousCommit: flags.waitForStandbys ? null : "off",
  };
}

export function context(plan: ApplyPlan, flags: ApplyFlags, user: string): ApplyContext {
  return {
    limits: limitsOf(flags),
    backfill: {
      targetMs: flags.rowStall,
      workers: flags.workers,
      maxLagMs: flags.maxLag ?? null,
      maxWalBytesPerSecond: flags.maxWal === undefined ? null : flags.maxWal * 1e6,
      maxActiveSessions: flags.maxActive ?? null,
      maxDeadShare: flags.maxDead === undefined ? null : flags.maxDead / 100,
      probe: flags.probe === undefined ? null : { sql: flags.probe, longestMs: flags.probeLimit },
      goWhile: flags.goWhile ?? null,
      pauseFile: flags.pauseFile ?? null,
      vacuumShare: flags.vacuum ? 0.02 : null,
      rest: flags.rest / 100,
      durable: flags.waitForStandbys,
    },
    tool: version(),
    by: whoAmI(user),
    acceptedOf: (migration) => [
      ...plan.accepted.filter(({ finding }) => finding.migration === migration).map(({ finding, reason }) => `${finding.rule}: ${reason}`),
      // What no finding stands for is accepted for the whole run: a verdict that cannot be told, a way back that does not lead back.
      ...flags.accept
        .filter(({ rule }) => rule === "unknown" || rule.startsWith("down-"))
        .map(({ rule }) => `${rule}: ${(flags.reason ?? "").trim()}`),
    ],
  };
}

export function whoAmI(role: string): string {
  const user = process.env["USER"] ?? process.env["LOGNAME"] ?? "";
  const host = process.env["HOSTNAME"] ?? "";
  const machine = [user, host].filter((part) => part !== "").join("@");
  return machine === "" ? role : `${role} (${machine})`;
}

/** Migrations without a statement (comments only, a change of Django's state) are applied by being recorded. */
async function recordEmpty(plan: ApplyPlan, target: Target, user: string): Promise<void> {
  if (plan.empty.length === 0) return;
  const [{ connectTo }, { beginMigration, endMigration }] = await Promise.all([
    import("../engines/postgres/introspect/connect.ts"),
    import("../ledger/postgres/ledger.ts"),
  ]);
  const client = await connectTo(target, { settings: {}, connectTimeoutMs: 15_000 });
  try {
    for (const { key, hash } of plan.empty) {
      await beginMigration(client, key, { hash, tool: version(), by: whoAmI(user), accepted: [] });
      await endMigration(client, key, "done");
    }
  } finally {
    await client.end();
  }
}

function usage(setting: string, message: string, help: string): ConfigError {
  return new ConfigError("the command line", [{ span: null, setting, message, help }]);
}
