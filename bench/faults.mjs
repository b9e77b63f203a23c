// `npm run faults`: tread apply under faults, on a real server that it did not start. Each run applies the same project to a fresh
// database and is disturbed; then the same command runs until it is through. Afterwards schema and data must be those of an undisturbed
// run: no row lost, none processed twice (the backfill counts), no invalid index, no lock, no session left.
//   --kills=300 --boundaries=24 --servers=50 --cuts=50 --disks=20 --twins=50 --seed=1 --postgres=18
// In portions: --portion=2/8 runs the second eighth of all of it; --into=FILE writes each run down as it ends; --total=FILE runs nothing and
// prints what is written there, with what is still missing. A run's faults depend on the seed, its kind and its number alone.
import { spawn } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build, install, root } from "../scripts/setup.mjs";
import { readRuns, record, tell, whichTread } from "./faults-tally.mjs";

const text = (name) => process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
const option = (name, fallback) => Number(text(name) ?? fallback);
const COUNTS = {
  kills: option("kills", 300),
  boundaries: option("boundaries", 24),
  servers: option("servers", 50),
  cuts: option("cuts", 50),
  disks: option("disks", 20),
  twins: option("twins", 50),
};
const TITLES = {
  kills: "kill -9 of tread at a random instant",
  boundaries: "kill -9 of tread at a step boundary",
  servers: "the server killed and started again",
  cuts: "connections cut (terminated backends, a proxy that drops packets)",
  disks: "a small tablespace full",
  twins: "two appliers at once",
};
const [PORTION, PORTIONS] = (text("portion") ?? "1/1").split("/").map(Number);
if (!(PORTION >= 1 && PORTION <= PORTIONS)) throw new Error(`--portion=${text("portion")}: which of how many, for example --portion=2/8`);
const INTO = text("into");
if (text("total") !== undefined) {
  const runs = readRuns(text("total"));
  console.log(
    `tread apply ${[...new Set(runs.map(({ tread }) => tread))].join(", ")} on PostgreSQL ${[...new Set(runs.map(({ postgres }) => postgres))].sort().join(", ")}`,
  );
  process.exit(tell(runs, TITLES, COUNTS) ? 0 : 1);
}

install();
build();
const { serverOf, SUPERUSER } = await import("./faults-server.mjs");
const TREAD = whichTread();
const SEED = option("seed", 1);
const MAJOR = option("postgres", 18);
const ROWS = option("rows", 12_000);
/** A run that has not got through after so many commands never will. */
const ATTEMPTS = 25;

let state = SEED;
/** mulberry32: the same faults for the same seed, as far as the machine's own timing lets them be. */
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

const PROJECT = {
  "0001_init.sql": `CREATE TABLE account (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL, touched int NOT NULL DEFAULT 0, plan text);
CREATE TABLE team (id bigint PRIMARY KEY, title text);
INSERT INTO account (email) SELECT 'user' || g || '@example.org' FROM generate_series(1, ${ROWS}) g;
INSERT INTO team SELECT g, 'team ' || g FROM generate_series(1, 50) g;`,
  "0002_index.sql": `ALTER TABLE account ADD COLUMN team_id bigint DEFAULT 1;
CREATE INDEX CONCURRENTLY account_team ON account (team_id);
CREATE UNIQUE INDEX CONCURRENTLY account_email ON account (email);
ALTER TABLE account ADD CONSTRAINT account_team_fk FOREIGN KEY (team_id) REFERENCES team (id) NOT VALID;
ALTER TABLE account VALIDATE CONSTRAINT account_team_fk;`,
  // Not idempotent: a row that is met twice counts 2.
  "0003_touch.sql": `-- tread: backfill key=id new-writes='nothing writes accounts in this test'
UPDATE account SET touched = touched + 1;`,
  "0004_audit.sql": `BEGIN;
CREATE TABLE audit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text);
INSERT INTO audit (what) VALUES ('made');
ALTER TABLE team ADD COLUMN made timestamptz DEFAULT now();
ALTER TABLE account ADD CONSTRAINT touched_once CHECK (touched = 1) NOT VALID;
COMMIT;
INSERT INTO audit (what) VALUES ('done');
DROP INDEX CONCURRENTLY account_team;
REINDEX INDEX CONCURRENTLY account_email;
ALTER TABLE account VALIDATE CONSTRAINT touched_once;`,
  "0005_plan.sql": `-- tread: backfill key=id workers=3 new-writes='nothing writes accounts in this test'
UPDATE account SET plan = 'free' WHERE plan IS NULL;`,
};

