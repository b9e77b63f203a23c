import { refusalRule } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { named } from "./words.ts";

export const badCodec: ClickHouseRule = refusalRule(["add-column", "modify-column", "create-table"], {
  id: "bad-codec",
  summary: "a CODEC that the server refuses: no compression at its end, two of them, an unsuitable type or level",
  codes: [36, 431, 432, 433],
  words(change, error) {
    if (!/codec|compress|level|delta|gorilla|\bT64\b|ZSTD|LZ4/i.test(error.message)) return null;
    const where = change.kind === "create-table" ? change.table.name : change.table;
    return {
      message: `a codec of ${named(where)} is refused: ${error.message}`,
      why: "a codec is a chain: any number of preparations (Delta, DoubleDelta, Gorilla, T64, each for some types only), then one compression (LZ4, ZSTD of level 1 to 22).",
      help: "for example `CODEC(Delta, ZSTD(1))` for counters and timestamps, `CODEC(ZSTD(1))` for text",
    };
  },
});
