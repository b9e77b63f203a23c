import type { ClusterPlan, ClusterStep, StepRun } from "../../model/clickhouse/cluster-plan.ts";
import { flushQueues, partsHold, waitForQueries, type Waiting } from "./checks.ts";
import { clockOf } from "./catalogue.ts";
import type { WalkHost } from "./host.ts";
import { ensureWalkLedger, readEvents, readPlans, recordPlan, recordStep, type WalkEvent } from "./ledger.ts";
import { becomeTheWalker, walkerName, type WalkLock } from "./lock.ts";
import { positionOf } from "./position.ts";
import { mayBegin } from "./may-begin.ts";
import { asStop, onHost } from "./stops.ts";
import { overlaps } from "./overlaps.ts";
import { WALK_LIMITS, type WalkInput, type WalkLimits, type WalkReport } from "./walk-input.ts";
import { sendProbe } from "./probe.ts";
import { Reach } from "./reach.ts";
import { rekeyStep, type RekeyWalk } from "./rekey/step.ts";
import { allAnswer, byShard, half, halfSwapped, moveOf } from "./rekey/swap.ts";
import { unmet } from "./requirements.ts";
import { runOn, type RunContext } from "./statement.ts";
import { busy } from "./throttle.ts";
import { WalkStopped } from "./trouble.ts";

/**
 * Walks a plan, statement by statement, from wherever its hosts stand. May be called again after any interruption.
 * @throws WalkStopped when it ends before everything is done
 */
export async function walkCluster(input: WalkInput): Promise<WalkReport> {
  const { plan, events } = input;
  const reach = new Reach(
    input.hosts,
    plan.hosts.map(({ name }) => name),
  );
  await reach.look(5000);
  for (const [host, why] of reach.away) events.say(`${host} does not answer (${why})`);
  for (const host of reach.present()) await onHost(host, reach, () => ensureWalkLedger(host));
  const lock = await becomeTheWalker(reach.present(), walkerName(input.by));
  events.say(`lock: ${lock.kind}${lock.limits === null ? "" : `; ${lock.limits}`}`);
  try {
    return await new Walker(input, reach, lock).walk();
  } finally {
    await lock.release();
  }
}

class Walker {
  readonly #input: WalkInput;
  readonly #plan: ClusterPlan;
  readonly #reach: Reach;
  readonly #lock: WalkLock;
  readonly #limits: WalkLimits;
  readonly #pending = new Map<string, Set<number>>();
  /** Per host, the last step that its catalogue shows; what comes before is not looked at again. */
  readonly #position = new Map<string, number>();
  readonly #events = new Map<string, readonly WalkEvent[]>();
  /** Per host, when the plan was begun by its own clock: older mutations are others'. */
  readonly #since = new Map<string, string>();
  #ran = 0;
  #found = 0;

  constructor(input: WalkInput, reach: Reach, lock: WalkLock) {
    this.#input = input;
    this.#plan = input.plan;
    this.#reach = reach;
    this.#lock = lock;
    this.#limits = { ...WALK_LIMITS, ...input.limits };
  }