const folder = mkdtempSync(join(tmpdir(), "tread-faults-"));
mkdirSync(join(folder, "project"));
mkdirSync(join(folder, "project/migrations"));
for (const [name, sql] of Object.entries(PROJECT)) writeFileSync(join(folder, "project/migrations", name), `${sql}\n`);

const server = await serverOf(MAJOR);
await server.start();
let databases = 0;

async function query(database, sql, values) {
  const client = await server.connect(database);
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    // The driver waits for ever for the farewell of a server that is gone.
    await Promise.race([client.end().catch(() => {}), sleep(5000)]);
  }
}

function urlOf(database, host = server.directory, port = 5432) {
  return `host=${host} port=${port} user=${SUPERUSER} password=${server.password} dbname=${database} sslmode=disable`;
}

/** One command. `disturb` gets the child and its output as it comes. */
function apply(url, disturb = () => {}) {
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      [join(root, "bin/tread.js"), "apply", "migrations", "--yes", "--row-stall", "15", "--rest", "0"],
      { cwd: join(folder, "project"), env: { ...process.env, DATABASE_URL: url, PGPASSWORD: "" }, stdio: ["ignore", "pipe", "pipe"] },
    );
    let said = "";
    const lines = new EventTarget();
    child.stdout.on("data", (chunk) => {
      said += chunk;
      lines.dispatchEvent(new Event("said"));
    });
    child.stderr.on("data", (chunk) => (said += chunk));
    child.on("close", (code, signal) => resolve({ code, signal, said }));
    disturb(child, lines, () => said);
  });
}

/** Everything that must be the same afterwards. */
async function fingerprint(database) {
  const [row] = await query(
    database,
    `SELECT (SELECT string_agg(format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default), E'\\n' ORDER BY table_name, ordinal_position)
               FROM information_schema.columns WHERE table_schema = 'public') AS columns,
            (SELECT string_agg(format('%s %s %s', indexrelid::regclass, indisvalid, pg_get_indexdef(indexrelid)), E'\\n' ORDER BY indexrelid::regclass::text)
               FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace) AS indexes,
            (SELECT string_agg(format('%s %s %s', conname, convalidated, pg_get_constraintdef(oid)), E'\\n' ORDER BY conrelid::regclass::text, conname)
               FROM pg_constraint WHERE connamespace = 'public'::regnamespace) AS constraints,
            (SELECT format('%s rows, touched %s, once %s, plan %s', count(*), sum(touched), count(*) FILTER (WHERE touched = 1), count(*) FILTER (WHERE plan = 'free')) FROM account) AS accounts,
            (SELECT string_agg(what, ',' ORDER BY id) FROM audit) AS audit, (SELECT count(*) FROM team)::int AS teams,
            (SELECT count(*)::int FROM tread.ledger WHERE state = 'done') AS done, (SELECT count(*)::int FROM tread.backfill) AS cursors`,
  );
  return JSON.stringify(row, null, 1);
}

async function leftBehind(database) {
  await sleep(50);
  const rows = await query(
    database,
    "SELECT application_name FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'tread%' UNION ALL SELECT 'lock ' || locktype FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
  );
  return rows.map((row) => row.application_name).join(", ");
}

async function fresh() {
  const name = `run_${++databases}`;
  await query("postgres", `CREATE DATABASE ${name}`);
  return name;
}

