/** What to do synchronously when tread exits, however it does. */
const running = new Set<() => void>();

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
let installed = false;

/**
 * Registers the last act of something that must not outlive tread. Returns the way to take it back.
 *
 * A signal that nobody else listens to ends the process as it would have, after the last acts; where the CLI listens, the CLI decides,
 * and its `process.exit` brings us here too.
 */
export function stopWithTread(act: () => void): () => void {
  running.add(act);
  install();
  return () => {
    running.delete(act);
    if (running.size === 0) uninstall();
  };
}

function install(): void {
  if (installed) return;
  installed = true;
  process.on("exit", stopAll);
  for (const signal of SIGNALS) process.on(signal, onSignal);
}

function uninstall(): void {
  installed = false;
  process.off("exit", stopAll);
  for (const signal of SIGNALS) process.off(signal, onSignal);
}

function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  stopAll();
  uninstall();
  process.kill(process.pid, signal);
}

function stopAll(): void {
  // Last in, first out: a child is killed before the directory that it writes to is removed.
  for (const act of [...running].reverse()) act();
  running.clear();
}
