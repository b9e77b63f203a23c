import type { ClusterPlan } from "../../model/clickhouse/cluster-plan.ts";
import { HostTrouble, literal, type WalkHost } from "./host.ts";

/**
 * What ran on a host, kept on that host: `tread.walk` has a row per step and event, `tread.walk_plans` the plan itself. Each host has its
 * own copy, so none of them is needed to know what the others did, and reading is never behind: whether something was applied is asked of
 * catalogues, and the ledger says who did it, when, and what was begun and not ended.
 */
export interface WalkEvent {
  readonly step: number;
  readonly host: string;
  readonly state: "begun" | "done" | "failed" | "found";
  /** By the server's clock, `2026-11-22 20:15:00`. */
  readonly at: string;
  readonly note: string;
}

export type PlanState = "begun" | "done" | "paused" | "aborted";

const TIMEOUT_MS = 10_000;

/** @throws HostTrouble */
export async function ensureWalkLedger(host: WalkHost): Promise<void> {
  for (const sql of [
    "CREATE DATABASE IF NOT EXISTS tread",
    "CREATE TABLE IF NOT EXISTS tread.walk (plan String, step UInt32, host String, state String, at DateTime DEFAULT now(), by String, note String) ENGINE = MergeTree ORDER BY (plan, step)",
    "CREATE TABLE IF NOT EXISTS tread.walk_plans (plan String, migrations String, topology String, state String, at DateTime DEFAULT now(), by String, body String) ENGINE = MergeTree ORDER BY (plan, at)",
  ])
    await host.run(sql, { timeoutMs: TIMEOUT_MS });
}

export async function recordStep(host: WalkHost, plan: string, event: Omit<WalkEvent, "at">, by: string): Promise<void> {
  const values = [plan, event.step, event.host, event.state, by, event.note.slice(0, 2000)].map((one) =>
    typeof one === "number" ? String(one) : literal(one),
  );
  await insert(host, `INSERT INTO tread.walk (plan, step, host, state, by, note) VALUES (${values.join(", ")})`);
}

export async function recordPlan(host: WalkHost, plan: ClusterPlan, state: PlanState, by: string): Promise<void> {
  const body = state === "begun" ? JSON.stringify(plan) : "";
  const values = [plan.hash, migrationsKey(plan), plan.topology, state, by, body].map(literal);
  await insert(host, `INSERT INTO tread.walk_plans (plan, migrations, topology, state, by, body) VALUES (${values.join(", ")})`);
}

async function insert(host: WalkHost, sql: string): Promise<void> {
  // What is not on disk when the server answers is not on record.
  await host.run(sql, { timeoutMs: TIMEOUT_MS, settings: host.dialect === "old" ? {} : { async_insert: "0" } });
}

export function migrationsKey({ migrations }: Pick<ClusterPlan, "migrations">): string {
  return migrations.map(({ id, hash }) => `${id}:${hash}`).join(",");
}

/** Events of a plan on one host, oldest first. Empty where there is no ledger yet. @throws HostTrouble */
export async function readEvents(host: WalkHost, plan: string): Promise<readonly WalkEvent[]> {
  return await orNone(
    host.rows<WalkEvent>(
      `SELECT step, host, state, toString(at) AS at, note FROM tread.walk WHERE plan = ${literal(plan)} ORDER BY walk.at, step`,
    ),
  );
}

export interface RecordedPlan {
  readonly hash: string;
  readonly state: PlanState;
  /** When it was begun, by the server's clock. */
  readonly begunAt: string;
  readonly by: string;
  readonly plan: ClusterPlan | null;
}

/** The newest state of every plan that a host knows. @throws HostTrouble */
export async function readPlans(host: WalkHost): Promise<readonly RecordedPlan[]> {
  const rows = await orNone(
    host.rows<{ plan: string; state: PlanState; at: string; by: string; body: string }>(
      "SELECT plan, state, toString(at) AS at, by, body FROM tread.walk_plans ORDER BY walk_plans.at, state = 'begun' DESC",
    ),
  );
  const plans = new Map<string, RecordedPlan>();
  for (const { plan, state, at, by, body } of rows) {
    const known = plans.get(plan);
    plans.set(plan, {
      hash: plan,
      state,
      begunAt: known?.begunAt ?? at,
      by,
      plan: known?.plan ?? (body === "" ? null : (JSON.parse(body) as ClusterPlan)),
    });
  }
  return [...plans.values()];
}

/** 60: no such table. 81: no such database. */
async function orNone<T>(rows: Promise<T[]>): Promise<readonly T[]> {
  try {
    return await rows;
  } catch (error) {
    if (error instanceof HostTrouble && (error.code === 60 || error.code === 81)) return [];
    throw error;
  }
}