const reference = await fresh();
const undisturbed = performance.now();
const first = await apply(urlOf(reference));
if (first.code !== 0) throw new Error(`undisturbed, apply ended with ${first.code}:\n${first.said}`);
const WHOLE_MS = performance.now() - undisturbed;
const EXPECTED = await fingerprint(reference);
const STEPS = first.said.split("\n").filter((line) => line.startsWith("✓")).length;
console.error(`· undisturbed: ${Math.round(WHOLE_MS)} ms, ${STEPS} steps`);

const instant = () => 150 + random() * (WHOLE_MS - 100);
let killing = null;
let restart = null;
const kinds = {
  kills: {
    disturb: () => (child) => void setTimeout(() => child.kill("SIGKILL"), instant()),
  },
  boundaries: {
    disturb: (run) => (child, lines, said) =>
      lines.addEventListener("said", () => {
        if (
          said()
            .split("\n")
            .filter((line) => line.startsWith("✓")).length >
          run % STEPS
        )
          child.kill("SIGKILL");
      }),
  },
  servers: {
    disturb: () => () => {
      restart = null;
      killing = setTimeout(() => {
        restart = server.kill(random() < 0.5 ? "SIGKILL" : "SIGQUIT").then(() => server.start());
      }, instant());
    },
    // A server that is killed while the judge looks would be judged, and not tread.
    settle: async () => {
      clearTimeout(killing);
      await restart;
    },
  },
  cuts: { cut: true },
  disks: { disk: true },
  twins: { twins: true },
};

async function one(kind, run) {
  const database = await fresh();
  const url = urlOf(database);
  const codes = [];
  const again = async () => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { code, said } = await apply(url);
      codes.push(code);
      if (code === 0) return null;
      if (code !== 4 && code !== 3) return `it ended with ${code}: ${said.slice(-600)}`;
      await sleep(200);
    }
    return "it never got through";
  };
  let wrong = null;
  let disturbed = false;
  if (kind.twins === true) {
    const both = await Promise.all([apply(url), apply(url)]);
    codes.push(...both.map(({ code }) => code));
    disturbed = both.some(({ code }) => code === 4);
    const odd = both.find(({ code }) => code !== 0 && code !== 4);
    if (odd !== undefined) wrong = `one of two ended with ${odd.code}: ${odd.said.slice(-600)}`;
  } else if (kind.cut === true) {
    const result = run % 2 === 0 ? await terminated(database, url) : await dropped(database);
    codes.push(result.code);
    disturbed = true;
    if (![0, 3, 4].includes(result.code)) wrong = `it ended with ${result.code}: ${result.said.slice(-600)}`;
  } else if (kind.disk === true) {
    const result = await diskFull(database, url);
    if (result === null) return { wrong: null, disturbed: false, skipped: true, codes };
    codes.push(result.code);
    disturbed = result.code !== 0;
    if (![0, 4].includes(result.code)) wrong = `it ended with ${result.code}: ${result.said.slice(-600)}`;
  } else {
    const result = await apply(url, kind.disturb(run));
    await kind.settle?.();
    codes.push(result.code ?? result.signal);
    disturbed = result.code !== 0;
    // While the server was away it may have been told apart from nothing: 3 says so.
    if (result.code !== null && ![0, 3, 4].includes(result.code)) wrong = `it ended with ${result.code}: ${result.said.slice(-600)}`;
  }
  wrong ??= await again();
  wrong ??= await (async () => {
    const seen = await fingerprint(database);
    if (seen !== EXPECTED) return `another end:\n${seen}\ninstead of\n${EXPECTED}`;
    const left = await leftBehind(database);
    return left === "" ? null : `left behind: ${left}`;
  })();
  await query("postgres", `DROP DATABASE ${database} WITH (FORCE)`);
  return { wrong, disturbed, skipped: false, codes };
}

async function terminated(database, url) {
  return await apply(url, (child) => {
    const cut = async () => {
      const rows = await query(
        database,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'tread apply%' AND random() < 0.7",
      ).catch(() => []);
      if (rows.length === 0 && child.exitCode === null) setTimeout(() => void cut(), 50);
    };
    setTimeout(() => void cut(), instant());
  });
}

