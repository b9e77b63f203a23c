import { describe, expect, test } from "vitest";
import type { ParsedStatement, Statement } from "./ast.ts";
import { parseScript } from "./index.ts";

function only(sql: string): ParsedStatement {
  const [statement, ...more] = parseScript(sql);
  if (statement === undefined || more.length > 0) throw new Error(`not one statement: ${more.length + 1}`);
  return statement;
}

function read<Kind extends Statement["kind"]>(sql: string, kind: Kind): Extract<Statement, { kind: Kind }> {
  const { statement } = only(sql);
  if (statement.kind !== kind) throw new Error(`${statement.kind}: ${JSON.stringify(statement).slice(0, 300)}`);
  return statement as Extract<Statement, { kind: Kind }>;
}

describe("a script is split into statements", () => {
  test("at semicolons that are no part of a string, a name, a comment or a heredoc", () => {
    const sql = "SELECT ';', `a;b`, $$;$$ /* ; */ -- ;\n; DROP TABLE t;;\n SELECT 2";
    expect(parseScript(sql).map(({ text }) => text)).toEqual(["SELECT ';', `a;b`, $$;$$", "DROP TABLE t", "SELECT 2"]);
  });

  test("each stands where it stands, its comments beside it", () => {
    const sql = "-- tread-ignore drop-table: nobody reads it\nDROP TABLE visits; -- gone\nSELECT 1";
    const [drop, select] = parseScript(sql);
    expect(sql.slice(drop?.at.start, drop?.at.end)).toBe("DROP TABLE visits");
    expect(drop?.comments.map(({ text }) => text)).toEqual(["-- tread-ignore drop-table: nobody reads it"]);
    expect(select?.comments.map(({ text }) => text)).toEqual(["-- gone"]);
  });

  test("a mistake in one leaves the others whole", () => {
    const kinds = parseScript("ALTER TABLE t ADD COLUM a Int; DROP TABLE u").map(({ statement }) => statement.kind);
    expect(kinds).toEqual(["syntax-error", "drop"]);
  });

  test("comments nest, and an empty script has no statements", () => {
    expect(parseScript("/* a /* b */ ; */ ;; -- nothing\n")).toEqual([]);
  });
});

describe("data behind INSERT … FORMAT", () => {
  test("is not read as SQL, whatever is in it", () => {
    const sql = "INSERT INTO t FORMAT CSV\n1,\"it's; open\n2,x\n";
    const { source } = read(sql, "insert");
    if (source.kind !== "format" || source.data === null) throw new Error("no data");
    expect([source.format, sql.slice(source.data.start, source.data.end)]).toEqual(["CSV", "\n1,\"it's; open\n2,x\n"]);
  });

  test("ends at a semicolon that closes a line, and before a line that begins as a statement does", () => {
    const sql = 'INSERT INTO a FORMAT JSONEachRow {"id": 1};\nINSERT INTO b FORMAT TSV\n1\t2\nALTER TABLE c DROP COLUMN d;';
    expect(parseScript(sql).map(({ statement }) => statement.kind)).toEqual(["insert", "insert", "alter-table"]);
  });

  test("VALUES ends where the statement does", () => {
    expect(parseScript("INSERT INTO t VALUES (1, ';'), (2, 'b'); SELECT 1").map(({ text }) => text)).toEqual([
      "INSERT INTO t VALUES (1, ';'), (2, 'b')",
      "SELECT 1",
    ]);
  });
});

