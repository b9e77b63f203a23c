import { Queries } from "./generate-queries.ts";
import { Random } from "./random.ts";

const names = ["events", "db.events", "`my table`", "analytics.sharded_events"];
const clusters = ["", "", "", " ON CLUSTER main", " ON CLUSTER '{cluster}'"];

/** Statements of migrations: most of them what somebody would write, a few what nobody should. */
class Statements extends Queries {
  columnDeclaration(): string {
    const r = this.random;
    const name = r.pick(["id", "tenant_id", "`created at`", "properties", "amount"]);
    const value = r.pick(["DEFAULT", "MATERIALIZED", "ALIAS", "EPHEMERAL"]);
    return [
      `${name} ${this.types.type()}`,
      r.maybe(r.pick([" NULL", " NOT NULL"]), 0.1),
      r.maybe(` ${value} ${this.expression(1)}`, 0.25),
      r.maybe(" COMMENT 'what it is'", 0.15),
      r.maybe(` CODEC(${r.pick(["ZSTD(3)", "Delta, LZ4", "DoubleDelta, ZSTD(1)", "NONE"])})`, 0.15),
      r.maybe(" STATISTICS(tdigest)", 0.05),
      r.maybe(` TTL at + INTERVAL 1 MONTH`, 0.1),
      r.maybe(" SETTINGS (min_compress_block_size = 1024)", 0.05),
    ].join("");
  }

  private index(): string {
    const r = this.random;
    const kind = r.pick(["minmax", "set(100)", "bloom_filter(0.01)", "ngrambf_v1(3, 256, 2, 0)", "text(tokenizer = splitByNonAlpha)"]);
    return `idx_${r.below(9)} ${this.expression(1)} TYPE ${kind}${r.maybe(" GRANULARITY 4")}`;
  }

  private projection(): string {
    const r = this.random;
    return r.pick([
      () => `p (SELECT ${r.list(() => this.expression(1), 1, 3)} ORDER BY ${this.column()})`,
      () => `p (SELECT ${this.column()}, ${this.aggregate()} GROUP BY ${this.column()})`,
      () => `p INDEX ${this.column()} TYPE basic`,
    ])();
  }

  private key(): string {
    const r = this.random;
    return r.pick([
      () => "tuple()",
      () => this.column(),
      () => `(${r.list(() => r.pick([this.column(), `toDate(${this.column()})`]), 1, 4)})`,
      () => `(${this.column()} DESC, ${this.column()})`,
      () => "()",
    ])();
  }

  private ttl(): string {
    const r = this.random;
    const action = r.pick([
      "",
      " DELETE",
      " DELETE WHERE amount = 0",
      " TO DISK 'cold'",
      " TO VOLUME 'slow'",
      " RECOMPRESS CODEC(ZSTD(9))",
      " GROUP BY tenant_id SET amount = sum(amount)",
    ]);
    return `at + INTERVAL ${r.pick(["1 DAY", "3 MONTH"])}${action}`;
  }

  private storage(): string {
    const r = this.random;
    const engine = r.pick([
      "MergeTree",
      "MergeTree()",
      "ReplicatedMergeTree('/t/{shard}', '{replica}')",
      "ReplacingMergeTree(ver)",
      "SummingMergeTree((a, b))",
      "Memory",
      "Null",
      "Distributed('main', 'db', 'local', rand())",
      "Kafka('h:9092', 't', 'g', 'JSONEachRow')",
      "CollapsingMergeTree(sign)",
    ]);
    const clauses = [
      r.maybe(` PARTITION BY ${this.expression(1)}`, 0.4),
      r.maybe(` PRIMARY KEY ${this.column()}`, 0.2),
      r.maybe(` ORDER BY ${this.key()}`, 0.8),
      r.maybe(` SAMPLE BY cityHash64(tenant_id)`, 0.1),
      r.maybe(` TTL ${r.list(() => this.ttl(), 1, 2)}`, 0.2),
    ];
    if (r.chance(0.2)) clauses.reverse();
    return ` ENGINE = ${engine}${clauses.join("")}${r.maybe(" SETTINGS index_granularity = 8192, storage_policy = 'hot'", 0.2)}`;
  }

