import type { EmitFormat, EmittedFile } from "../contract.ts";
import { following } from "../names.ts";
import {
  backStatements,
  comments,
  direct,
  fileText,
  holdsSemicolon,
  outsideOfTransaction,
  terminated,
  withoutLocals,
  withSql,
} from "../text.ts";
import { stamp } from "../names.ts";

/** A tool that keeps both ways in one file, divided by lines of its own. */
interface MarkedFormat {
  readonly layout: string;
  readonly outside: "each" | "one-query";
  /** Lines that begin a way. @param outside whether it runs without a transaction */
  readonly up: (outside: boolean) => readonly string[];
  readonly down: (outside: boolean) => readonly string[];
  /** Around a statement with semicolons inside, where the tool cuts at them. */
  readonly whole: readonly [string, string] | null;
  /** Both ways share one transaction mode. */
  readonly shared: boolean;
}

/** Goose, dbmate, sql-migrate. */
function marked(tool: MarkedFormat): EmitFormat {
  return {
    layout: tool.layout,
    outside: tool.outside,
    backApart: () => tool.outside === "one-query",
    write(all, place) {
      const drafts = withSql(all);
      const numbers = following(direct(place.files), drafts.length, place.now, stamp(place.now));
      const lines = (statements: readonly string[]): readonly string[] =>
        statements.flatMap((statement) =>
          tool.whole !== null && holdsSemicolon(statement)
            ? [tool.whole[0], terminated(statement), tool.whole[1]]
            : [terminated(statement)],
        );
      return drafts.map((draft, i): EmittedFile => {
        const { number = "", mark = "_" } = numbers[i] ?? {};
        const back = backStatements(draft);
        const both = tool.shared && outsideOfTransaction(draft);
        const [upOutside, downOutside] = [both || draft.up.mode === "alone", both || back.mode === "alone"];
        const text = fileText(
          [
            ...comments(draft.header),
            "",
            ...tool.up(upOutside),
            ...lines(upOutside ? withoutLocals(draft.up) : draft.up.statements),
            "",
            ...tool.down(downOutside),
            ...lines(downOutside ? withoutLocals(back) : back.statements),
          ],
          place,
        );
        return { file: `${number}${mark}${draft.name}.sql`, text };
      });
    },
  };
}

/** NO TRANSACTION holds for both ways, and is looked for above the first of them. */
export const goose: EmitFormat = marked({
  layout: "goose",
  outside: "each",
  up: (outside) => [...(outside ? ["-- +goose NO TRANSACTION"] : []), "-- +goose Up"],
  down: () => ["-- +goose Down"],
  whole: ["-- +goose StatementBegin", "-- +goose StatementEnd"],
  shared: true,
});

export const sqlMigrate: EmitFormat = marked({
  layout: "sql-migrate",
  outside: "each",
  up: (outside) => [`-- +migrate Up${outside ? " notransaction" : ""}`],
  down: (outside) => [`-- +migrate Down${outside ? " notransaction" : ""}`],
  whole: ["-- +migrate StatementBegin", "-- +migrate StatementEnd"],
  shared: false,
});

export const dbmate: EmitFormat = marked({
  layout: "dbmate",
  outside: "one-query",
  up: (outside) => [`-- migrate:up${outside ? " transaction:false" : ""}`],
  down: (outside) => [`-- migrate:down${outside ? " transaction:false" : ""}`],
  whole: null,
  shared: false,
});
