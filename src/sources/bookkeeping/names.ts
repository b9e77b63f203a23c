import { quoteLiteral } from "../../text/quote.ts";

export function quoted(text: string): string {
  return quoteLiteral(text).trim();
}

/** The number that a file's name begins with: `20240101120000_add_x.up.sql` → `20240101120000`. */
export function versionOf(migration: { readonly path: string } | undefined): string | null {
  return /^(\d+)/.exec(migration?.path.split("/").at(-1) ?? "")?.[1] ?? null;
}

/** The file's name without its extensions. */
export function bareFilename(path: string): string {
  return (path.split("/").at(-1) ?? "").replace(/(\.up)?\.\w+$/, "");
}
