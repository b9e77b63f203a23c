import type { PostgresEngine } from "../../engines/postgres/engine.ts";
import type { SchemaState } from "../../model/schema.ts";
import type { BackfillStep, MigrateStep, Phase, Plan, Undo, VerifyStep, WaitStep } from "../types.ts";
import { loopOf, queriesOf } from "./backfill.ts";
import { type Block, type Draft, EmitRefused } from "./contract.ts";
import { markOf } from "./marks.ts";
import { draftName } from "./names.ts";
import { inTransaction, NOTHING, raise } from "./text.ts";

/** What is known around the plan when it is written for a tool. */
export interface DraftContext {
  readonly engine: PostgresEngine;
  /** Before the plan: what the keys of the tables are. */
  readonly schema: SchemaState;
  /** As SQL writes it: `2s`. */
  readonly lockTimeout: string;
}

/** The migrations of the phases, in order, one risky operation each. @throws EmitRefused */
export function draftsOf(plan: Plan, phases: readonly Phase[], context: DraftContext): readonly Draft[] {
  return phases.flatMap((phase) => {
    const before: string[] = conditionLines(plan, phase);
    const drafts: Draft[] = [];
    for (const step of phase.steps) {
      if (step.kind === "approve") {
        before.push(`Before it runs, somebody says yes to this: ${step.why}`);
        continue;
      }
      const header = [markOf({ plan: plan.name, phase: phase.name, step: step.name }), step.summary, ...before.splice(0)];
      const common = { plan: plan.name, phase: phase.name, step, name: draftName(plan.name, step.name) };
      switch (step.kind) {
        case "migrate":
          drafts.push({ ...common, header, ...migrate(step, context) });
          break;
        case "backfill":
          drafts.push({ ...common, header: [...header, `Rows that are written meanwhile: ${step.newWrites}`], ...backfill(step, context) });
          break;
        case "verify":
          drafts.push({ ...common, header, up: verified(step), down: NOTHING });
          break;
        case "wait":
          drafts.push({ ...common, header, up: waited(step), down: NOTHING });
          break;
        case "deploy":
          drafts.push({ ...common, header: [...header, ...step.code], up: null, down: NOTHING });
          break;
        default:
          step satisfies never;
      }
    }
    return drafts;
  });
}

function conditionLines(plan: Plan, phase: Phase): string[] {
  const at = plan.phases.indexOf(phase) + 1;
  return phase.opens.length === 0
    ? []
    : [`Phase ${at} of ${plan.phases.length}, not before:`, ...phase.opens.map(({ sentence }) => `- ${sentence}`)];
}

function migrate(step: MigrateStep, { lockTimeout }: DraftContext): Pick<Draft, "up" | "down"> {
  return {
    up: step.transaction ? inTransaction(step.sql, lockTimeout) : { mode: "alone", statements: step.sql },
    down: undone(step.down, lockTimeout),
  };
}

function undone(down: Undo, lockTimeout: string): Draft["down"] {
  if (!down.possible) return { mode: "none", why: down.why };
  if (down.sql.length === 0) return NOTHING;
  return down.transaction ? inTransaction(down.sql, lockTimeout) : { mode: "alone", statements: down.sql };
}

function backfill(step: BackfillStep, { engine, schema, lockTimeout }: DraftContext): Pick<Draft, "up" | "down" | "batch"> {
  const batch = engine.batch(step.sql, schema);
  if (batch.kind === "refused")
    throw new EmitRefused(
      `step ${step.name}: this statement cannot be run in batches: ${batch.reason}`,
      "write it so that each row's result depends on that row alone, or split it by hand",
    );
  const key = step.key.length > 0 ? step.key : primaryKey(schema, step.table);
  if (key.length === 0)
    throw new EmitRefused(
      `step ${step.name}: ${step.table} has no primary key by which it could be walked`,
      "name a unique key in the plan: key: [column]",
    );
  return {
    up: { mode: "alone", statements: [loopOf(step, batch, key)] },
    down: undone(step.down, lockTimeout),
    batch: queriesOf(step, batch, key),
  };
}

function primaryKey(schema: SchemaState, table: string): readonly string[] {
  return schema.relations.get(table)?.constraints.find(({ kind }) => kind === "primary-key")?.columns ?? [];
}

function verified({ sql, otherwise }: VerifyStep): Block {
  return { mode: "transaction", statements: [failing(`EXISTS (${sql}\n)`, otherwise)] };
}

function failing(condition: string, message: string): string {
  const [, body = ""] = /^DO \$tread\$\nBEGIN\n([\s\S]*)\nEND\n\$tread\$$/.exec(raise(message)) ?? [];
  return `DO $tread$\nBEGIN\n  IF ${condition} THEN\n  ${body}\n  END IF;\nEND\n$tread$`;
}

/** Ten minutes, looked at once a second. */
const LONGEST_WAIT_S = 600;

function waited({ until, summary }: WaitStep): Block {
  const text = summary.replaceAll("%", "%%").replaceAll("'", "''");
  return {
    mode: "transaction",
    statements: [
      [
        "DO $tread$",
        "BEGIN",
        `  FOR tread_second IN 1..${LONGEST_WAIT_S} LOOP`,
        `    IF NOT EXISTS (${until}\n) THEN RETURN; END IF;`,
        "    PERFORM pg_sleep(1);",
        "  END LOOP;",
        `  RAISE EXCEPTION 'after ${LONGEST_WAIT_S} s still not: ${text}';`,
        "END",
        "$tread$",
      ].join("\n"),
    ],
  };
}