  private createTable(): string {
    const r = this.random;
    const element = (): string =>
      r.pick([
        () => this.columnDeclaration(),
        () => this.columnDeclaration(),
        () => `INDEX ${this.index()}`,
        () => `PROJECTION ${this.projection()}`,
        () => `CONSTRAINT c ${r.pick(["CHECK", "ASSUME"])} ${this.expression(1)}`,
      ])();
    const head = `CREATE ${r.maybe("OR REPLACE ", 0.1)}TABLE ${r.maybe("IF NOT EXISTS ")}${r.pick(names)}${r.pick(clusters)}`;
    return r.pick([
      () => `${head} (${this.columnDeclaration()}, ${r.list(element, 1, 4)})${this.storage()}${r.maybe(" COMMENT 'a table'", 0.1)}`,
      () => `${head} (${this.columnDeclaration()}, ${r.list(element, 1, 4)})${this.storage()}`,
      () => `${head} AS ${r.pick(names)}${r.maybe(this.storage())}`,
      () => `${head}${this.storage()} ${r.maybe("EMPTY ", 0.2)}AS ${this.query()}`,
    ])();
  }

  private createView(): string {
    const r = this.random;
    const name = `${r.maybe("IF NOT EXISTS ")}${r.pick(names)}_view${r.pick(clusters)}`.replace("`_view", "_view`");
    const refresh = r.pick([
      "",
      "",
      " REFRESH EVERY 1 HOUR",
      " REFRESH AFTER 30 MINUTE RANDOMIZE FOR 5 MINUTE APPEND",
      " REFRESH EVERY 1 DAY OFFSET 2 HOUR DEPENDS ON other",
    ]);
    return r.pick([
      () => `CREATE VIEW ${name} AS ${this.query()}`,
      () => `CREATE OR REPLACE VIEW ${r.pick(names)} AS ${this.query()}`,
      () =>
        `CREATE MATERIALIZED VIEW ${name}${refresh} TO ${r.pick(names)}${r.maybe(` (${this.columnDeclaration()})`, 0.2)} AS ${this.query()}`,
      () => `CREATE MATERIALIZED VIEW ${name}${refresh}${this.storage()}${r.maybe(" POPULATE", 0.2)} AS ${this.query()}`,
    ])();
  }

  private partition(): string {
    return this.random.pick(["202401", "'2024-01-01'", "(1, 'a')", "tuple()", "ID 'all'", "ALL", "{p:String}"]);
  }

