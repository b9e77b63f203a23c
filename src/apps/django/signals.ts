import type { CodeIndex } from "./code-index.ts";
import { calleeName, descendants, dottedName, keyword, positional, stringValue } from "../../sources/django/run-python/python-shapes.ts";

/** Which models have a receiver of pre_delete or post_delete: their rows are fetched whole before they are deleted. */
export interface SignalSenders {
  listensTo(label: string, name: string): boolean;
}

export function readDeleteSignals(index: CodeIndex): SignalSenders {
  const names = new Set<string>();
  let everyone = false;
  for (const path of index.paths) {
    if (!/\b(?:pre|post)_delete\b/.test(index.text(path))) continue;
    const module = index.load(path);
    if (module === null) continue;
    for (const call of descendants(module.root, "call")) {
      const name = calleeName(call);
      const signal =
        name === "receiver" ? (positional(call)[0]?.text ?? "") : name === "connect" ? (call.child("function")?.text ?? "") : "";
      if (!/(?:pre|post)_delete/.test(signal)) continue;
      const sender = keyword(call, "sender") ?? (name === "connect" ? (positional(call)[1] ?? null) : null);
      if (sender === null || sender.type === "none") everyone = true;
      else {
        const written = stringValue(sender) ?? dottedName(sender);
        // A computed sender may be any model; then whole rows are expected everywhere.
        if (written === null || /^[a-z_]\w*$/.test(written)) everyone = true;
        else names.add(written.slice(written.lastIndexOf(".") + 1).toLowerCase());
      }
    }
  }
  return { listensTo: (_label, name) => everyone || names.has(name.toLowerCase()) };
}
