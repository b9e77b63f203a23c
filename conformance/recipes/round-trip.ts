import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "pg";
import { check } from "../../src/check/index.ts";
import { planFromWords } from "../../src/check/plan.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { EmbeddedServer } from "../../src/engines/postgres/embedded/server.ts";
import { readPlan } from "../../src/plan/format/read.ts";
import { planYaml } from "../../src/plan/format/write.ts";
import type { Phase, Plan } from "../../src/plan/types.ts";
import { readWords } from "../../src/plan/words/read.ts";
import { StallWatch } from "../../src/rehearse/traffic/stalls.ts";
import { Project, sqlOf } from "./apply-step.ts";
import { compareCatalogues, readCatalogue, showDifference, type Catalogue } from "./compare-catalog.ts";
import { compareData, contentOf } from "./compare-data.ts";
import { serve, versionOf, type Felt, type Version } from "./traffic.ts";
import type { RecipeCase } from "./types.ts";

export interface RoundTrip {
  readonly case: string;
  readonly recipe: string;
  readonly major: number;
  /** Empty: it holds. */
  readonly wrong: readonly string[];
  readonly queries: number;
  /** ms, as the server logged it. */
  readonly longestStall: number;
  /** The step in which that was, and how long its locks were held by the server's clock. */
  readonly slowest: string;
  /** Rules that found the unsafe form. */
  readonly found: readonly string[];
  /** What tread's own check says against the plan's steps. */
  readonly remarks: readonly string[];
  /** Phases from which the way back was gone, or that say that there is none. */
  readonly undone: readonly string[];
  readonly planMs: number;
}

let trips = 0;

/** Unsafe form found, planned, every phase applied under traffic, the end compared with the unsafe form's, every boundary undone. */
export async function roundTrip(server: EmbeddedServer, one: RecipeCase, rows: number): Promise<RoundTrip> {
  const folder = mkdtempSync(join(tmpdir(), "tread-recipes-"));
  const prefix = `trip_${process.pid}_${++trips}`;
  const made: string[] = [];
  const database = (name: string): string => {
    made.push(`${prefix}_${name}`);
    return `${prefix}_${name}`;
  };
  try {
    return await new Trip(server, one, rows, folder, database).run();
  } finally {
    rmSync(folder, { recursive: true, force: true });
    for (const name of made) await server.dropDatabase(name).catch(() => {});
  }
}

class Trip {
  readonly #server: EmbeddedServer;
  readonly #case: RecipeCase;
  readonly #folder: string;
  readonly #name: (part: string) => string;
  readonly #old: Version;
  readonly #new: Version;
  readonly #wrong: string[] = [];
  readonly #undone: string[] = [];
  readonly #remarks: string[] = [];
  #queries = 0;
  #slowest = "";
  #longest = 0;

  constructor(server: EmbeddedServer, one: RecipeCase, rows: number, folder: string, name: (part: string) => string) {
    this.#server = server;
    this.#case = one;
    this.#folder = folder;
    this.#name = name;
    this.#old = versionOf("before", one.before, 0, rows);
    this.#new = versionOf("after", one.after, 1, rows);
    this.#rows = rows;
  }
  readonly #rows: number;

