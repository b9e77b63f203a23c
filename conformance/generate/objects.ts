import type { Maker, Statement } from "./draw.ts";
import { columnList, quote } from "./schema.ts";

export const types: Maker = (draw) => {
  const { random, schema } = draw;
  const domain = random.pick(schema.domains);
  const constraint = domain.constraint ?? "no_such_constraint";
  return random.pick([
    "ALTER TYPE mood ADD VALUE 'furious'",
    "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'sad'",
    "ALTER TYPE mood ADD VALUE 'bored' BEFORE 'ok'",
    "ALTER TYPE mood ADD VALUE 'ok'",
    "ALTER TYPE mood RENAME VALUE 'sad' TO 'gloomy'",
    "ALTER TYPE mood RENAME VALUE 'nope' TO 'gloomy'",
    "ALTER TYPE mood RENAME TO temper",
    `DROP TYPE mood${draw.cascade()}`,
    "CREATE TYPE colour AS ENUM ('red', 'green')",
    "CREATE TYPE point3 AS (x integer, y integer, z integer)",
    "CREATE TYPE mood AS ENUM ('twice')",
    `ALTER DOMAIN ${domain.name} ADD CONSTRAINT fresh_check CHECK (VALUE IS NOT NULL)`,
    `ALTER DOMAIN ${domain.name} ADD CHECK (length(VALUE::text) < 80)`,
    `ALTER DOMAIN ${domain.name} ADD CONSTRAINT fresh_check CHECK (VALUE::text <> '') NOT VALID`,
    `ALTER DOMAIN ${domain.name} VALIDATE CONSTRAINT ${constraint}`,
    `ALTER DOMAIN ${domain.name} DROP CONSTRAINT ${draw.ifExists()}${constraint}`,
    `ALTER DOMAIN ${domain.name} SET NOT NULL`,
    `ALTER DOMAIN ${domain.name} DROP NOT NULL`,
    `ALTER DOMAIN ${domain.name} SET DEFAULT '1'`,
    `ALTER DOMAIN ${domain.name} RENAME TO renamed_domain`,
    `DROP DOMAIN ${draw.ifExists()}${domain.name}${draw.cascade()}`,
    "CREATE DOMAIN percent AS integer CHECK (VALUE BETWEEN 0 AND 100)",
  ]);
};

export const views: Maker = (draw) => {
  const { random, schema } = draw;
  const table = draw.table();
  const columns = columnList(random.some(table.columns, 1, 3).map((c) => c.name));
  const statements = [
    `CREATE VIEW fresh_view AS SELECT ${columns} FROM ${draw.name(table)}`,
    `CREATE OR REPLACE VIEW fresh_view AS SELECT count(*) FROM ${table.sql}`,
    `CREATE MATERIALIZED VIEW fresh_view AS SELECT ${columns} FROM ${table.sql}`,
    `CREATE MATERIALIZED VIEW fresh_view AS SELECT ${columns} FROM ${table.sql} WITH NO DATA`,
  ];
  for (const view of schema.views) {
    const kind = view.materialized ? "MATERIALIZED VIEW" : "VIEW";
    statements.push(
      `DROP ${kind} ${draw.ifExists()}${view.name}${draw.cascade()}`,
      `ALTER ${kind} ${view.name} RENAME TO renamed_view`,
      `COMMENT ON ${kind} ${view.name} IS 'seen'`,
      ...(view.materialized
        ? [
            `REFRESH MATERIALIZED VIEW ${view.name}`,
            `REFRESH MATERIALIZED VIEW CONCURRENTLY ${view.name}`,
            `REFRESH MATERIALIZED VIEW ${view.name} WITH NO DATA`,
            `CREATE INDEX fresh_index ON ${view.name} (${quote(random.pick(view.table.columns).name)})`,
          ]
        : [
            `CREATE OR REPLACE VIEW ${view.name} AS SELECT 1 AS one`,
            `ALTER VIEW ${view.name} OWNER TO CURRENT_USER`,
            `ALTER VIEW ${view.name} SET (security_barrier = true)`,
          ]),
    );
  }
  return random.pick(statements);
};

