import { spawn } from "node:child_process";

export interface CommandSpec {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

export type Ended =
  | { readonly kind: "ended"; readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly tail: readonly string[] }
  | { readonly kind: "not-started"; readonly message: string };

const TAIL_LINES = 20;

/** What would lead libpq past the variables that tread sets. */
const OVERRIDES = [
  "PGHOSTADDR",
  "PGSERVICE",
  "PGSERVICEFILE",
  "PGPASSFILE",
  "PGOPTIONS",
  "PGSSLROOTCERT",
  "PGSSLCERT",
  "PGSSLKEY",
  "PGREQUIRESSL",
];

/** Runs the user's own command with the user's environment and `extra` on top; `signal` ends it and what it started. */
export function runCommand(
  spec: CommandSpec,
  extra: Readonly<Record<string, string>>,
  signal: AbortSignal,
  output: (text: string) => void,
): Promise<Ended> {
  return new Promise((resolve) => {
    const env: NodeJS.ProcessEnv = { ...spec.env };
    for (const name of OVERRIDES) delete env[name];
    // A group of its own: Ctrl-C is for tread, which then ends the whole group.
    const child = spawn(spec.command, [...spec.args], {
      cwd: spec.cwd,
      env: { ...env, ...extra },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const tail: string[] = [];
    const hear = (chunk: Buffer): void => {
      const text = chunk.toString();
      output(text);
      tail.push(...text.split("\n").filter((line) => line.trim() !== ""));
      tail.splice(0, Math.max(0, tail.length - TAIL_LINES));
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    const kill = (how: NodeJS.Signals): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, how);
      } catch {
        // It has ended by itself in the meantime.
      }
    };
    const stop = (): void => {
      kill("SIGTERM");
      setTimeout(() => kill("SIGKILL"), 500).unref();
    };
    signal.addEventListener("abort", stop, { once: true });
    child.once("error", (error) => {
      signal.removeEventListener("abort", stop);
      resolve({ kind: "not-started", message: error.message });
    });
    child.once("close", (code, by) => {
      signal.removeEventListener("abort", stop);
      resolve({ kind: "ended", code, signal: by, tail });
    });
  });
}