  async run(): Promise<RoundTrip> {
    const base = this.#name("base");
    const project = await this.#begin(base);
    const main = this.#name("main");
    await this.#copy(base, main);
    const { plan, planMs } = await this.#plan(project);
    const found = await this.#found(project, plan);
    const applied = new Project(join(this.#folder, "applied"), this.#server, main);
    applied.write("base", this.#case.setup);
    const start = await this.#with(base, "superuser", readCatalogue);
    for (const [at, phase] of plan.phases.entries()) {
      await this.#phase(applied, main, phase);
      if (this.#wrong.length > 0) break;
      await this.#wayBack(main, plan.phases.slice(0, at + 1), start);
    }
    if (this.#wrong.length === 0) await this.#end(base, main, plan);
    return {
      case: this.#case.name,
      recipe: plan.recipe,
      major: this.#server.major,
      wrong: this.#wrong,
      queries: this.#queries,
      longestStall: this.#longest,
      slowest: this.#slowest,
      found,
      remarks: this.#remarks,
      undone: this.#undone,
      planMs,
    };
  }

  /** The schema as a migration that tread itself applies, and the rows. */
  async #begin(name: string): Promise<Project> {
    await this.#server.createDatabase(name);
    const project = new Project(join(this.#folder, "project"), this.#server, name);
    project.serving({});
    project.write("base", this.#case.setup);
    if (this.#case.superuser !== undefined) await this.#with(name, "superuser", (client) => client.query(this.#case.superuser ?? ""));
    await project.apply();
    await this.#with(name, "owner", (client) => client.query(this.#case.seed(this.#rows)));
    await this.#with(name, "superuser", (client) => client.query("VACUUM ANALYZE"));
    project.serving({ before: this.#case.before });
    return project;
  }

  async #plan(project: Project): Promise<{ readonly plan: Plan; readonly planMs: number }> {
    const options = await this.#options(project);
    const from = performance.now();
    const { plans } = await planFromWords(readWords([this.#case.words]), options);
    const planMs = performance.now() - from;
    const [made] = plans;
    if (made === undefined) throw new Error(`${this.#case.words}: no plan`);
    // As everybody else gets it: written and read again.
    return { plan: await readPlan("plan.yaml", await planYaml(made)), planMs };
  }

  async #options(project: Project): Promise<Parameters<typeof check>[0]> {
    const config = await loadConfig({ cwd: project.folder });
    return { cwd: project.folder, config, paths: [], base: null, appliedThrough: "0001_base", live: [] };
  }

  /** The unsafe form as the migration that somebody would write. */
  async #found(project: Project, plan: Plan): Promise<readonly string[]> {
    project.write("unsafe", plan.unsafe.map((sql) => `${sql};\n`).join(""));
    const { report } = await check(await this.#options(project), "harness");
    const found = [...new Set(report.findings.filter(({ severity }) => severity !== "info").map(({ rule }) => rule))];
    if (found.length === 0 && this.#case.safe !== true) this.#wrong.push("check finds nothing in the unsafe form");
    return found;
  }

  async #phase(project: Project, main: string, phase: Phase): Promise<void> {
    const versions = phase.live === "old" ? [this.#old] : phase.live === "new" ? [this.#new] : [this.#old, this.#new];
    // What comes with a phase's deploy is live only after it; what it must serve with, before.
    project.serving(
      Object.fromEntries(versions.map((version) => [version.name, version === this.#old ? this.#case.before : this.#case.after])),
    );
    const watch = new StallWatch();
    const unlisten = this.#server.onLog((line) => watch.read(line));
    const observer = await this.#server.connect({ role: "superuser", database: main });
    const watcher = await this.#server.connect({ role: "superuser", database: main });
    let looking = false;
    const look = setInterval(() => {
      if (looking) return;
      looking = true;
      watcher
        .query<{ pid: number }>("SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'tread%'")
        .then(({ rows }) => rows.forEach(({ pid }) => watch.addMigration(pid)))
        .catch(() => {})
        .finally(() => {
          looking = false;
        });
    }, 50);
    const from = Date.now();
    const stop = await serve(this.#server, main, versions, watch);
    let felt: Felt;
    try {
      for (const step of phase.steps) {
        const where = `${phase.name}/${step.name}`;
        try {
          if (step.kind === "migrate" || step.kind === "backfill") {
            if (step.kind === "migrate" && step.sql.length === 0) continue;
            project.write(step.name, sqlOf(step));
            const stepFrom = Date.now();
            const { said, holdMs } = await project.apply((pid) => watch.addMigration(pid));
            this.#remarks.push(...said);
            const stall = watch.longest(stepFrom, Date.now(), "migration");
            if (stall > this.#longest) this.#slowest = `${where}: locks held for ${holdMs.toFixed(1)} ms`;
            this.#longest = Math.max(this.#longest, stall);
          } else if (step.kind === "verify" || step.kind === "wait") {
            await this.#holds(observer, step.kind === "verify" ? step.sql : step.until, step.kind === "wait", where);
          }
        } catch (error) {
          this.#wrong.push(`${where}: ${error instanceof Error ? error.message : String(error)}`);
          break;
        }
      }
      // Long enough for every version to have met what the last step left.
      await this.#settle(versions);
    } finally {
      felt = await stop();
      clearInterval(look);
      unlisten();
      await observer.end();
      await watcher.end();
    }
    this.#queries += felt.queries;
    this.#longest = Math.max(this.#longest, watch.longest(from, Date.now(), "migration"));
    const kinds = [...new Set(felt.failed)];
    if (kinds.length > 0) this.#wrong.push(`${phase.name}: ${felt.failed.length} queries failed: ${kinds.slice(0, 3).join("; ")}`);
  }

  async #settle(versions: readonly Version[]): Promise<void> {
    const targets = versions.map((version) => version.writes.length + version.queries);
    const until = Date.now() + 20_000;
    while (versions.some((version, index) => version.writes.length < (targets[index] ?? 0)) && Date.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 5));
  }

  async #holds(client: Client, sql: string, patient: boolean, where: string): Promise<void> {
    const until = Date.now() + 60_000;
    for (;;) {
      const { rowCount } = await client.query(sql);
      if (rowCount === 0) return;
      if (!patient || Date.now() > until) {
        this.#wrong.push(`${where}: does not hold`);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** From this boundary back to the schema before, on a copy, with what was written meanwhile. */
  async #wayBack(main: string, phases: readonly Phase[], start: Catalogue): Promise<void> {
    const last = phases.at(-1)?.name ?? "";
    const steps = phases.flatMap((phase) =>
      phase.steps.flatMap((step) => (step.kind === "migrate" || step.kind === "backfill" ? [step] : [])),
    );
    const gone = steps.find(({ down }) => !down.possible);
    if (gone !== undefined) {
      this.#undone.push(`${last}: the plan says that there is no way back`);
      return;
    }
    if (steps.length === 0) return;
    const copy = this.#name(`back_${last.replaceAll("-", "_")}`);
    await this.#copy(main, copy);
    await this.#with(copy, "owner", async (client) => {
      const before = await contentOf(client, this.#case);
      for (const step of steps.toReversed()) {
        if (!step.down.possible) continue;
        const { sql, transaction } = step.down;
        try {
          if (transaction) await client.query(`BEGIN; ${sql.map((one) => `${one};`).join("\n")} COMMIT`);
          else for (const one of sql) await client.query(one);
        } catch (error) {
          this.#wrong.push(`way back from ${last}: ${step.name}: ${error instanceof Error ? error.message : String(error)}`);
          return;
        }
      }
      const after = await contentOf(client, this.#case);
      if (before !== after) this.#wrong.push(`way back from ${last}: rows differ: ${before} before, ${after} after`);
    });
    const end = await this.#with(copy, "superuser", readCatalogue);
    const left = compareCatalogues(end, start);
    if (left.length > 0) this.#wrong.push(`way back from ${last}: ${left.slice(0, 4).map(showDifference).join("; ")}`);
    else this.#undone.push(`${last}: undone`);
    await this.#server.dropDatabase(copy);
  }

  /** The unsafe form on the same rows with the same writes leads to the same schema and the same data. */
  async #end(base: string, main: string, plan: Plan): Promise<void> {
    const unsafe = this.#name("unsafe");
    await this.#copy(base, unsafe);
    await this.#with(unsafe, "owner", async (client) => {
      for (const { sql, values } of this.#old.writes) await client.query(sql, [...values]);
      for (const sql of plan.unsafe) await client.query(sql);
      for (const { sql, values } of this.#new.writes) await client.query(sql, [...values]);
    });
    const [there, here] = await Promise.all([unsafe, main].map((name) => this.#with(name, "superuser", readCatalogue)));
    if (here === undefined || there === undefined) return;
    const expected = this.#case.differs ?? [];
    const shown = compareCatalogues(here, there).map(showDifference);
    const surprising = shown.filter((text) => !expected.some((pattern) => pattern.test(text)));
    if (surprising.length > 0) this.#wrong.push(`schema: ${surprising.slice(0, 5).join("; ")}`);
    for (const pattern of expected)
      if (!shown.some((text) => pattern.test(text))) this.#wrong.push(`schema: it was to differ in ${String(pattern)} and does not`);
    const data = await this.#with(unsafe, "superuser", (other) =>
      this.#with(main, "superuser", (client) => compareData(client, other, new Set(this.#case.random ?? []))),
    );
    if (data.length > 0) this.#wrong.push(`data: ${data.slice(0, 3).join("; ")}`);
  }

  async #copy(from: string, to: string): Promise<void> {
    await this.#with("postgres", "superuser", async (client) => {
      await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [from]);
      const { rows } = await client.query<{ owner: string }>("SELECT datdba::regrole::text AS owner FROM pg_database WHERE datname = $1", [
        from,
      ]);
      for (let tries = 0; ; tries++) {
        try {
          await client.query(`CREATE DATABASE "${to}" TEMPLATE "${from}" OWNER ${rows[0]?.owner ?? ""}`);
          return;
        } catch (error) {
          if (tries > 100 || (error as { code?: string }).code !== "55006") throw error;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    });
  }

  async #with<T>(database: string, role: "owner" | "superuser", act: (client: Client) => Promise<T>): Promise<T> {
    const client = await this.#server.connect({ role, database });
    client.on("error", () => {});
    try {
      return await act(client);
    } finally {
      await client.end();
    }
  }
}
