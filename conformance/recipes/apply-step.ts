import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openForApply } from "../../src/apply/session.ts";
import { runUnits, type ApplyEvents } from "../../src/apply/run.ts";
import { planApply } from "../../src/check/apply.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { EmbeddedServer } from "../../src/engines/postgres/embedded/server.ts";
import { readTarget, type Target } from "../../src/engines/postgres/introspect/target.ts";
import { readLedger } from "../../src/ledger/postgres/ledger.ts";
import { ensureLedger } from "../../src/ledger/postgres/schema.ts";
import type { BackfillStep, MigrateStep } from "../../src/plan/types.ts";
import type { AppQuery } from "./types.ts";

/** A project folder that is applied with tread's own executor, one step of a plan after the other. */
export class Project {
  readonly folder: string;
  readonly target: Target;
  readonly #major: number;
  #number = 0;

  constructor(folder: string, server: EmbeddedServer, database: string) {
    this.folder = folder;
    this.#major = server.major;
    const { user, password } = server.credentials;
    this.target = readTarget(`host=${server.host} port=${server.port} user=${user} password=${password} dbname=${database}`, {});
    mkdirSync(join(folder, "migrations"), { recursive: true });
  }

  /** Queries of the versions that serve, for tread's own judgement. */
  serving(versions: Readonly<Record<string, readonly AppQuery[]>>): void {
    const names = Object.keys(versions);
    // Queries that lie about are found, and count as those of a writer of the working tree.
    for (const stale of ["before", "after"]) rmSync(join(this.folder, `${stale}.sql`), { force: true });
    for (const [name, queries] of Object.entries(versions))
      writeFileSync(join(this.folder, `${name}.sql`), queries.map(({ sql }) => `${sql};\n`).join(""));
    const live = names.map((name) => `  - { name: ${name}, sql: ${name}.sql }\n`).join("");
    writeFileSync(
      join(this.folder, "tread.config.yaml"),
      `sources: [{ type: sql-dir, path: migrations }]\n${live === "" ? "" : `live:\n${live}`}environments:\n  trial: { postgres: ${this.#major} }\n`,
    );
  }

  write(name: string, sql: string): string {
    const id = `${String(++this.#number).padStart(4, "0")}_${name.replaceAll("-", "_")}`;
    writeFileSync(join(this.folder, "migrations", `${id}.sql`), sql);
    return id;
  }

  /** @returns what tread's own check says against it, if anything, and the longest time for which strong locks were held */
  async apply(pids: (pid: number) => void = () => {}): Promise<{ readonly said: readonly string[]; readonly holdMs: number }> {
    const config = await loadConfig({ cwd: this.folder });
    const session = await openForApply(this.target);
    let entered = false;
    let holdMs = 0;
    try {
      for (const client of [session.runner, session.watcher]) pids((client as unknown as { processID: number }).processID);
      await ensureLedger(session.runner);
      const entries = await readLedger(session.runner);
      const options = { cwd: this.folder, config, paths: [], base: null, appliedThrough: null, live: [], database: this.target };
      const plan = await planApply(options, entries, { to: null, only: [], accept: [] }, "harness");
      const said = plan.refusals.map(({ rule, message, migration }) => `${migration ?? ""}: ${rule}: ${message}`);
      entered = true;
      await runUnits(
        session,
        plan.units,
        {
          limits: { stallMs: 10, lockLimitMs: 120_000, cancelAutovacuum: true, endIdleAfterMs: null, synchronousCommit: "local" },
          backfill: {
            targetMs: 100,
            workers: 1,
            maxLagMs: null,
            maxWalBytesPerSecond: null,
            maxActiveSessions: null,
            maxDeadShare: null,
            probe: null,
            goWhile: null,
            pauseFile: null,
            vacuumShare: 0.05,
            rest: 0.1,
            durable: false,
          },
          tool: "harness",
          by: "harness",
          acceptedOf: () => [],
        },
        {
          ...QUIET,
          unitDone: (_, outcome) => {
            holdMs = Math.max(holdMs, outcome.lockHoldMs ?? 0);
          },
        },
      );
      return { said, holdMs };
    } finally {
      if (!entered) await session.close();
    }
  }
}

const QUIET: ApplyEvents = {
  unitStarts: () => {},
  unitDone: () => {},
  progress: () => {},
  waiting: () => {},
  acted: () => {},
  backfill: () => {},
  signal: new AbortController().signal,
};

/** As a plain SQL file. */
export function sqlOf(step: MigrateStep | BackfillStep): string {
  if (step.kind === "backfill") {
    const setting = (name: string, value: string): string => ` ${name}='${value.replaceAll("'", "''")}'`;
    const key = step.key.length === 0 ? "" : ` key=${step.key.join(",")}`;
    return `-- tread: backfill table=${step.table}${key} batch=${step.batch ?? "auto"}${setting("verify", step.verify)}${setting("new-writes", step.newWrites)}\n${step.sql};\n`;
  }
  const statements = step.sql.map((sql) => `${sql};\n`).join("");
  return step.transaction ? `BEGIN;\n${statements}COMMIT;\n` : statements;
}
