import type { ClusterPlan, ClusterStep, KeyMove } from "../../../model/clickhouse/cluster-plan.ts";
import { literal, type WalkHost } from "../host.ts";
import type { WalkEvent } from "../ledger.ts";
import type { Reach } from "../reach.ts";
import { WalkStopped } from "../trouble.ts";
import { compareRows, type CompareContext } from "./compare.ts";
import { copyRows } from "./copy.ts";
import type { MoveContext } from "./move.ts";

/** The walk, as far as a copied table needs it. */
export interface RekeyWalk {
  readonly plan: ClusterPlan;
  readonly reach: Reach;
  readonly events: ReadonlyMap<string, readonly WalkEvent[]>;
  readonly since: ReadonlyMap<string, string>;
  readonly limitMs: number;
  /** The undo window is ended by whoever asked for this walk. */
  readonly endWindow: boolean;
  readonly beat: () => Promise<void>;
  readonly say: (message: string) => void;
  readonly calm: (hosts: readonly string[]) => Promise<void>;
  readonly record: (host: WalkHost, note: string) => Promise<void>;
}

export type RekeyAction = Extract<ClusterStep["action"], { kind: "copy-rows" | "compare-rows" | "undo-window" }>;

/** One step of making a table anew that is no statement. @throws WalkStopped, HostTrouble */
export async function rekeyStep(step: ClusterStep, action: RekeyAction, walk: RekeyWalk): Promise<void> {
  const context = moveContext(action.move, step.number, walk);
  // Behind the undo window the mirror goes host by host: from then on the two differ with every row that arrives, and should.
  if (action.kind !== "undo-window" && windowHasEnded(walk)) return;
  switch (action.kind) {
    case "copy-rows":
      await copyRows({
        ...context,
        done: (host) =>
          new Set(notes(walk, host, step.number).flatMap((note) => (note.startsWith(COPIED) ? [note.slice(COPIED.length)] : []))),
        record: (host, partition) => walk.record(host, `${COPIED}${partition}`),
      });
      return;
    case "compare-rows":
      await compareRows(compareContext(context, action.after, walk));
      return;
    case "undo-window":
      await undoWindow(step, action, walk);
      return;
    default:
      action satisfies never;
  }
}

const COPIED = "copied partition ";
const ENDED = "the undo window was ended";

function windowHasEnded(walk: RekeyWalk): boolean {
  const window = walk.plan.steps.find(({ action }) => action.kind === "undo-window");
  return window?.action.kind === "undo-window" && window.action.hosts.some((host) => notes(walk, host, window.number).includes(ENDED));
}

function notes(walk: RekeyWalk, host: string, step: number): readonly string[] {
  return (walk.events.get(host) ?? []).flatMap((event) =>
    event.step === step && event.host === host && event.state === "done" ? [event.note] : [],
  );
}

export function moveContext(move: KeyMove, step: number, { plan, reach, limitMs, beat, say, calm }: RekeyWalk): MoveContext {
  return { move, hosts: reach, queryId: `tread-${plan.hash.slice(0, 12)}-${step}`, limitMs, beat, say, calm };
}

export function compareContext(context: MoveContext, after: CompareContext["after"], { plan, since }: RekeyWalk): CompareContext {
  return {
    ...context,
    after,
    since: (host) => since.get(host) ?? null,
    changedSince: async (host) => (after === "copied" ? null : await swapBegunAt(host, plan)),
  };
}

/** When the swap was begun, by the clock of a host and as its ledger has it, in Unix seconds; null: not on record. */
export async function swapBegunAt(host: WalkHost, { hash, steps }: ClusterPlan): Promise<number | null> {
  const step = steps.find(({ action }) => action.kind === "statement" && action.together !== undefined)?.number ?? 0;
  const [row] = await host.rows<{ at: number | string; events: number | string }>(
    `SELECT toUnixTimestamp(min(at)) AS at, count() AS events FROM tread.walk WHERE plan = ${literal(hash)} AND step = ${step} AND state = 'begun'`,
  );
  // A minute before: parts carry the time at which their insert began to write them.
  return row === undefined || Number(row.events) === 0 ? null : Number(row.at) - 60;
}

async function undoWindow(
  step: ClusterStep,
  { hosts, move }: Extract<RekeyAction, { kind: "undo-window" }>,
  walk: RekeyWalk,
): Promise<void> {
  if (hosts.some((host) => notes(walk, host, step.number).includes(ENDED))) return;
  if (walk.endWindow) {
    for (const name of hosts) {
      const host = walk.reach.get(name);
      if (host === null) throw new WalkStopped(`${name} does not answer`, "bring it back, then run the same command", 4);
      await walk.record(host, ENDED);
    }
    return;
  }
  throw new WalkStopped(
    `${move.table} has its new key on every host, and ${move.other} keeps the old one with every row that arrives`,
    `look at it for as long as you like; then tread apply --end-undo-window drops ${move.other}, or tread apply --undo goes back. Until then no other change of this cluster begins`,
    4,
  );
}