  private alterCommand(): string {
    const r = this.random;
    const exists = r.maybe("IF EXISTS ", 0.3);
    const column = r.pick(["id", "n.value", "`created at`"]);
    const inPartition = r.maybe(` IN PARTITION ${this.partition()}`, 0.3);
    const place = r.pick(["", "", " FIRST", ` AFTER ${column}`]);
    return r.pick([
      () => `ADD COLUMN ${r.maybe("IF NOT EXISTS ")}${this.columnDeclaration()}${place}`,
      () => `ADD COLUMN ${r.maybe("IF NOT EXISTS ")}${this.columnDeclaration()}${place}`,
      () => `DROP COLUMN ${exists}${column}`,
      () => `RENAME COLUMN ${exists}${column} TO other`,
      () => `CLEAR COLUMN ${exists}${column}${inPartition}`,
      () => `MATERIALIZE COLUMN ${column}${inPartition}`,
      () => `COMMENT COLUMN ${exists}${column} 'text'`,
      () => `MODIFY COLUMN ${exists}${this.columnDeclaration()}${place}`,
      () =>
        `MODIFY COLUMN ${exists}${column} ${r.pick(["REMOVE DEFAULT", "REMOVE TTL", "COMMENT 'x'", "CODEC(ZSTD)", "MODIFY SETTING a = 1", "RESET SETTING a", "ADD ENUM VALUES ('c' = 3)", "TTL at + INTERVAL 1 DAY"])}`,
      () => `ALTER COLUMN ${exists}${column} TYPE ${this.types.type()}`,
      () => `ADD INDEX ${r.maybe("IF NOT EXISTS ")}${this.index()}`,
      () => `${r.pick(["DROP", "CLEAR", "MATERIALIZE"])} ${r.pick(["INDEX", "PROJECTION"])} ${exists}idx`,
      () => `ADD PROJECTION ${this.projection()}`,
      () => `ADD STATISTICS a, b TYPE tdigest, uniq`,
      () => `${r.pick(["DROP", "CLEAR", "MATERIALIZE"])} STATISTICS ${exists}a`,
      () => `${r.pick(["ADD", "MODIFY"])} CONSTRAINT c CHECK ${this.expression(1)}`,
      () => `DROP CONSTRAINT ${exists}c`,
      () => `MODIFY ORDER BY ${this.key()}`,
      () => `MODIFY TTL ${this.ttl()}`,
      () =>
        r.pick([
          "REMOVE TTL",
          "REMOVE SAMPLE BY",
          "MATERIALIZE TTL",
          "APPLY DELETED MASK",
          "APPLY PATCHES",
          "REWRITE PARTS",
          "FREEZE",
          "UNFREEZE WITH NAME 'x'",
        ]),
      () => `MODIFY SETTING max_parts_in_total = 10, storage_policy = 'x'`,
      () => `RESET SETTING max_parts_in_total`,
      () => `MODIFY QUERY ${this.query()}`,
      () => `MODIFY COMMENT 'text'`,
      () => `${r.pick(["DROP", "DETACH", "ATTACH", "FORGET", "DROP DETACHED"])} PARTITION ${this.partition()}`,
      () => `${r.pick(["DROP", "DETACH", "ATTACH"])} PART 'all_1_1_0'`,
      () => `${r.pick(["ATTACH", "REPLACE"])} PARTITION ${this.partition()} FROM ${r.pick(names)}`,
      () => `MOVE PARTITION ${this.partition()} TO ${r.pick(["DISK 'd'", "VOLUME 'v'", "TABLE db.t"])}`,
      () => `UPDATE amount = ${this.expression(2)}${inPartition} WHERE ${this.expression(2)}`,
      () => `DELETE${inPartition} WHERE ${this.expression(2)}`,
    ])();
  }

  private alter(): string {
    const r = this.random;
    const brackets = r.chance(0.05);
    const command = (): string => (brackets ? `(${this.alterCommand()})` : this.alterCommand());
    return `ALTER TABLE ${r.pick(names)}${r.pick(clusters)} ${r.list(command, 1, 3)}${r.maybe(" SETTINGS final = 2", 0.1)}`;
  }

