import type { BackRehearsal } from "../apply/down/rehearse.ts";
import type { Loss } from "../apply/losses.ts";
import type { ApplyPlan } from "../check/apply.ts";
import type { DownPlan } from "../check/apply-down.ts";
import type { ApplyEvents } from "../apply/run.ts";
import type { ApplyLimits, Strategy, Unit } from "../apply/types.ts";
import { describeBlocker } from "../apply/blockers.ts";
import { StatementFailed } from "../apply/statement-failed.ts";
import { ApplyStopped } from "../apply/stopped.ts";
import { spellLock } from "../model/effects.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import type { Problem } from "../model/migration.ts";
import { EXIT } from "./exit-codes.ts";
import type { Progress } from "./progress.ts";

const HOW: Readonly<Record<Strategy, string>> = {
  "locks-first": "its locks first and together, never in a queue for longer than the stall budget",
  transaction: "one transaction; takes no lock that reads or writes wait for",
  alone: "outside of a transaction, recorded before and after; waits for open transactions, and nobody waits for it",
  backfill: "in batches, each a transaction, throttled",
  session: "sent whenever its migration is begun or gone on with",
};

/** What would be done: every statement with its strategy, what it was predicted to do, and why it is done so. */
export function planText(plan: ApplyPlan, losses: readonly Loss[], limits: ApplyLimits): string {
  const lines: string[] = [];
  let migration: string | null = null;
  for (const unit of plan.units) {
    const [part] = unit.parts;
    if (part !== undefined && part.migration.id !== migration) {
      migration = part.migration.id;
      lines.push("", `${migration}  ${part.migration.path}`);
    }
    lines.push(`  ${unit.strategy}: ${HOW[unit.strategy]}`);
    for (const { statement, predicted } of unit.statements) {
      lines.push(`    ${oneLine(statement.sql)}`);
      const does = predicted === null ? [] : effectsOf(predicted);
      if (does.length > 0) lines.push(`      predicted: ${does.join("; ")}`);
    }
    if (unit.locks.length > 0)
      lines.push(
        `      locks taken first: ${unit.locks.map(({ relation, mode }) => `${relation} ${spellLock(mode)}`).join(", ")} (stall budget ${limits.stallMs} ms)`,
      );
    if (unit.backfill !== undefined) {
      const { table, key, newWrites, verify } = unit.backfill;
      lines.push(
        `      walks ${table} by (${key.join(", ")}); new writes: ${newWrites}`,
        `      ends with: ${verify === null ? "no verification, nothing tells which rows are done" : `no row left for which ${oneLine(verify)}`}`,
      );
    }
  }
  if (plan.units.length === 0) lines.push("nothing is pending");
  for (const { finding, reason } of plan.accepted) lines.push("", `accepted: ${finding.rule} in ${finding.migration ?? ""}: ${reason}`);
  if (plan.taken.length > 0) lines.push("", `taken care of by apply: ${plan.taken.join(", ")}`);
  for (const { statement, what, howMuch } of losses)
    lines.push("", `cannot be taken back: ${statement.statement.span.file}:${statement.statement.span.line} ${what} (${howMuch})`);
  lines.push(...driftLines(plan));
  return `${lines.join("\n").replace(/^\n/, "")}\n`;
}

export function planJson(plan: ApplyPlan, losses: readonly Loss[]): string {
  return `${JSON.stringify(
    {
      format: "tread.apply-plan/1",
      units: plan.units.map((unit) => ({
        strategy: unit.strategy,
        why: HOW[unit.strategy],
        migrations: unit.parts.map(({ key, from, to }) => ({ source: key.source, id: key.migration, from, to })),
        statements: unit.statements.map(({ statement, predicted }) => ({ sql: statement.sql, span: statement.span, predicted })),
        locks: unit.locks,
        backfill:
          unit.backfill === undefined
            ? null
            : { table: unit.backfill.table, key: unit.backfill.key, newWrites: unit.backfill.newWrites, verify: unit.backfill.verify },
      })),
      refusals: plan.refusals,
      accepted: plan.accepted.map(({ finding, reason }) => ({ rule: finding.rule, migration: finding.migration, reason })),
      takenByApply: plan.taken,
      irreversible: losses.map(({ statement, what, howMuch }) => ({ span: statement.statement.span, what, howMuch })),
      drift: plan.drift,
    },
    null,
    2,
  )}\n`;
}

