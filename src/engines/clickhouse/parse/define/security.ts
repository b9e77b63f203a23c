import type { ViewSecurity } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { readNameOrString } from "../names.ts";

/** `DEFINER = user` and `SQL SECURITY …`, in any order. null: neither; undefined: broken. */
export function readSecurity(c: Cursor): ViewSecurity | null | undefined {
  let definer: string | null = null;
  let sqlSecurity: ViewSecurity["sqlSecurity"] = null;
  for (;;) {
    if (definer === null && c.keyword("DEFINER")) {
      if (c.kind === Kind.Equals) c.index++;
      if (c.keyword("CURRENT_USER")) definer = "CURRENT_USER";
      else {
        const user = readUser(c);
        if (user === null) return undefined;
        definer = user;
      }
    } else if (sqlSecurity === null && c.keyword("SQL", "SECURITY")) {
      if (c.keyword("DEFINER")) sqlSecurity = "definer";
      else if (c.keyword("INVOKER")) sqlSecurity = "invoker";
      else if (c.keyword("NONE")) sqlSecurity = "none";
      else return undefined;
    } else break;
  }
  if (definer === null && sqlSecurity === null) return null;
  return { definer, sqlSecurity: sqlSecurity ?? "definer" };
}

/** `name`, `name@'host'` */
export function readUser(c: Cursor): string | null {
  const name = readNameOrString(c);
  if (name === null || name.text === "") return null;
  if (c.kind !== Kind.At) return name.text;
  c.index++;
  const host = readNameOrString(c);
  return host === null ? null : `${name.text}@${host.text}`;
}
