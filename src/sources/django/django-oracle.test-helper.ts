import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Step } from "../../model/migration.ts";
import type { FreshDatabase } from "../../engines/postgres/embedded/test-server.test-helper.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
const REPOSITORY = resolve(HERE, "../../..");

/** Folder of the virtual environment that holds Django 5.2. */
export function environmentFolder(): string {
  const cache = process.env["TREAD_CACHE"];
  return cache === undefined || cache === "" ? join(REPOSITORY, ".cache", "django-venv") : join(cache, "django-venv");
}

export type DjangoEnvironment = { readonly python: string; readonly reason: null } | { readonly python: null; readonly reason: string };

/** A Python with Django 5.2 and the drivers psycopg, psycopg2 and asyncpg, made on first use. Null with the reason where there is no Python or no package index. */
export function djangoEnvironment(): DjangoEnvironment {
  const folder = environmentFolder();
  const python = join(folder, "bin", "python");
  const ready = (): boolean => {
    try {
      return (
        existsSync(python) &&
        execFileSync(python, ["-c", "import django, psycopg, psycopg2, asyncpg; print(django.VERSION[:2])"], {
          stdio: ["ignore", "pipe", "ignore"],
        })
          .toString()
          .trim() === "(5, 2)"
      );
    } catch {
      return false;
    }
  };
  if (ready()) return { python, reason: null };
  // Test files run side by side: one of them makes the environment, the others wait for it.
  const lock = `${folder}.lock`;
  mkdirSync(dirname(folder), { recursive: true });
  for (let waited = 0; waited < 300_000; waited += 500) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
      if (ready()) return { python, reason: null };
    }
  }
  try {
    return install(folder, python, ready);
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function install(folder: string, python: string, ready: () => boolean): DjangoEnvironment {
  const name = ["python3", "python"].find((p) => {
    try {
      return /^Python 3\.1\d/.test(execFileSync(p, ["--version"], { stdio: ["ignore", "pipe", "ignore"] }).toString());
    } catch {
      return false;
    }
  });
  if (name === undefined) return { python: null, reason: "no Python 3.10 or newer" };
  try {
    execFileSync(name, ["-m", "venv", folder], { stdio: "ignore" });
    execFileSync(
      python,
      ["-m", "pip", "install", "-q", "--disable-pip-version-check", "django==5.2.*", "psycopg[binary]", "psycopg2-binary", "asyncpg"],
      {
        stdio: "ignore",
        timeout: 240_000,
      },
    );
  } catch {
    return { python: null, reason: "Django 5.2 could not be installed from the package index" };
  }
  return ready() ? { python, reason: null } : { python: null, reason: "Django 5.2 does not start" };
}

/** What Django sent for one migration: the position of the operation and the statement. */
export interface Captured {
  readonly id: string;
  readonly statements: readonly (readonly [number, string])[];
  readonly error?: string | null;
}

/** Runs a script of `oracle/` against a database. @returns what it printed, parsed */
export async function runOracle(python: string, script: string, args: readonly string[], database: FreshDatabase): Promise<unknown> {
  const { server } = database;
  const child = spawn(python, [join(HERE, "oracle", script), ...args], {
    env: {
      PATH: process.env["PATH"] ?? "",
      PYTHONDONTWRITEBYTECODE: "1",
      PYTHONWARNINGS: "ignore",
      PYTHONHASHSEED: "0",
      ...(process.env["ORACLE_VERBOSE"] === undefined ? {} : { ORACLE_VERBOSE: "1" }),
      PGHOST: server.host,
      PGPORT: String(server.port),
      PGUSER: server.credentials.user,
      PGPASSWORD: server.credentials.password,
      PGDATABASE: database.name,
    },
  });
  let out = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise<number | null>((done) => child.on("close", done));
  if (code !== 0) throw new Error(`${script} failed: ${errors}`);
  if (process.env["ORACLE_VERBOSE"] !== undefined) process.stderr.write(errors);
  return JSON.parse(out);
}

/** Values that Python makes anew each time, and blanks. */
export function normalised(sql: string): string {
  return sql
    .replaceAll(/\s+/g, " ")
    .replaceAll(/'[0-9a-f]{32}'::uuid/g, "'<uuid>'::uuid")
    .replaceAll(/'20[2-9]\d-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?\+00:00'::timestamptz/g, "'<now>'::timestamptz")
    .trim();
}

/** The statements of a rendered migration as lines to compare; what is not SQL is named, so that it shows as a difference. */
export function renderedLines(steps: readonly Step[]): readonly string[] {
  return steps.flatMap((step) => {
    if (step.kind === "sql") return [normalised(step.sql)];
    return step.kind === "code" ? [] : [`<opaque: ${step.operation}: ${step.reason}>`];
  });
}
