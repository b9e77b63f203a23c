import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const root = process.cwd();

/** Whether the optional dependency chDB is installed. */
export function hasEngine(): boolean {
  try {
    createRequire(join(root, "package.json")).resolve("chdb");
    return true;
  } catch {
    return false;
  }
}

/** More would be slower: the engine parses the list of literals as well. */
const batch = 500;

export interface Formatted {
  /** The engine's own text of the statement, null where it refuses. */
  readonly text: string | null;
  /** Whether it reads that text again. */
  readonly stable: boolean;
  /** Whether it then writes the same text: `now() + INTERVAL HOUR` becomes `INTERVAL AS HOUR` and that `toIntervalHour(AS)`. */
  readonly same: boolean;
}

/**
 * What ClickHouse itself makes of statements: `formatQuery` of each.
 * @throws Error when the engine dies; the statements that were asked last are in the message.
 */
export async function formatted(statements: readonly string[]): Promise<readonly Formatted[]> {
  const folder = mkdtempSync(join(tmpdir(), "tread-syntax-"));
  const child = spawn(process.execPath, [join(root, "conformance/clickhouse-syntax/engine-child.mjs"), join(root, "package.json")], {
    stdio: ["pipe", "pipe", "inherit"],
    // The engine leaves `clickhouse-embedded-*` where temporary files go.
    env: { ...process.env, TMPDIR: folder },
  });
  const closed = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
  });
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const answers: Formatted[] = [];
    for (let start = 0; start < statements.length; start += batch) {
      const asked = statements.slice(start, start + batch);
      child.stdin.write(`${JSON.stringify(asked)}\n`);
      const line = await lines.next();
      if (line.done === true) throw new Error(`The engine died over one of these statements: ${asked.slice(0, 3).join("; ")} …`);
      const [texts, stable, same] = JSON.parse(line.value) as [(string | null)[], number[], number[]];
      answers.push(...texts.map((text, index) => ({ text, stable: stable[index] === 1, same: same[index] === 1 })));
    }
    return answers;
  } finally {
    child.stdin.end();
    await closed;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