  private other(): string {
    const r = this.random;
    const name = r.pick(names);
    return r.pick([
      () =>
        `DROP ${r.pick(["TABLE", "VIEW", "DICTIONARY", "DATABASE"])} ${r.maybe("IF EXISTS ")}${name}${r.pick(clusters)}${r.maybe(" SYNC", 0.3)}`,
      () => `RENAME TABLE ${name} TO ${r.pick(names)}${r.pick(clusters)}`,
      () => `EXCHANGE TABLES ${name} AND ${r.pick(names)}${r.pick(clusters)}`,
      () => `TRUNCATE TABLE ${r.maybe("IF EXISTS ")}${name}${r.pick(clusters)}`,
      () =>
        `OPTIMIZE TABLE ${name}${r.pick(clusters)}${r.maybe(` PARTITION ${this.partition()}`)}${r.maybe(" FINAL")}${r.maybe(" DEDUPLICATE BY a, b", 0.2)}`,
      () => `DETACH TABLE ${name}${r.maybe(" PERMANENTLY")}`,
      () => `ATTACH TABLE ${name}`,
      () => `CREATE DATABASE ${r.maybe("IF NOT EXISTS ")}analytics${r.pick(clusters)}${r.maybe(" ENGINE = Atomic")}`,
      () => `CREATE FUNCTION f AS (x, y) -> ${this.expression(2)}`,
      () =>
        `CREATE DICTIONARY d (id UInt64, name String DEFAULT '') PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 't' DB 'db')) LAYOUT(${r.pick(["FLAT()", "HASHED()", "CACHE(SIZE_IN_CELLS 100)"])}) LIFETIME(${r.pick(["300", "MIN 1 MAX 10"])})`,
      () => `INSERT INTO ${name}${r.maybe(" (id, amount)")} ${this.query()}`,
      () => `INSERT INTO ${name}${r.maybe(" (id, amount)")} VALUES (1, 'a;b'), (2, NULL)`,
      () => `DELETE FROM ${name} WHERE ${this.expression(2)}`,
      () => `UPDATE ${name} SET amount = ${this.expression(2)} WHERE ${this.expression(2)}`,
      () => `KILL MUTATION WHERE ${this.expression(2)}`,
      () => `SYSTEM ${r.pick(["STOP MERGES", "START TTL MERGES", "SYNC REPLICA", "RELOAD DICTIONARY", "FLUSH DISTRIBUTED"])} ${name}`,
      () => `SET final = 1, custom_timeout = 60`,
      () => `EXPLAIN ${r.pick(["", "PLAN ", "PIPELINE ", "ESTIMATE ", "indexes = 1 "])}${this.query()}`,
    ])();
  }

  statement(): string {
    return this.random.pick([
      () => this.query(),
      () => this.query(2),
      () => this.createTable(),
      () => this.createTable(),
      () => this.createView(),
      () => this.alter(),
      () => this.alter(),
      () => this.alter(),
      () => this.other(),
    ])();
  }
}

const token = /\s+|'(?:[^'\\]|\\.|'')*'|`[^`]*`|"[^"]*"|\$\$.*?\$\$|\w+|[^\s\w]/g;
const intruders = [
  "(",
  ")",
  ",",
  "AS",
  "FROM",
  "NOT",
  "NULL",
  "ON",
  "x",
  "1",
  "'s'",
  ".",
  "=",
  "SELECT",
  "TTL",
  "COLUMN",
  "[",
  "]",
  "ORDER BY",
  "::",
  "*",
  "-",
  "DEFAULT",
  "SETTINGS",
  "IN",
  "{",
  "INTERVAL",
  "END",
];

/** One small accident: a token lost, doubled, swapped with its neighbour, or one too many. */
function mutated(sql: string, random: Random): string {
  const parts = sql.match(token) ?? [];
  const at = random.below(parts.length);
  switch (random.below(5)) {
    case 0:
      return [...parts.slice(0, at), ...parts.slice(at + 1)].join("");
    case 1:
      return [...parts.slice(0, at), parts[at] ?? "", " ", ...parts.slice(at)].join("");
    case 2:
      return [...parts.slice(0, at), parts[at + 2] ?? "", " ", parts[at] ?? "", ...parts.slice(at + 3)].join("");
    case 3:
      return [...parts.slice(0, at), ` ${random.pick(intruders)} `, ...parts.slice(at)].join("");
    default:
      return parts.slice(0, at).join("");
  }
}

/** `count` statements from a seed, nearly half of them with an accident, so that a good part is refused. */
export function generate(seed: number, count: number): readonly string[] {
  const random = new Random(seed);
  const statements = new Statements(random);
  return Array.from({ length: count }, () => {
    const sql = statements.statement();
    return random.chance(0.45) ? mutated(sql, random) : sql;
  });
}
