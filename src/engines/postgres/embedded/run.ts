import { spawn, type SpawnOptions } from "node:child_process";
import { stopWithTread } from "../../embedded/at-exit.ts";

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, or to tread's, and keeps what it said. Rejects only when it could not be started. */
export function run(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const forget = stopWithTread(() => child.kill("SIGKILL"));
    let stdout = "";
    let stderr = "";
    child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("error", (error) => {
      forget();
      reject(error);
    });
    child.on("close", (code, signal) => {
      forget();
      resolve({ code, signal, stdout, stderr });
    });
  });
}

/** The environment of the server's programs: no locale, time zone, `PG*` or library path of the user leaks into a rehearsal. */
export const serverEnvironment: NodeJS.ProcessEnv = {
  // The system's own folders first: what root's PATH names may lie where `nobody`, as whom the server and its guard run, may not go.
  PATH: ["/usr/local/bin", "/usr/bin", "/bin", process.env["PATH"] ?? ""].join(":"),
  LC_ALL: "C",
  TZ: "UTC",
};
