import { decode } from "../sources/files/decode.ts";
import type { ChangedFile } from "./project.ts";

const CONTEXT = 3;

/** The changes as `git apply` takes them. */
export function unifiedDiff(files: readonly ChangedFile[]): string {
  return files.map(diffOf).join("");
}

function diffOf({ path, before, after }: ChangedFile): string {
  const old = before === null ? [] : linesOf(decode(before).text);
  const now = linesOf(decode(after).text);
  const script = compareLines(old, now);
  const head = [`diff --git a/${path} b/${path}`, ...(before === null ? ["new file mode 100644"] : [])];
  const names = [`--- ${before === null ? "/dev/null" : `a/${path}`}`, `+++ b/${path}`];
  return [...head, ...names, ...hunks(script)].map((line) => `${line}\n`).join("");
}

/** Each with its line end, so that a missing one at the end and CRLF are seen. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

interface Line {
  readonly mark: " " | "-" | "+";
  readonly text: string;
}

/** Myers' greedy algorithm (1986): linear where little has changed. */
function compareLines(a: readonly string[], b: readonly string[]): readonly Line[] {
  const trace: Map<number, number>[] = [];
  let furthest = new Map<number, number>([[1, 0]]);
  const limit = a.length + b.length;
  search: for (let d = 0; d <= limit; d++) {
    trace.push(new Map(furthest));
    const next = new Map(furthest);
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
      let x = down ? (furthest.get(k + 1) ?? 0) : (furthest.get(k - 1) ?? 0) + 1;
      let y = x - k;
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x++;
        y++;
      }
      next.set(k, x);
      furthest = next;
      if (x >= a.length && y >= b.length) break search;
    }
    furthest = next;
  }
  return backwards(a, b, trace);
}

function backwards(a: readonly string[], b: readonly string[], trace: readonly ReadonlyMap<number, number>[]): readonly Line[] {
  const lines: Line[] = [];
  let [x, y] = [a.length, b.length];
  for (let d = trace.length - 1; d >= 0; d--) {
    const furthest = trace[d] ?? new Map<number, number>();
    const k = x - y;
    const down = k === -d || (k !== d && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
    const previous = down ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : (furthest.get(previous) ?? 0);
    const fromY = d === 0 ? 0 : fromX - previous;
    while (x > fromX && y > fromY) {
      lines.push({ mark: " ", text: a[x - 1] ?? "" });
      x--;
      y--;
    }
    if (d === 0) break;
    if (down) lines.push({ mark: "+", text: b[--y] ?? "" });
    else lines.push({ mark: "-", text: a[--x] ?? "" });
  }
  return lines.reverse();
}

function hunks(script: readonly Line[]): readonly string[] {
  const out: string[] = [];
  let oldLine = 1;
  let newLine = 1;
  const at = script.map((line) => {
    const place = { old: oldLine, now: newLine };
    if (line.mark !== "+") oldLine++;
    if (line.mark !== "-") newLine++;
    return place;
  });
  for (let n = 0; n < script.length; n++) {
    if (script[n]?.mark === " ") continue;
    const start = Math.max(0, n - CONTEXT);
    let end = n;
    for (let next = n; next < script.length && next <= end + 2 * CONTEXT; next++) if (script[next]?.mark !== " ") end = next;
    const stop = Math.min(script.length, end + CONTEXT + 1);
    const lines = script.slice(start, stop);
    const count = (mark: "-" | "+"): number => lines.filter((line) => line.mark !== mark).length;
    const [olds, news] = [count("+"), count("-")];
    const place = at[start] ?? { old: 1, now: 1 };
    out.push(`@@ -${olds === 0 ? place.old - 1 : place.old},${olds} +${news === 0 ? place.now - 1 : place.now},${news} @@`);
    for (const { mark, text } of lines) {
      out.push(mark + text.replace(/\n$/, ""));
      if (!text.endsWith("\n")) out.push("\\ No newline at end of file");
    }
    n = stop - 1;
  }
  return out;
}