describe("what is read", () => {
  test("a table with all that migrations put into one", () => {
    const table = read(
      `CREATE TABLE IF NOT EXISTS shop.orders ON CLUSTER '{cluster}' (
         id UInt64, \`placed at\` DateTime64(3, 'UTC') DEFAULT now() COMMENT 'when' CODEC(Delta, ZSTD(3)),
         state Enum8('open' = 1, 'paid' = 2), INDEX by_state state TYPE set(10) GRANULARITY 2)
       ENGINE = ReplicatedReplacingMergeTree('/t/{shard}', '{replica}', id) PARTITION BY toYYYYMM(\`placed at\`)
       ORDER BY (state, id) TTL toDateTime(\`placed at\`) + INTERVAL 1 YEAR DELETE WHERE state = 'paid' SETTINGS index_granularity = 1024`,
      "create-table",
    );
    expect(table.onCluster?.name).toBe("{cluster}");
    expect(table.elements?.columns.map((column) => [column.name.text, column.default?.kind ?? null])).toEqual([
      ["id", null],
      ["placed at", "DEFAULT"],
      ["state", null],
    ]);
    expect(table.elements?.columns[1]?.codec?.codecs.map((codec) => codec.name)).toEqual(["Delta", "ZSTD"]);
    expect(table.elements?.indexes.map((index) => [index.name.text, index.type?.name, index.granularity])).toEqual([
      ["by_state", "set", "2"],
    ]);
    expect(table.storage?.engine?.name).toBe("ReplicatedReplacingMergeTree");
    expect(table.storage?.orderBy?.elements).toHaveLength(2);
    expect(table.storage?.ttl[0]?.where).not.toBeNull();
    expect(table.storage?.settings.map((setting) => setting.name)).toEqual(["index_granularity"]);
  });

  test("every action of an ALTER stands where it stands", () => {
    const sql = "ALTER TABLE t ADD COLUMN a Int AFTER b, MODIFY COLUMN c REMOVE TTL, DELETE IN PARTITION 1 WHERE d = 1";
    const { commands } = read(sql, "alter-table");
    expect(commands.map((command) => [command.kind, sql.slice(command.at.start, command.at.end)])).toEqual([
      ["add-column", "ADD COLUMN a Int AFTER b"],
      ["modify-column-remove", "MODIFY COLUMN c REMOVE TTL"],
      ["delete", "DELETE IN PARTITION 1 WHERE d = 1"],
    ]);
  });

  test("an operator is the function behind it, and its text is all of it", () => {
    const sql = "SELECT (a + 1) * 2 = b AND NOT c OR d IN (1, 2)";
    const { query } = read(sql, "select");
    if (query.kind !== "select") throw new Error(query.kind);
    const [or] = query.columns;
    if (or?.kind !== "function") throw new Error("no function");
    expect(or.name).toBe("or");
    expect(or.arguments.map((part) => [part.kind === "function" ? part.name : part.kind, sql.slice(part.at.start, part.at.end)])).toEqual([
      ["and", "(a + 1) * 2 = b AND NOT c"],
      ["in", "d IN (1, 2)"],
    ]);
  });

  test("CAST with AS, with a string and with :: are one thing", () => {
    const { query } = read("SELECT CAST(a AS Array(UInt8)), CAST(a, 'Array(UInt8)'), a::Array(UInt8)", "select");
    if (query.kind !== "select") throw new Error(query.kind);
    expect(query.columns.map((column) => (column.kind === "cast" ? column.type.name : column.kind))).toEqual(["Array", "Array", "Array"]);
  });

  test("the settings behind a statement are how it is run, not what it does", () => {
    const { output, statement } = only("ALTER TABLE t DROP COLUMN a SETTINGS mutations_sync = 2");
    expect(output.settings.map((setting) => setting.name)).toEqual(["mutations_sync"]);
    expect(statement.kind === "alter-table" && statement.commands).toHaveLength(1);
  });

  test("what is recognised but not modelled is opaque, with a reason", () => {
    expect(read("CREATE WORKLOAD batch IN all", "opaque").reason).toMatch(/workload/);
    expect(read("CREATE USER reader IDENTIFIED BY 'x'", "access-control")).toMatchObject({ action: "create", object: "user" });
  });
});

describe("a mistake", () => {
  const mistake = (sql: string): string => {
    const { message, position } = read(sql, "syntax-error");
    return `${position}: ${message}`;
  };

  test("is told where it is, with what was expected", () => {
    expect(mistake("ALTER TABLE t DROP COLUMN a CASCADE")).toMatch(
      /^28: This does not fit here: CASCADE\. Expected: .*the end of the statement/,
    );
    expect(mistake("CREATE TABLE t (id UInt64 name String) ENGINE = Memory")).toMatch(/^26: This does not fit here: name\./);
    expect(mistake("ALTER TABLE t ADD COLUMN")).toMatch(/^24: The statement ends where more was expected/);
    expect(mistake("SELECT 'open")).toMatch(/^7: This quote is not closed/);
    expect(mistake("CREATE MATERIALIZED VIEW v TO t ENGINE = Memory AS SELECT 1")).toMatch(/TO or an engine of its own/);
  });

  test("100,000 brackets are one, too: no stack overflows", () => {
    for (const nest of ["(", "[", "f(", "(SELECT ", "CASE WHEN ", "x -> ", "NOT ", "CAST(", "f() OVER (PARTITION BY "]) {
      expect(read(`SELECT ${nest.repeat(100_000)}`, "syntax-error").message).not.toBe("");
    }
    expect(read(`CREATE TABLE t (a ${"Array(".repeat(100_000)})`, "syntax-error").message).toMatch(/nests deeper/);
  });
});

test("time grows with the length of a script, not with its square", () => {
  const statement = "ALTER TABLE analytics.events ADD COLUMN IF NOT EXISTS country LowCardinality(String) DEFAULT '' AFTER id;\n";
  const seconds = (count: number): number => {
    const script = statement.repeat(count);
    const { user } = process.cpuUsage();
    expect(parseScript(script)).toHaveLength(count);
    return (process.cpuUsage().user - user) / 1e6;
  };
  seconds(2_000);
  const [small, large] = [seconds(2_000), seconds(20_000)];
  expect(large).toBeLessThan(small * 40 + 0.5);
});