export const attachments: Maker = (draw) => {
  const { random } = draw;
  const table = draw.table();
  const sql = draw.name(table);
  const column = quote(draw.column(table).name);
  const trigger = table.triggers[0] ?? "no_such_trigger";
  const policy = table.policies[0] ?? "no_such_policy";
  return random.pick<Statement | string>([
    `CREATE TRIGGER fresh_trigger BEFORE INSERT OR UPDATE ON ${sql} FOR EACH ROW EXECUTE FUNCTION touch()`,
    `CREATE TRIGGER fresh_trigger AFTER DELETE ON ${sql} FOR EACH STATEMENT EXECUTE FUNCTION touch()`,
    `CREATE TRIGGER touched AFTER UPDATE OF ${column} ON ${sql} FOR EACH ROW EXECUTE FUNCTION touch()`,
    `CREATE CONSTRAINT TRIGGER fresh_trigger AFTER INSERT ON ${sql} DEFERRABLE FOR EACH ROW EXECUTE FUNCTION touch()`,
    `DROP TRIGGER ${draw.ifExists()}${trigger} ON ${sql}`,
    `ALTER TRIGGER ${trigger} ON ${sql} RENAME TO renamed_trigger`,
    `CREATE POLICY fresh_policy ON ${sql} FOR SELECT USING (true)`,
    `ALTER POLICY ${policy} ON ${sql} USING (false)`,
    `DROP POLICY ${draw.ifExists()}${policy} ON ${sql}`,
    `CREATE RULE fresh_rule AS ON DELETE TO ${sql} DO INSTEAD NOTHING`,
    `CREATE STATISTICS fresh_statistics ON ${columnList(random.some(table.columns, 2, 2).map((c) => c.name))} FROM ${sql}`,
    `COMMENT ON TABLE ${sql} IS 'of note'`,
    `COMMENT ON COLUMN ${table.sql}.${column} IS 'of note'`,
    `GRANT SELECT ON ${sql} TO PUBLIC`,
    `REVOKE ALL ON ${sql} FROM PUBLIC`,
    `GRANT SELECT (${column}) ON ${sql} TO PUBLIC`,
    `CREATE PUBLICATION fresh_publication FOR TABLE ${sql}`,
    `LOCK TABLE ${draw.only()}${sql}${random.pick(["", " IN SHARE MODE", " IN ACCESS SHARE MODE", " IN ROW EXCLUSIVE MODE", " IN EXCLUSIVE MODE NOWAIT"])}`,
    `ANALYZE ${sql}`,
    `ANALYZE ${table.sql} (${column})`,
  ]);
};

export const sequencesAndFunctions: Maker = (draw) => {
  const table = draw.table();
  const body = `BEGIN ${draw.random.pick([`ALTER TABLE ${table.sql} ADD COLUMN fresh integer`, `UPDATE ${table.sql} SET id = id`, `PERFORM 1`])}; END`;
  return draw.random.pick([
    "CREATE SEQUENCE fresh_sequence",
    "CREATE SEQUENCE counter",
    "ALTER SEQUENCE counter RESTART WITH 100",
    "ALTER SEQUENCE counter INCREMENT BY 5",
    `ALTER SEQUENCE counter OWNED BY ${table.sql}.${quote(draw.column(table).name)}`,
    "ALTER SEQUENCE counter RENAME TO renamed_counter",
    `DROP SEQUENCE ${draw.ifExists()}counter${draw.cascade()}`,
    "SELECT setval('counter', 500)",
    "CREATE FUNCTION fresh_function(a integer) RETURNS integer LANGUAGE sql AS $$ SELECT a + 1 $$",
    "CREATE OR REPLACE FUNCTION six() RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT 7 $$",
    `DROP FUNCTION six()${draw.cascade()}`,
    `DROP FUNCTION touch()${draw.cascade()}`,
    "CREATE SCHEMA fresh_schema",
    "CREATE SCHEMA public",
    `DROP SCHEMA ${draw.ifExists()}shop${draw.cascade()}`,
    `DO $$ ${body} $$`,
  ]);
};