/** Forwards, then forwards nothing for a while without a word, then breaks. */
async function dropped(database) {
  const at = instant();
  const started = performance.now();
  const sockets = new Set();
  const proxy = createServer((client) => {
    const upstream = connect(join(server.directory, ".s.PGSQL.5432"));
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ]) {
      sockets.add(from);
      from.on("data", (chunk) => {
        if (performance.now() - started < at || performance.now() - started > at + 700) to.write(chunk);
      });
      from.on("close", () => to.destroy());
      from.on("error", () => {});
    }
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const breaks = setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, at + 700);
  const result = await apply(urlOf(database, "127.0.0.1", proxy.address().port));
  clearTimeout(breaks);
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => proxy.close(resolve));
  return result;
}

let disk = null;
/** A file system of a few MB needs root; null where there is none. */
async function smallDisk() {
  if (disk !== null) return disk === false ? null : disk;
  const at = join(folder, "disk");
  mkdirSync(at);
  const mounted = await new Promise((resolve) =>
    spawn("mount", ["-t", "tmpfs", "-o", "size=48m", "tmpfs", at], { stdio: "ignore" })
      .on("close", (code) => resolve(code === 0))
      .on("error", () => resolve(false)),
  );
  if (!mounted) {
    disk = false;
    return null;
  }
  for (const path of [folder, at]) chmodSync(path, 0o711);
  mkdirSync(join(at, "space"));
  chownSync(join(at, "space"), server.identity.uid, server.identity.gid);
  await query("postgres", `CREATE TABLESPACE small LOCATION '${join(at, "space")}'`);
  disk = at;
  return disk;
}

async function diskFull(database, url) {
  const at = await smallDisk();
  if (at === null) return null;
  await query("postgres", `ALTER DATABASE ${database} SET default_tablespace = small`);
  const filler = join(at, "filler");
  // 0.3 to 3.5 MB of 50 are left: the tables and their indexes take 3 to 5.
  writeFileSync(filler, Buffer.alloc(Math.floor((46.8 + random() * 3.2) * 1e6)));
  const result = await apply(url);
  rmSync(filler);
  return result;
}

const runs = [];
try {
  for (const [at, [name, kind]] of Object.entries(kinds).entries()) {
    for (let run = PORTION - 1; run < COUNTS[name]; run += PORTIONS) {
      if (runs.length % 10 === 0) console.error(`· ${TITLES[name]}: ${run + 1} of ${COUNTS[name]}`);
      state = (SEED * 1_000_003 + at * 10_007 + run) | 0;
      const result = await one(kind, run);
      const facts = {
        tread: TREAD,
        postgres: MAJOR,
        seed: SEED,
        kind: name,
        run,
        disturbed: result.disturbed,
        wrong: result.wrong !== null,
        skipped: result.skipped,
      };
      runs.push(facts);
      if (INTO !== undefined) record(INTO, { ...facts, ...(result.wrong === null ? {} : { why: result.wrong.slice(0, 2000) }) });
      if (result.wrong !== null)
        console.error(`✗ ${TITLES[name]}, run ${run + 1} (exit codes ${result.codes.join(", ")}): ${result.wrong}`);
    }
  }
} finally {
  if (disk !== null && disk !== false) {
    await query(
      "postgres",
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'",
    ).catch(() => {});
  }
  await server.stop();
  if (disk !== null && disk !== false)
    await new Promise((resolve) => spawn("umount", ["-l", disk], { stdio: "ignore" }).on("close", resolve));
  rmSync(folder, { recursive: true, force: true });
}
console.log(
  `tread apply ${TREAD} on PostgreSQL ${MAJOR}: ${ROWS} rows, ${STEPS} steps, ${Math.round(WHOLE_MS)} ms undisturbed, seed ${SEED}${PORTIONS > 1 ? `, portion ${PORTION} of ${PORTIONS}` : ""}`,
);
process.exit(tell(runs, TITLES, null) ? 0 : 1);
