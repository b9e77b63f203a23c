import type { ClusterPlan, KeyMove } from "../../../model/clickhouse/cluster-plan.ts";
import type { WalkHost } from "../host.ts";
import { HostTrouble, pairs } from "../host.ts";
import { recordPlan } from "../ledger.ts";
import { becomeTheWalker, walkerName } from "../lock.ts";
import { Reach } from "../reach.ts";
import { WalkStopped } from "../trouble.ts";
import { compareRows, type CompareContext } from "./compare.ts";
import { hasSwapped } from "./differences.ts";
import { quietMoment } from "./inflight.ts";
import { present } from "./move.ts";
import { table } from "./rows.ts";
import { compareContext, moveContext, swapBegunAt, type RekeyWalk } from "./step.ts";
import { moveOf } from "./swap.ts";

export interface UndoInput {
  readonly plan: ClusterPlan;
  readonly hosts: ReadonlyMap<string, WalkHost>;
  readonly by: string;
  readonly say: (message: string) => void;
}

export interface Undone {
  /** Hosts that have swapped back. */
  readonly swapped: number;
  readonly broughtToTable: number;
}

/** May be called at any moment before the undo window has ended, and again after an interruption. @throws WalkStopped */
export async function undoKeyWalk({ plan, hosts, by, say }: UndoInput): Promise<Undone> {
  const move = moveOf(plan);
  if (move === null)
    throw new WalkStopped("the plan that is under way makes no table anew", "tread apply --abort says per step what undoes it", 4);
  const reach = new Reach(
    hosts,
    plan.hosts.map(({ name }) => name),
  );
  await reach.look(5000);
  const lock = await becomeTheWalker(reach.present(), walkerName(by));
  const beat = (): Promise<void> => lock.hold();
  try {
    return await undoKey(
      plan,
      move,
      {
        plan,
        reach,
        events: new Map(),
        since: new Map(),
        limitMs: 600_000,
        endWindow: false,
        beat,
        say,
        calm: beat,
        record: async () => {},
      },
      by,
    );
  } catch (error) {
    if (error instanceof HostTrouble)
      throw new WalkStopped(
        `${error.host}: ${error.message}`,
        "correct the cause, then run the same command",
        error.kind === "refused" ? 5 : 4,
      );
    throw error;
  } finally {
    await lock.release();
  }
}

/** The key as it was: every host that has swapped swaps back, rows of inserts that met it are brought over, and the copy goes. */
async function undoKey(plan: ClusterPlan, move: KeyMove, walk: RekeyWalk, by: string): Promise<Undone> {
  let swapped = 0;
  let broughtToTable = 0;
  for (const group of move.groups) present(walk.reach, group);
  for (const group of inShards(plan, move)) {
    for (const name of group) {
      const host = hostOf(walk, name);
      if (!(await hasSwapped(host, move))) continue;
      if (!(await exists(host, move.mirror)))
        throw new WalkStopped(
          `${name}: ${move.mirror} is gone, so ${move.other} lacks what has arrived since`,
          "the undo window was ended: there is no way back but another change of the key",
          5,
        );
      await walk.beat();
      await quietMoment(host, move, 2000);
      await host.run(`EXCHANGE TABLES ${table(move.table)} AND ${table(move.other)}`, { timeoutMs: 45_000 });
      walk.say(`${name} reads by the old key again`);
      swapped++;
    }
  }
  // Also where an undo that was interrupted had swapped back already.
  if (swapped > 0 || (await hadSwapped(walk)))
    ({ broughtToTable } = await compareRows({ ...compareContext(moveContext(move, 0, walk), "undone", walk), ...everything }));
  for (const group of move.groups)
    for (const host of present(walk.reach, group)) {
      await host.run(`DROP VIEW IF EXISTS ${table(move.mirror)} SYNC`, { timeoutMs: 45_000 });
      for (const name of [move.from, move.into]) await host.run(`DROP TABLE IF EXISTS ${table(name)} SYNC`, dropping);
      // Only ever the table with the new key.
      if (!(await hasSwapped(host, move))) await host.run(`DROP TABLE IF EXISTS ${table(move.other)} SYNC`, dropping);
      await recordPlan(host, plan, "aborted", by);
    }
  return { swapped, broughtToTable };
}

/** Mutations of either table are no reason to stop on the way back, and rows are compared from ever. */
const everything: Pick<CompareContext, "since" | "changedSince"> = { since: () => "2106-01-01 00:00:00", changedSince: async () => null };

async function hadSwapped(walk: RekeyWalk): Promise<boolean> {
  for (const host of walk.reach.present()) if ((await swapBegunAt(host, walk.plan)) !== null) return true;
  return false;
}

/** The copy of rows that are all in the table that stays. */
const dropping = { timeoutMs: 120_000, settings: { max_table_size_to_drop: "0" } };

function hostOf(walk: RekeyWalk, name: string): WalkHost {
  const host = walk.reach.get(name);
  if (host === null) throw new WalkStopped(`${name} does not answer`, "bring it back, then run the same command", 4);
  return host;
}

function inShards({ steps }: ClusterPlan, move: KeyMove): readonly (readonly string[])[] {
  const step = steps.find(({ action }) => action.kind === "statement" && action.together !== undefined);
  return step?.action.kind === "statement" ? [step.action.runs.flatMap(({ seenOn }) => seenOn)] : move.groups.map(({ hosts }) => hosts);
}

async function exists(host: WalkHost, full: string): Promise<boolean> {
  return (await host.rows(`SELECT name FROM system.tables WHERE (database, name) IN (${pairs([full])})`)).length > 0;
}
