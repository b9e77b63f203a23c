import type { Block, Draft } from "./contract.ts";
import { inTransaction, NOTHING } from "./text.ts";

/**
 * A way back of several statements, of which some run outside of a transaction, as migrations of their own behind the step's: a tool that sends a
 * file as one query gives each statement of it the transaction of all of them, and Postgres refuses CONCURRENTLY in one. Going back, the last
 * file is the first to run.
 */
export function withBackApart(drafts: readonly Draft[], lockTimeout: string): readonly Draft[] {
  return drafts.flatMap((draft): readonly Draft[] => {
    const { down } = draft;
    if (down.mode !== "alone" || down.statements.length < 2) return [draft];
    const blocks = down.statements.toReversed().map((statement): Block => own(statement, lockTimeout));
    const [mark = ""] = draft.header;
    return blocks.map((block, at) =>
      at === 0
        ? { ...draft, down: block }
        : {
            plan: draft.plan,
            phase: draft.phase,
            step: draft.step,
            name: `${draft.name}_back_${at + 1}`,
            header: [mark, `Only its way back has something to do: one of ${blocks.length} statements that are each sent by themselves.`],
            up: NOTHING,
            down: block,
          },
    );
  });
}

function own(statement: string, lockTimeout: string): Block {
  return /\bCONCURRENTLY\b/i.test(statement) ? { mode: "alone", statements: [statement] } : inTransaction([statement], lockTimeout);
}