function effectsOf(predicted: NonNullable<Unit["statements"][number]["predicted"]>): string[] {
  return [
    ...predicted.locks.map(({ relation, mode }) => `${spellLock(mode)} on ${relation}`),
    ...predicted.rewrites.map((table) => `rewrites ${table}`),
    ...predicted.scans.map((table) => `reads all of ${table}`),
    ...predicted.indexBuilds.map((index) => `builds ${index}`),
    ...(predicted.error === null ? [] : [`fails: ${predicted.error.sqlstate} ${predicted.error.message}`]),
  ];
}

/** What the rehearsal of a way back showed. */
export function rehearsalText(result: BackRehearsal, { ways, major }: DownPlan, accepted: boolean): string {
  const ids = ways.map(({ id }) => id).join(", ");
  const help = accepted
    ? []
    : [`  help: correct the down side; or, where that is meant: --accept down-${result.kind}:${ways[0]?.id ?? ""} --reason '…'`];
  const level = accepted ? "accepted" : "error";
  switch (result.kind) {
    case "equal":
      return `rehearsed on PostgreSQL ${major}: after ${ids} and its way back the schema is what it was\n`;
    case "differs":
      return `${[`${level}: the way back of ${ids} does not lead back:`, ...result.differences.map((line) => `  ${line}`), ...help].join("\n")}\n`;
    case "failed":
      return `${[`${level}: ${result.span.file}:${result.span.line}: fails in the rehearsal: ${result.message}`, ...help].join("\n")}\n`;
    case "not-rehearsed":
      return `${[`${level}: the way back could not be rehearsed: ${result.reason}`, ...help].join("\n")}\n`;
    default:
      return result satisfies never;
  }
}

/** Why it must not run, or null. */
export function refusalText(
  plan: ApplyPlan,
  {
    unknown,
    fatal,
    down,
  }: { readonly unknown: boolean; readonly fatal: readonly Pick<Problem, "message" | "help">[]; readonly down: boolean },
): string | null {
  const lines: string[] = [];
  for (const { message, help } of fatal) lines.push(`error: ${message}`, ...(help === "" ? [] : [`  help: ${help}`]));
  if (plan.drift.edited.length > 0)
    lines.push(
      `error: applied, and changed since: ${plan.drift.edited.join(", ")}`,
      "  help: restore what ran, and put the change into a new migration; or, where only a comment differs: tread ledger repair ID --hash",
    );
  if (plan.drift.halfTakenBack.length > 0 && !down)
    lines.push(
      `error: the way back of ${plan.drift.halfTakenBack.join(", ")} was begun and has not ended: the schema is between two`,
      "  help: let it end: tread apply --down",
    );
  for (const finding of plan.refusals) {
    const where = finding.span === null ? "" : `${finding.span.file}:${finding.span.line}: `;
    lines.push(`error[${finding.rule}]: ${where}${finding.message}`, `  why: ${finding.why}`, `  help: ${finding.help}`);
  }
  if (plan.refusals.length > 0) {
    const [first] = plan.refusals;
    lines.push(
      `${plan.refusals.length} finding${plan.refusals.length === 1 ? " forbids" : "s forbid"} this; nothing was run. Whoever knows better takes responsibility: --accept ${first?.rule ?? ""}:${first?.migration ?? ""} --reason '…'`,
    );
  }
  if (lines.length === 0 && unknown) {
    const reasons = plan.report.environments.map(({ reason }) => reason).join("; ");
    lines.push(
      `error: it cannot be told whether this is safe: ${reasons}`,
      ...opaqueLines(plan),
      "  help: `tread check` shows what was not understood; --accept unknown:all --reason '…' runs it all the same",
    );
  }
  return lines.length === 0 ? null : `${lines.join("\n")}\n`;
}

/** What could not be understood, and why, by its place: a shell command of psql's, code, SQL that a query builds. */
function opaqueLines({ report }: ApplyPlan): readonly string[] {
  const opaque = report.migrations.flatMap(({ statements }) =>
    statements.flatMap(({ span, opaque: why }) => (why === null ? [] : [`  ${span.file}:${span.line}: ${why}`])),
  );
  return opaque.length <= 10 ? opaque : [...opaque.slice(0, 10), `  and ${opaque.length - 10} more`];
}

/** What the ledger and the files do not agree about, and does not forbid the run. */
export function driftLines({ drift, unusedAcceptances }: ApplyPlan): string[] {
  return [
    ...(drift.missing.length === 0 ? [] : [`warning: recorded as applied, and no file is there: ${drift.missing.join(", ")}`]),
    ...(drift.outOfOrder.length === 0
      ? []
      : [`warning: not applied, though they come before some that are: ${drift.outOfOrder.join(", ")}`]),
    ...unusedAcceptances
      .filter(({ rule }) => rule !== "unknown" && !rule.startsWith("down-"))
      .map(({ rule, migration }) => `warning: --accept ${rule}:${migration}: there is no such finding`),
  ];
}

