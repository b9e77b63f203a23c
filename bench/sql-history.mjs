// A made-up history of SQL migrations that looks like a real one: a few creates, mostly later changes, 1 to 12 statements a file
// (4 on average), valid from the first file to the last. The same seed writes the same bytes.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const NOUNS =
  "account invoice project member event session webhook token report dashboard insight cohort person plugin export batch alert audit billing plan".split(
    " ",
  );
const TYPES = ["bigint", "text", "varchar(200)", "timestamptz", "boolean", "jsonb", "integer", "numeric(12,2)", "uuid", "date"];
const COLUMNS =
  "status kind label note amount currency payload created_at updated_at deleted_at is_active position score source target region locale email slug title".split(
    " ",
  );

function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Writes `files` migrations into `folder`. @returns number of statements and bytes */
export function writeHistory(folder, files, seed = 1) {
  mkdirSync(folder, { recursive: true });
  const next = random(seed);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const tables = [];
  let serial = 0;
  let statements = 0;
  let bytes = 0;

  function createTable() {
    const table = { name: `${pick(NOUNS)}_${++serial}`, columns: ["id", "created_at"], indexes: [] };
    const extra = Array.from({ length: 2 + Math.floor(next() * 6) }, () => column(table));
    const parent = tables.length > 0 && next() < 0.4 ? pick(tables) : null;
    tables.push(table);
    const lines = [
      "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
      "created_at timestamptz NOT NULL DEFAULT now()",
      ...extra,
      ...(parent ? [`parent_id bigint REFERENCES ${parent.name} (id)`] : []),
    ];
    return `CREATE TABLE ${table.name} (\n    ${lines.join(",\n    ")}\n);`;
  }
  function column(table) {
    const name = `${pick(COLUMNS)}_${table.columns.length}`;
    table.columns.push(name);
    return `${name} ${pick(TYPES)}`;
  }
  const CHANGES = [
    [22, (t) => `ALTER TABLE ${t.name} ADD COLUMN ${column(t)};`],
    [6, (t) => `ALTER TABLE ${t.name} ADD COLUMN flag_${t.columns.push(`flag_${t.columns.length}`) - 1} boolean NOT NULL DEFAULT false;`],
    [10, (t) => `CREATE INDEX CONCURRENTLY ${index(t)} ON ${t.name} (${pick(t.columns)});`],
    [8, (t) => `CREATE INDEX ${index(t)} ON ${t.name} (${pick(t.columns)}, created_at) WHERE id > 0;`],
    [5, (t) => `ALTER TABLE ${t.name} ADD CONSTRAINT ${t.name}_check_${++serial} CHECK (id > 0) NOT VALID;`],
    [
      4,
      (t) =>
        `ALTER TABLE ${t.name} ADD CONSTRAINT ${t.name}_fk_${++serial} FOREIGN KEY (id) REFERENCES ${pick(tables).name} (id) NOT VALID;`,
    ],
    [6, (t) => (t.columns.length < 4 ? null : `ALTER TABLE ${t.name} ALTER COLUMN ${pick(t.columns.slice(2))} SET NOT NULL;`)],
    [4, (t) => (t.columns.length < 4 ? null : `ALTER TABLE ${t.name} ALTER COLUMN ${pick(t.columns.slice(2))} TYPE text;`)],
    [6, (t) => `UPDATE ${t.name} SET created_at = now() WHERE id BETWEEN ${serial} AND ${serial + 1000};`],
    [4, (t) => `INSERT INTO ${t.name} (created_at) VALUES ('2024-01-0${1 + Math.floor(next() * 9)}'), (now());`],
    [3, (t) => (t.indexes.length === 0 ? null : `DROP INDEX CONCURRENTLY IF EXISTS ${t.indexes.pop()};`)],
    [3, (t) => (t.columns.length < 5 ? null : `ALTER TABLE ${t.name} DROP COLUMN ${t.columns.pop()};`)],
    [4, () => "SET lock_timeout = '2s';"],
    [3, (t) => `COMMENT ON TABLE ${t.name} IS 'It''s kept for the ${pick(NOUNS)} report; see issue ${serial}';`],
    [2, (t) => `CREATE OR REPLACE VIEW ${t.name}_view AS SELECT id, created_at FROM ${t.name} WHERE id > 0;`],
    [10, createTable],
  ];
  function index(table) {
    const name = `${table.name}_idx_${++serial}`;
    table.indexes.push(name);
    return name;
  }
  const total = CHANGES.reduce((sum, [weight]) => sum + weight, 0);
  function change() {
    let at = next() * total;
    for (const [weight, write] of CHANGES) if ((at -= weight) < 0) return write(pick(tables)) ?? createTable();
    return createTable();
  }
  for (let number = 1; number <= files; number++) {
    const count = Math.min(12, 1 + Math.floor(-Math.log(1 - next()) * 3.5));
    const lines = number === 1 ? [createTable()] : Array.from({ length: count }, change);
    statements += lines.length;
    const text = `-- ${pick(NOUNS)}: change ${number}\n${lines.join("\n")}\n`;
    bytes += text.length;
    writeFileSync(join(folder, `${String(number).padStart(5, "0")}_${pick(NOUNS)}_${pick(COLUMNS)}.sql`), text);
  }
  return { statements, bytes };
}
