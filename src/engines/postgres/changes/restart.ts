import { as, type Node } from "../parse/grammar.ts";

/** Where RESTART puts a sequence: `{ restart: 7 }`, null for where it began; empty without it. */
export function restartOf(options: readonly Node[] | undefined): { readonly restart?: number | null } {
  for (const option of options ?? []) {
    const { defname, arg } = as(option, "DefElem") ?? {};
    if (defname !== "restart") continue;
    if (arg === undefined) return { restart: null };
    // The parser gives a 0 no `ival`, and numbers past 2^31 as text.
    return { restart: Number(as(arg, "Float")?.fval ?? as(arg, "Integer")?.ival ?? 0) };
  }
  return {};
}