export function nothingToDo(plan: ApplyPlan, entries: readonly LedgerEntry[]): string {
  const done = entries.filter(({ state }) => state === "done" || state === "adopted").length;
  return `${[`nothing is pending: ${done} migration${done === 1 ? " is" : "s are"} recorded as applied`, ...driftLines(plan)].join("\n")}\n`;
}

export interface Printer {
  readonly events: Omit<ApplyEvents, "signal">;
  summary(): string;
}

/** A batch takes a tenth of a second: said that often it would fill a CI log. ms */
const SAY_EVERY_MS = 2000;

export function createPrinter(out: { write(text: string): unknown }, progress: Progress): Printer {
  const started = performance.now();
  let said = 0;
  let units = 0;
  let longest = 0;
  let at = "";
  let label = "";
  const events: Printer["events"] = {
    unitStarts: (unit, number, of) => {
      at = `${number}/${of}`;
      label = `${unit.parts.map(({ migration, undoes }) => `${undoes === undefined ? "" : "back: "}${migration.id}`).join(", ")}: ${oneLine(unit.statements[0]?.statement.sql ?? "")}`;
      progress.update(`${at} ${label}`);
    },
    waiting: (blockers, sinceMs) => {
      const [first] = blockers;
      progress.update(
        `${at} looking for the right moment for ${Math.round(sinceMs / 1000)} s${first === undefined ? "" : `: ${describeBlocker(first)}`}`,
      );
    },
    acted: (what) => {
      progress.end();
      out.write(`  · ${what}\n`);
    },
    progress: (text) => progress.update(`${at} ${label}: ${text}`),
    backfill: ({ table, rows, of, rowsPerSecond, leftMs, batchRows, throttledBy, phase }) => {
      if (performance.now() - said < (process.stderr.isTTY ? 100 : SAY_EVERY_MS)) return;
      said = performance.now();
      const share = of === null ? "" : ` of about ${Math.max(rows, Math.round(of)).toLocaleString("en")}`;
      const state =
        throttledBy === null
          ? `${Math.round(rowsPerSecond).toLocaleString("en")} rows/s, batches of ${batchRows}`
          : `waiting: ${throttledBy}`;
      const about = phase === "backfill" && leftMs !== null && throttledBy === null ? leftMs / 1000 : undefined;
      progress.update(`${at} ${table}: ${phase}, ${rows.toLocaleString("en")}${share} rows, ${state}`, about);
    },
    unitDone: (unit, outcome, ms) => {
      progress.end();
      if (unit.strategy === "session") return;
      units++;
      longest = Math.max(longest, outcome.lockHoldMs ?? 0);
      const held =
        outcome.lockHoldMs === null
          ? ""
          : `, locks held ${outcome.lockHoldMs.toFixed(1)} ms after ${spell(outcome.lockWaitMs ?? 0)} of looking for the moment`;
      out.write(`✓ ${label} (${spell(ms)}${held})\n`);
      if (unit.statements.length > 1)
        out.write(`  and ${unit.statements.length - 1} more statement${unit.statements.length === 2 ? "" : "s"} in the same transaction\n`);
    },
  };
  return {
    events,
    summary: () =>
      `done: ${units} step${units === 1 ? "" : "s"} in ${spell(performance.now() - started)}${longest > 0 ? `; the longest time that strong locks were held: ${longest.toFixed(1)} ms` : ""}\n`,
  };
}

/** @returns null for what nobody foresaw */
export function failure(error: unknown): { readonly text: string; readonly exitCode: number } | null {
  if (error instanceof ApplyStopped)
    return { text: `stopped: ${error.message}\n  help: ${error.help}\n`, exitCode: error.exitCode === 5 ? EXIT.failed : EXIT.stopped };
  if (!(error instanceof StatementFailed)) return null;
  const { statement } = error.statement;
  return {
    text: [
      `error: ${statement.span.file}:${statement.span.line}: ${error.atCommit ? "COMMIT failed" : oneLine(statement.sql)}`,
      `  ${error.sqlstate}: ${error.message}${error.detail === null ? "" : ` (${error.detail})`}`,
      "  what it was part of is rolled back and recorded as failed; what ran before is done",
      "  help: correct the migration, or the data, and run the same command again",
      "",
    ].join("\n"),
    exitCode: EXIT.stopped,
  };
}

function oneLine(sql: string): string {
  const line = sql.replaceAll(/\s+/g, " ").trim();
  return line.length > 110 ? `${line.slice(0, 109)}…` : line;
}

function spell(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : ms < 90_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}
