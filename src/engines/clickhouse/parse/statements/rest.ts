import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";

/** Takes what is left of a statement whose details are of no concern here. False where brackets do not match or a token is none. */
export function takeBalanced(c: Cursor): boolean {
  const open: number[] = [];
  for (; c.kind !== Kind.End; c.index++) {
    if (c.kind === Kind.Error) return false;
    if (c.kind === Kind.OpenRound) open.push(Kind.CloseRound);
    else if (c.kind === Kind.OpenSquare) open.push(Kind.CloseSquare);
    else if (c.kind === Kind.OpenCurly) open.push(Kind.CloseCurly);
    else if (c.kind === Kind.CloseRound || c.kind === Kind.CloseSquare || c.kind === Kind.CloseCurly) {
      if (open.pop() !== c.kind) return false;
    }
  }
  return open.length === 0;
}
