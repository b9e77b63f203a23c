import { refusalRule } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { named } from "./words.ts";

export const createTableRefused: ClickHouseRule = refusalRule(["create-table", "add-column"], {
  id: "create-table-refused",
  summary: "a key, type or engine argument that the server refuses when the table is created",
  codes: [36, 42, 44, 47, 50, 56, 59, 70, 80, 169, 378, 455],
  words(change, error) {
    const known = HELP.find(({ codes, about }) => codes.includes(error.code) && (about === null || about.test(error.message)));
    if (known === undefined) return null;
    const name = change.kind === "create-table" ? change.table.name : change.table;
    return { message: `${named(name)}: ${error.message}`, why: known.why, help: known.help };
  },
});

const HELP: readonly { readonly codes: readonly number[]; readonly about: RegExp | null; readonly why: string; readonly help: string }[] = [
  {
    codes: [44],
    about: /null/i,
    why: "a key cannot hold NULL: there is no place for it in the order of parts",
    help: "a plain type with a value that means none (0, '', a date in 1970). `allow_nullable_key = 1` exists, and every read of the key then costs more",
  },
  {
    codes: [36],
    about: /prefix/i,
    why: "the primary key is what is kept in memory of the sorting key: its first columns",
    help: "ORDER BY (the primary key's columns first, then the others), or leave PRIMARY KEY out: then it is the sorting key",
  },
  {
    codes: [36],
    about: /float/i,
    why: "floats that look alike may differ, so rows would land in partitions that nobody can name",
    help: "partition by a date: `PARTITION BY toYYYYMM(at)`",
  },
  {
    codes: [169],
    about: null,
    why: "of two rows with one key the engine keeps the one with the greater version, so versions must have an order and no NULL",
    help: "an unsigned integer, Date, DateTime or DateTime64 as the version",
  },
  {
    codes: [455],
    about: null,
    why: "a dictionary of numbers is larger than the numbers, so the server does not allow it by default",
    help: "the plain type; LowCardinality pays for String with fewer than some ten thousand values",
  },
  {
    codes: [50],
    about: null,
    why: "the server does not know this type",
    help: "for JSON: `JSON` (25.3 and newer), not `Object('json')`, which is gone since 25.11; check the spelling: types are case-sensitive",
  },
  {
    codes: [59],
    about: null,
    why: "sampling takes a share of a key's values, so the key must be an unsigned integer",
    help: "SAMPLE BY intHash32(user_id), with the same expression in the sorting key",
  },
  {
    codes: [42],
    about: null,
    why: "the engine does not take these arguments",
    help: "`Replicated…MergeTree('/path/{shard}/{table}', '{replica}', …own arguments)`; the own ones are those of the plain engine",
  },
  {
    codes: [70],
    about: /Aggregate/i,
    why: "the states of two aggregate functions are different bytes: one cannot be merged into the other",
    help: "the same function with the same argument types on both sides: `AggregateFunction(sum, UInt64)` takes `sumState(toUInt64(…))`",
  },
  {
    codes: [56],
    about: null,
    why: "the server does not know this engine",
    help: "check the spelling: engines are case-sensitive",
  },
  {
    codes: [36, 47, 80, 378],
    about: null,
    why: "the server reads the whole definition before it creates anything",
    help: "correct the definition as the message says",
  },
];
