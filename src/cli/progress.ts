import { oneLine } from "../text/visible.ts";
import { truncate } from "../text/width.ts";

/** What is being done, written to stderr: one line that changes on a terminal, a line per step elsewhere (a CI log). */
export interface Progress {
  /** @param remainingSeconds how long still, where it can be told */
  update(message: string, remainingSeconds?: number): void;
  /** Takes the live line away. The report comes next. */
  end(): void;
}

export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const ERASE_LINE = "\r\u001b[2K";

/** @param now milliseconds; replaced in tests */
export function createProgress(stream: ProgressStream, now: () => number = Date.now): Progress {
  const started = now();
  const live = stream.isTTY === true && process.env["TERM"] !== "dumb";
  let message = "";
  let remaining: { readonly seconds: number; readonly at: number } | null = null;
  let timer: NodeJS.Timeout | undefined;

  const line = (): string => {
    const left = remaining === null ? null : Math.max(0, remaining.seconds - (now() - remaining.at) / 1000);
    const about = left === null ? "" : left < 1 ? ", almost done" : `, about ${spell(left)} left`;
    return `${spell((now() - started) / 1000)}  ${message}${about}`;
  };
  const draw = (): void => {
    stream.write(`${ERASE_LINE}${truncate(line(), (stream.columns ?? 80) - 1)}`);
  };
  return {
    update(text, remainingSeconds) {
      const next = oneLine(text);
      if (next === message && remainingSeconds === undefined) return;
      const repeated = next === message;
      message = next;
      remaining = remainingSeconds === undefined ? null : { seconds: remainingSeconds, at: now() };
      if (live) {
        draw();
        // The clock goes on while one step takes long; it must not keep the process alive.
        timer ??= setInterval(draw, 500).unref();
      } else if (!repeated) stream.write(`${line()}\n`);
    },
    end() {
      clearInterval(timer);
      timer = undefined;
      if (live && message !== "") stream.write(ERASE_LINE);
      message = "";
    },
  };
}

function spell(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}
