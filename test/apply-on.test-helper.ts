import { spawn } from "node:child_process";
import { afterEach, beforeEach } from "vitest";
import { freshDatabase, type FreshDatabase } from "../src/engines/postgres/embedded/test-server.test-helper.ts";
import { project, TREAD, type Project, type ProjectFiles, type Run } from "./project.test-helper.ts";

export interface ApplyProject extends Project {
  readonly url: string;
  readonly apply: (...args: readonly string[]) => Run;
  /** `tread <verb>` on this database. */
  readonly on: (...args: readonly string[]) => Run;
  /** `apply` in the background. */
  readonly start: (...args: readonly string[]) => Started;
}

export interface Started {
  readonly done: Promise<{ readonly code: number | null; readonly said: string }>;
  readonly said: () => string;
  readonly ended: () => boolean;
  readonly send: (signal: NodeJS.Signals) => void;
}

/** A project of a stranger's whose migrations are applied to this database. */
function applyOn({ server, name }: FreshDatabase, files: ProjectFiles): ApplyProject {
  const url = `host=${server.host} port=${server.port} user=${server.credentials.user} password=${server.credentials.password} dbname=${name}`;
  const made = project(files);
  const apply = ["apply", "migrations", "--database-url", url];
  return {
    ...made,
    url,
    apply: (...args) => made.tread(...apply, ...args),
    on: (...args) => made.tread(...args, "--database-url", url),
    start: (...args) => {
      const child = spawn(process.execPath, [TREAD, ...apply, ...args], {
        cwd: made.folder,
        stdio: ["ignore", "pipe", "pipe"],
      });
      let said = "";
      child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
      let ended = false;
      const done = new Promise<{ code: number | null; said: string }>((resolve) =>
        child.on("close", (code) => {
          ended = true;
          resolve({ code, said });
        }),
      );
      return { done, said: () => said, ended: () => ended, send: (signal) => child.kill(signal) };
    },
  };
}

export interface Each {
  /** Of the test that runs. */
  readonly database: FreshDatabase;
  /** As the superuser sees it. */
  readonly rows: (sql: string) => Promise<unknown[]>;
  /** A stranger's project whose migrations are applied to it. */
  readonly project: (files: ProjectFiles) => ApplyProject;
  /** A second one within a test. */
  readonly another: () => Promise<void>;
}

/** A fresh database for each test of a `describe`. */
export function eachOnFreshDatabase(): Each {
  let database: FreshDatabase | null = null;
  const now = (): FreshDatabase => {
    if (database === null) throw new Error("there is a database only while a test runs");
    return database;
  };
  beforeEach(async () => {
    database = await freshDatabase();
  });
  afterEach(async () => {
    await database?.close();
    database = null;
  });
  return {
    get database() {
      return now();
    },
    rows: async (sql) => (await now().superuser.query(sql)).rows,
    project: (files) => applyOn(now(), files),
    another: async () => {
      await now().close();
      database = await freshDatabase();
    },
  };
}
