import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { PostgresEngine } from "../engine.ts";
import { base, realStatements, step } from "../fuzz.test-helper.ts";
import { loadPostgres } from "../index.ts";
import { loadGrammar } from "../parse/load.ts";
import { tagOf, type Grammar } from "../parse/grammar.ts";

let engine: PostgresEngine;
let grammar: Grammar;
beforeAll(async () => {
  engine = await loadPostgres();
  grammar = await loadGrammar();
});

/** Nodes whose name ends in Stmt and that stand inside others, or that only Postgres itself makes. */
const INSIDE = new Set(["RawStmt", "PlannedStmt", "ReturnStmt", "PLAssignStmt", "SetOperationStmt", "ReplicaIdentityStmt"]);

/** A statement for every kind that the conformance cases do not hold. */
const MORE: readonly string[] = [
  'ALTER COLLATION "C" REFRESH VERSION',
  "ALTER DATABASE app SET work_mem = '8MB'",
  "ALTER DATABASE app CONNECTION LIMIT 10",
  "ALTER DATABASE app REFRESH COLLATION VERSION",
  "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",
  "ALTER EVENT TRIGGER watcher ENABLE",
  "ALTER EXTENSION citext UPDATE",
  "ALTER EXTENSION citext ADD TABLE person",
  "ALTER FOREIGN DATA WRAPPER fdw OPTIONS (ADD a 'b')",
  "ALTER SERVER far OPTIONS (ADD a 'b')",
  "ALTER OPERATOR === (int, int) SET (RESTRICT = eqsel)",
  "ALTER OPERATOR FAMILY f USING btree ADD OPERATOR 1 < (int, int)",
  "ALTER ROLE app SET search_path = app",
  "ALTER ROLE app NOLOGIN",
  "ALTER SUBSCRIPTION s DISABLE",
  "ALTER SYSTEM SET work_mem = '8MB'",
  "ALTER TABLESPACE fast SET (random_page_cost = 1)",
  "ALTER TEXT SEARCH CONFIGURATION mine DROP MAPPING FOR url",
  "ALTER TEXT SEARCH DICTIONARY mine (StopWords = 'x')",
  "ALTER TYPE box3 SET (RECEIVE = f)",
  "ALTER USER MAPPING FOR PUBLIC SERVER far OPTIONS (ADD a 'b')",
  "ALTER TABLE ALL IN TABLESPACE slow SET TABLESPACE fast",
  "CHECKPOINT",
  "CREATE ACCESS METHOD m TYPE TABLE HANDLER heap_tableam_handler",
  "CREATE CAST (text AS mood) WITHOUT FUNCTION",
  "CREATE CONVERSION c FOR 'UTF8' TO 'LATIN1' FROM f",
  "CREATE DATABASE other",
  "CREATE LANGUAGE plx HANDLER f",
  "CREATE OPERATOR CLASS c FOR TYPE int USING btree AS OPERATOR 1 <",
  "CREATE OPERATOR FAMILY f USING btree",
  "CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p",
  "CREATE TABLESPACE fast LOCATION '/mnt/fast'",
  "CREATE TRANSFORM FOR hstore LANGUAGE plx (FROM SQL WITH FUNCTION f(internal))",
  "CREATE USER MAPPING FOR PUBLIC SERVER far",
  "DROP DATABASE other",
  "DROP OWNED BY app",
  "DROP ROLE app",
  "DROP SUBSCRIPTION s",
  "DROP TABLESPACE fast",
  "DROP USER MAPPING FOR PUBLIC SERVER far",
  "IMPORT FOREIGN SCHEMA remote FROM SERVER far INTO public",
  "LOAD 'auto_explain'",
  "REASSIGN OWNED BY app TO other",
  "SECURITY LABEL ON TABLE person IS 'x'",
  "GRANT app TO other",
  "UNLISTEN *",
  "SHOW work_mem",
  "MERGE INTO person p USING team t ON t.id = p.team_id WHEN MATCHED THEN DELETE",
];

/** Every `…Stmt` that libpg-query's grammar knows, from its own type declarations. */
function everyKind(): string[] {
  const types = dirname(createRequire(import.meta.url).resolve("@pgsql/types/package.json"));
  const text = readFileSync(join(types, "types.d.ts"), "utf8");
  return [...new Set([...text.matchAll(/export interface (\w+Stmt) \{/g)].map((match) => match[1] ?? ""))].filter(
    (tag) => !INSIDE.has(tag),
  );
}

describe("every kind of statement of Postgres 18's grammar", () => {
  test("is understood or said to be opaque, with a reason", () => {
    const schema = base(engine);
    const silent: string[] = [];
    const seen = new Set<string>();
    const cases = new URL("../../../../conformance/cases", import.meta.url).pathname;
    for (const sql of [...MORE, ...realStatements(cases)]) {
      const parsed = grammar.parse(sql);
      const [node] = parsed.ok ? parsed.statements : [];
      if (node === undefined || seen.has(tagOf(node))) continue;
      const changes = engine.read(step(sql)).flatMap((raw) => engine.changes(raw, schema));
      if (changes.length === 0) silent.push(sql);
      else seen.add(tagOf(node));
      for (const change of changes) {
        if (change.kind === "opaque" && (change.reason === "" || change.reason.includes("not known to tread")))
          silent.push(`${sql}: ${change.reason}`);
      }
    }
    expect(silent).toEqual([]);
    const kinds = everyKind();
    expect(kinds.length).toBeGreaterThan(100);
    expect(kinds.filter((tag) => !seen.has(tag))).toEqual([]);
  });
});
