import type { EmitFormat } from "../contract.ts";
import { inTransactions } from "../guard.ts";
import { following, stamp } from "../names.ts";
import { comments, direct, fileText, terminated } from "../text.ts";

/**
 * Supabase: one file in a transaction, and no way back. Newer command lines (2.109) send CREATE INDEX CONCURRENTLY by itself, older ones
 * fail at it; these files run with all of them.
 */
export const supabase: EmitFormat = {
  layout: "supabase",
  outside: null,
  backApart: () => false,
  write(all, place) {
    const drafts = inTransactions(all, place, false);
    const numbers = following(direct(place.files), drafts.length, place.now, stamp(place.now));
    return drafts.map(({ name, header, statements, back }, i) => {
      const lines = [...comments(header), "", ...statements.map(terminated), "", ...comments(["The way back:", ...back.map(terminated)])];
      return { file: `${numbers[i]?.number ?? ""}_${name}.sql`, text: fileText(lines, place) };
    });
  },
};
