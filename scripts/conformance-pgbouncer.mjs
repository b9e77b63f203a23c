// `npm run conformance:pgbouncer`: tread apply and tread guard behind a real PgBouncer, in each of its pool modes, before a real server.
// Needs PgBouncer on the machine (apt-get install pgbouncer; brew install pgbouncer). Last line: totals; exit 1 when one is not as it should be.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { build, install, root } from "./setup.mjs";

const program = ["pgbouncer", "/usr/sbin/pgbouncer", "/opt/homebrew/bin/pgbouncer"].find(
  (name) => spawnSync(name, ["--version"]).status === 0,
);
if (program === undefined) {
  console.error("PgBouncer is not installed here: apt-get install pgbouncer, or brew install pgbouncer");
  process.exit(1);
}
install();
build();
const embedded = (name) => import(join(root, "dist/engines/postgres/embedded", `${name}.js`));
const [{ startServer }, { serverIdentity, spawnIdentity }] = await Promise.all([embedded("index"), embedded("identity")]);

const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

const identity = serverIdentity();
const folder = mkdtempSync(join(tmpdir(), "tread-pgbouncer-"));
const port = await freePort();
const server = await startServer({
  major: 18,
  offline: false,
  onProgress: () => {},
  settings: { listen_addresses: "127.0.0.1", port: String(port) },
});
const { user, password } = server.credentials;
const poolers = [];

async function pooler(mode) {
  const listen = await freePort();
  const own = join(folder, mode);
  mkdirSync(own);
  const files = {
    "users.txt": `"${user}" "${password}"\n`,
    "pgbouncer.ini": `[databases]
* = host=127.0.0.1 port=${port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listen}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(own, "users.txt")}
pool_mode = ${mode}
logfile = ${join(own, "log")}
pidfile =
server_reset_query = DISCARD ALL
`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(own, name), text);
  if (identity.lent) {
    for (const path of [folder, own, ...Object.keys(files).map((name) => join(own, name))]) chownSync(path, identity.uid, identity.gid);
    chmodSync(own, 0o700);
  }
  const child = spawn(program, ["-q", join(own, "pgbouncer.ini")], { stdio: "ignore", ...spawnIdentity(identity) });
  poolers.push(child);
  for (let tries = 0; tries < 200; tries++) {
    const up = await new Promise((resolve) => {
      const socket = connect(listen, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.on("error", () => resolve(false));
    });
    if (up) return listen;
    await sleep(25);
  }
  throw new Error(`PgBouncer did not start: ${own}`);
}

let databases = 0;
async function freshDatabase() {
  const name = `shop_${++databases}`;
  await server.createDatabase(name);
  return name;
}

const urlOf = (at, database, parameters = "") =>
  `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${at}/${database}?sslmode=disable${parameters}`;

function tread(args, url, cwd, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, "bin/tread.js"), ...args], {
      cwd,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: "1", DATABASE_URL: url, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stdout.on("data", (chunk) => (said += chunk));
    child.stderr.on("data", (chunk) => (said += chunk));
    child.once("close", (status) => resolve({ status, said }));
  });
}

async function hasTable(database, name) {
  const client = await server.connect({ role: "superuser", database });
  const { rows } = await client.query("SELECT to_regclass($1) IS NOT NULL AS there", [name]);
  await client.end();
  return rows[0].there;
}

const project = join(folder, "project");
mkdirSync(join(project, "migrations"), { recursive: true });
writeFileSync(join(project, "migrations/0001_loaf.sql"), "CREATE TABLE loaf (id bigint PRIMARY KEY);\n");
const migrate = (variable) => {
  const file = join(folder, `migrate-${variable}.cjs`);
  writeFileSync(
    file,
    `const { Client } = require(${JSON.stringify(join(root, "node_modules/pg/lib/index.js"))});
const client = new Client(process.env.${variable});
(async () => {
  await client.connect();
  await client.query("CREATE TABLE loaf (id bigint PRIMARY KEY)");
  await new Promise((resolve) => setTimeout(resolve, 800));
  await client.end();
})().catch((error) => { console.error(error.message); process.exit(7); });\n`,
  );
  return [process.execPath, file];
};

const results = [];
function expect(what, holds, said) {
  results.push({ what, holds });
  console.log(`${holds ? "ok  " : "FAIL"}  ${what}`);
  if (!holds) console.log(said.replace(/^/gm, "      "));
}

try {
  for (const mode of ["transaction", "session", "statement"]) {
    const at = await pooler(mode);
    const applied = await freshDatabase();
    const apply = await tread(["apply", "migrations"], urlOf(at, applied), project);
    expect(
      `${mode} pooling: tread apply refuses, names the pooler, and changes nothing`,
      apply.status === 3 &&
        /stands a pooler/.test(apply.said) &&
        !(await hasTable(applied, "loaf")) &&
        !(await hasTable(applied, "tread.ledger")),
      `exit ${apply.status}\n${apply.said}`,
    );
    const guarded = await freshDatabase();
    const guard = await tread(["guard", "--", ...migrate("DATABASE_URL")], urlOf(at, guarded), project);
    expect(
      `${mode} pooling: tread guard refuses before the command has run`,
      guard.status === 3 && /stands a pooler/.test(guard.said) && !(await hasTable(guarded, "loaf")),
      `exit ${guard.status}\n${guard.said}`,
    );
    const around = await freshDatabase();
    const past = await tread(["guard", "--", ...migrate("THROUGH_POOLER")], urlOf(port, around), project, {
      THROUGH_POOLER: urlOf(at, around),
    });
    expect(
      `${mode} pooling: a command that goes through the pooler, past tread guard, is reported (exit 5)`,
      past.status === 5 && /past tread|the schema changed/.test(past.said),
      `exit ${past.status}\n${past.said}`,
    );
    const client = new Client({ connectionString: urlOf(at, around, "&options=-c%20lock_timeout%3D10") });
    const options = await client.connect().then(
      async () => (await client.query("SHOW lock_timeout")).rows[0].lock_timeout,
      (error) => `refused: ${error.message}`,
    );
    await client.end().catch(() => {});
    console.log(`      (measured: options=-c lock_timeout=10 in the URL, through ${mode} pooling: ${options})`);
  }
  const direct = await freshDatabase();
  const apply = await tread(["apply", "migrations"], urlOf(port, direct), project);
  expect(
    "the server itself: tread apply runs",
    apply.status === 0 && (await hasTable(direct, "loaf")),
    `exit ${apply.status}\n${apply.said}`,
  );
  const other = await freshDatabase();
  const guard = await tread(["guard", "--", ...migrate("DATABASE_URL")], urlOf(port, other), project);
  expect(
    "the server itself: tread guard runs the command",
    guard.status === 0 && (await hasTable(other, "loaf")),
    `exit ${guard.status}\n${guard.said}`,
  );
} finally {
  for (const child of poolers) child.kill("SIGKILL");
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
const failed = results.filter(({ holds }) => !holds).length;
console.log(`conformance:pgbouncer: ${results.length - failed} of ${results.length} as they should be`);
process.exit(failed === 0 ? 0 : 1);