  async walk(): Promise<WalkReport> {
    await this.#begin();
    await this.#finishHalfSwapped();
    await mayBegin(this.#plan, this.#reach, {
      begun: [...this.#events.values()].some((events) => events.length > 0),
      say: (results) => this.#input.events.preflight(results),
    });
    for (const host of this.#reach.present()) await this.#locate(host);
    for (const step of this.#plan.steps) await this.#step(step);
    if (this.#pending.size === 0) await this.#everywhere((host) => recordPlan(host, this.#plan, "done", this.#input.by));
    return {
      ran: this.#ran,
      found: this.#found,
      pending: [...this.#pending].map(([host, steps]) => ({ host, steps: [...steps].sort((a, b) => a - b) })),
      lock: this.#lock.kind,
    };
  }

  async #everywhere(work: (host: WalkHost) => Promise<void>): Promise<void> {
    for (const host of this.#reach.present()) await onHost(host, this.#reach, () => work(host));
  }

  async #begin(): Promise<void> {
    await this.#everywhere(async (host) => {
      const recorded = await readPlans(host);
      const other = recorded.find(
        ({ hash, state, plan }) =>
          hash !== this.#plan.hash && (state === "begun" || state === "paused") && plan !== null && overlaps(plan, this.#plan),
      );
      if (other !== undefined)
        throw new WalkStopped(
          `${host.name} is in the middle of another plan (${other.hash.slice(0, 12)}, begun ${other.begunAt} by ${other.by})`,
          `finish it: tread apply goes on with it; or end it: tread apply --abort`,
          4,
        );
      const own = recorded.find(({ hash }) => hash === this.#plan.hash);
      if (own?.state === "aborted")
        throw new WalkStopped(
          `this plan was aborted on ${host.name} by ${own.by}`,
          "make a new plan from what the hosts hold now: tread plan --cluster",
          4,
        );
      this.#since.set(host.name, own?.begunAt ?? (await clockOf(host)));
      this.#events.set(host.name, await readEvents(host, this.#plan.hash));
      if (own === undefined || own.state === "paused") await recordPlan(host, this.#plan, "begun", this.#input.by);
    });
  }

  async #locate(host: WalkHost): Promise<void> {
    const position = await onHost(host, this.#reach, () => positionOf(host, this.#plan, this.#events.get(host.name) ?? []));
    if (position === null) return;
    if (position.step === null)
      throw new WalkStopped(
        `${host.name} is not as the plan knows it: ${position.drift ?? ""}`,
        "somebody changed it since the plan was made: look at it (tread cluster drift), end this plan (tread apply --abort) and make a new one",
        4,
      );
    this.#position.set(host.name, position.step);
  }

  async #step(step: ClusterStep): Promise<void> {
    const { action } = step;
    this.#input.events.step(step, this.#plan.steps.length);
    if (action.kind === "statement") {
      await this.#statements(step);
      return;
    }
    // A check that everything after it has passed already needs no second look.
    if (this.#isBehind(step)) return;
    await this.#beat();
    const waiting = (limitMs: number): Waiting => ({
      limitMs,
      beat: () => this.#beat(),
      say: (message) => this.#input.events.say(message),
    });
    try {
      if (action.kind === "flush") await flushQueues(action, this.#reach, waiting(this.#limits.queueMs), this.#recoveryAfter(step));
      else if (action.kind === "wait-for-queries") await waitForQueries(action, this.#reach, waiting(this.#limits.queriesMs));
      else if (action.kind === "copy-rows" || action.kind === "compare-rows" || action.kind === "undo-window")
        await rekeyStep(step, action, this.#rekey(step));
      else if (action.kind === "send-probe") await sendProbe(action, this.#reach, waiting(this.#limits.queueMs));
      else await partsHold(action, this.#reach, waiting(this.#limits.queueMs));
    } catch (error) {
      throw asStop(error);
    }
  }

  #rekey(step: ClusterStep): RekeyWalk {
    return {
      plan: this.#plan,
      reach: this.#reach,
      events: this.#events,
      since: this.#since,
      limitMs: this.#limits.queriesMs,
      endWindow: this.#input.endUndoWindow === true,
      beat: () => this.#beat(),
      say: (message) => this.#input.events.say(message),
      calm: (hosts) => this.#calm(step, hosts),
      record: (host, note) =>
        recordStep(host, this.#plan.hash, { step: step.number, host: host.name, state: "done", note }, this.#input.by),
    };
  }

  /** Before anything else is looked at: the replicas of a shard must not stay apart for longer than it takes. */
  async #finishHalfSwapped(): Promise<void> {
    const move = moveOf(this.#plan);
    const step = this.#plan.steps.find(({ action }) => action.kind === "statement" && action.together !== undefined);
    if (move === null || step === undefined || step.action.kind !== "statement") return;
    try {
      for (const one of await halfSwapped(step, move, (name) => this.#reach.get(name))) {
        this.#input.events.say(half(one));
        for (const run of step.action.runs.filter(({ seenOn }) => seenOn.some((host) => one.left.includes(host))))
          await this.#run(step, run);
      }
    } catch (error) {
      throw asStop(error);
    }
  }

  /** Every host that the check is about has gone past it. */
  #isBehind(step: ClusterStep): boolean {
    const { action } = step;
    const hosts = action.kind === "flush" ? action.queues.map(({ host }) => host) : action.kind === "statement" ? [] : action.hosts;
    return hosts.length > 0 && hosts.every((host) => (this.#position.get(host) ?? 0) > step.number);
  }

  #recoveryAfter(step: ClusterStep): readonly string[] {
    return this.#plan.steps.find(({ number, recovery }) => number > step.number && recovery.length > 0)?.recovery ?? [];
  }

  async #statements(step: ClusterStep): Promise<void> {
    const { action } = step;
    if (action.kind !== "statement") return;
    const due = action.runs.filter((run) => !run.seenOn.every((host) => (this.#position.get(host) ?? 0) >= step.number));
    this.#found += action.runs.length - due.length;
    if (due.length === 0) return;
    await this.#require(step);
    const together = action.together === undefined ? [] : byShard(due);
    for (const [at, run] of due.entries()) {
      for (const shard of together) if (shard[0] === run) allAnswer(shard, step, (name) => this.#reach.get(name));
      await this.#beat();
      await this.#calm(step, run.seenOn);
      await this.#run(step, run);
      // The first one is the canary: what it needs is asked again before the others follow.
      if (at === 0 && due.length > 1) await this.#require(step);
    }
  }

  async #run(step: ClusterStep, run: StepRun): Promise<void> {
    const context: RunContext = {
      plan: this.#plan.hash,
      step,
      reach: this.#reach,
      events: this.#events,
      since: this.#since,
      settleMs: this.#limits.settleMs,
      beat: () => this.#beat(),
      say: (message) => this.#input.events.say(message),
      record: async (host, state, note) => {
        await recordStep(host, this.#plan.hash, { step: step.number, host: host.name, state, note }, this.#input.by);
      },
    };
    const began = Date.now();
    const result = await runOn(run, context);
    if (result.how !== "pending") {
      this.#input.events.ran(step, result.host, result.how, Date.now() - began);
      if (result.how === "ran") this.#ran++;
      else this.#found++;
    }
    for (const host of result.pending) {
      const waits =
        (step.phase === "contract" && !run.replicated) || (step.action.kind === "statement" && step.action.together !== undefined);
      if (waits)
        throw new WalkStopped(
          `${host} does not answer (${this.#reach.away.get(host) ?? ""}), and step ${step.number} ${step.phase === "contract" ? "takes something away" : "is for all of them"}: it waits for every host`,
          "bring it back, then run the same command",
          4,
        );
      const steps = this.#pending.get(host) ?? new Set();
      this.#pending.set(host, steps.add(step.number));
    }
  }

  /** What writes parts again waits while a host is busy. */
  async #calm(step: ClusterStep, hosts: readonly string[]): Promise<void> {
    const began = Date.now();
    for (let turn = 0; ; turn++) {
      const reasons = await busy(step, hosts, this.#reach, this.#limits.busy);
      if (reasons.length === 0) return;
      if (Date.now() - began > this.#limits.calmMs)
        throw new WalkStopped(
          `step ${step.number} writes parts again, and has waited ${Math.round((Date.now() - began) / 1000)} s for a calmer moment: ${reasons.slice(0, 3).join("; ")}`,
          "the same command goes on when merges have caught up",
          4,
        );
      if (turn % 10 === 0) this.#input.events.say(`step ${step.number} waits: ${reasons[0] ?? ""}`);
      await this.#beat();
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }

  async #require(step: ClusterStep): Promise<void> {
    if (step.requires.length === 0) return;
    const began = Date.now();
    for (;;) {
      let missing;
      try {
        missing = await unmet(step.requires, this.#plan, this.#reach, () => this.#beat());
      } catch (error) {
        throw asStop(error);
      }
      if (missing.length === 0) return;
      // A replica may be about to get it, a queue about to be sent.
      if (Date.now() - began > this.#limits.settleMs / 4)
        throw new WalkStopped(
          `step ${step.number} cannot be taken: ${missing
            .slice(0, 4)
            .map(({ message }) => message)
            .join("; ")}`,
          `${missing[0]?.because ?? ""}.${step.recovery.length === 0 ? "" : ` If it was taken too early: ${step.recovery.join("; ")}.`} The same command goes on`,
          4,
        );
      this.#input.events.say(`step ${step.number} waits: ${missing[0]?.message ?? ""}`);
      await this.#beat();
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  #lastFlag = 0;

  /** Before every statement, and while waiting: is this still the walker, and is it still meant to walk? */
  async #beat(): Promise<void> {
    if (this.#input.signal.aborted) throw new WalkStopped("stopped as asked", "the same command goes on", 4);
    await this.#lock.hold();
    if (Date.now() - this.#lastFlag < 1000) return;
    this.#lastFlag = Date.now();
    const [host] = this.#reach.present();
    if (host === undefined) return;
    const own = await onHost(host, this.#reach, async () => (await readPlans(host)).find(({ hash }) => hash === this.#plan.hash));
    if (own?.state === "paused") throw new WalkStopped(`paused by ${own.by}`, "tread apply goes on", 4);
    if (own?.state === "aborted") throw new WalkStopped(`aborted by ${own.by}`, "make a new plan from what the hosts hold now", 4);
  }
}
