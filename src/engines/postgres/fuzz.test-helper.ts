import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { apply, emptyState } from "../../model/apply/index.ts";
import type { SqlStep } from "../../model/migration.ts";
import type { SchemaState } from "../../model/schema.ts";
import { wholeSpan } from "../../text/span.ts";
import { POSTGRES_MAJORS, type PostgresEngine } from "./engine.ts";
import { split } from "./parse/split.ts";

/** Mulberry32: the same seed gives the same statements on every machine. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Every statement of the conformance cases: real ones, of every kind. */
export function realStatements(folder: string): readonly string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...realStatements(path));
    else if (entry.name.endsWith(".sql")) {
      const text = readFileSync(path, "utf8");
      found.push(...split(text).map((piece) => text.slice(piece.start, piece.end)));
    }
  }
  return found;
}

const NOISE = [
  "(",
  ")",
  "'",
  '"',
  "$$",
  "--",
  "/*",
  "*/",
  ";",
  "\\",
  "\u0000",
  "\uFFFD",
  "🐘",
  "\ud800",
  "::",
  "[",
  "]",
  ",",
  ".",
  "E'",
  "$1",
  "\n",
];

/** One statement made wrong, or strange: tokens left out, doubled, exchanged, spliced with another statement, noise, nesting. */
export function mutate(statements: readonly string[], next: () => number): string {
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(next() * list.length)];
  const tokens = (pick(statements) ?? "").split(/(?<=\s)|(?=[(),;'"])|(?<=[(),;'"])/);
  const at = (): number => Math.floor(next() * (tokens.length + 1));
  for (let times = 1 + Math.floor(next() * 3); times > 0; times--) {
    const kind = Math.floor(next() * 7);
    if (kind === 0) tokens.splice(at(), 1 + Math.floor(next() * 3));
    else if (kind === 1) tokens.splice(at(), 0, tokens[at()] ?? "");
    else if (kind === 2) {
      const [a, b] = [at(), at()];
      [tokens[a], tokens[b]] = [tokens[b] ?? "", tokens[a] ?? ""];
    } else if (kind === 3) {
      const other = (pick(statements) ?? "").split(/(?<=\s)/);
      tokens.splice(at(), 0, ...other.slice(Math.floor(next() * other.length)));
    } else if (kind === 4) tokens.splice(at(), 0, pick(NOISE) ?? "");
    else if (kind === 5) {
      const depth = 1 + Math.floor(next() * 40);
      tokens.splice(at(), 0, "(".repeat(depth), ")".repeat(depth - Math.floor(next() * 2)));
    } else tokens.length = at();
  }
  return tokens.join("");
}

export function step(sql: string): SqlStep {
  return { kind: "sql", sql, span: wholeSpan("fuzz.sql", sql), verbatim: true, operation: null, reverse: "unknown", suppressions: [] };
}

/** A schema in which the statements of the conformance cases find something. */
const BASE = `
  CREATE TYPE mood AS ENUM ('fine', 'low');
  CREATE DOMAIN postcode AS text CHECK (VALUE <> '');
  CREATE TYPE address AS (street text, code postcode);
  CREATE TABLE team (id int PRIMARY KEY, name text NOT NULL);
  CREATE TABLE person (id bigserial PRIMARY KEY, team_id int REFERENCES team (id), email text UNIQUE, age int, mood mood, home address);
  CREATE TABLE event (id int, day date) PARTITION BY RANGE (day);
  CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
  CREATE VIEW people AS SELECT id, email FROM person;
  CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM person;
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.age := 1; RETURN NEW; END$$;
  CREATE TRIGGER touched BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION touch();`;

export function base(engine: PostgresEngine): SchemaState {
  return through(engine, BASE, emptyState());
}

/** Everything that a check does with a piece of SQL: read, changes, predict, apply, bind. @returns the schema after it */
export function through(engine: PostgresEngine, sql: string, before: SchemaState, major: number = POSTGRES_MAJORS[5]): SchemaState {
  let state = before;
  for (const raw of engine.read(step(sql))) {
    const changes = engine.changes(raw, state);
    engine.predict(changes, state, { version: major, inTransaction: sql.length % 2 === 0, isEmpty: () => false });
    for (const change of changes) state = apply(change, state, { migration: "fuzz" });
  }
  const query = { sql, verb: "other", origin: "fuzz", span: null, params: [], use: "certain", usedAt: null, callsPerSecond: null } as const;
  engine.bind(query, before);
  return state;
}
