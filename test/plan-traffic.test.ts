import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compareCatalogues, readCatalogue, showDifference } from "../conformance/recipes/compare-catalog.ts";
import { compareData } from "../conformance/recipes/compare-data.ts";
import { freshDatabase, type FreshDatabase } from "../src/engines/postgres/embedded/test-server.test-helper.ts";
import { project, TREAD, type Run } from "./project.test-helper.ts";

const FIRST = `CREATE SCHEMA shop;
CREATE TABLE shop.customer (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE shop."Order" (
  id bigint PRIMARY KEY,
  customer_id bigint NOT NULL,
  "Total" numeric(10, 2) NOT NULL DEFAULT 0
);
`;
/** What somebody would write: a column, its values and its promise at once, an index and a foreign key beside them. */
const UNSAFE = [
  'ALTER TABLE shop."Order" ADD COLUMN channel text',
  `UPDATE shop."Order" SET channel = CASE WHEN "Total" > 50 THEN 'agent' ELSE 'web' END`,
  'ALTER TABLE shop."Order" ALTER COLUMN channel SET NOT NULL',
  'CREATE INDEX order_channel_idx ON shop."Order" (channel, customer_id)',
  'ALTER TABLE shop."Order" ADD CONSTRAINT order_customer_fkey FOREIGN KEY (customer_id) REFERENCES shop.customer (id)',
];
const SEED = `INSERT INTO shop.customer SELECT g, 'customer ' || g FROM generate_series(1, 500) g;
INSERT INTO shop."Order" SELECT g, 1 + g % 500, g % 100 FROM generate_series(1, 20000) g`;

const APP = {
  v1: {
    read: 'SELECT id, customer_id, "Total" FROM shop."Order" WHERE id = $1',
    insert: 'INSERT INTO shop."Order" (id, customer_id, "Total") VALUES ($1, $2, $3)',
    update: 'UPDATE shop."Order" SET "Total" = "Total" WHERE id = $1',
  },
  v2: {
    read: 'SELECT id, customer_id, "Total", channel FROM shop."Order" WHERE id = $1',
    insert: `INSERT INTO shop."Order" (id, customer_id, "Total", channel) VALUES ($1, $2, $3, 'phone')`,
    update: 'UPDATE shop."Order" SET "Total" = "Total" WHERE id = $1',
  },
} as const;
type Release = keyof typeof APP;

/** One release of the shop that serves until it is stopped: reads, takes orders, changes them. */
interface Serving {
  readonly stop: () => Promise<void>;
  /** Answers so many more queries, or fails. */
  readonly served: (more: number) => Promise<void>;
}

let database: FreshDatabase;
let unsafe: FreshDatabase;
beforeEach(async () => {
  [database, unsafe] = [await freshDatabase(), await freshDatabase()];
});
afterEach(async () => {
  await database.close();
  await unsafe.close();
});

test(
  "a migration that mixes schema and data is planned, and applied under two releases of the app: no query fails, and the end is that of the migration",
  { timeout: 300_000 },
  async () => {
    const shop = project({
      "migrations/0001_shop.sql": FIRST,
      "tread.config.yaml": "sources: [{ type: sql-dir, path: migrations }]\nenvironments: { production: { postgres: 18 } }\n",
    });
    const { server, name } = database;
    const url = `host=${server.host} port=${server.port} user=${server.credentials.user} password=${server.credentials.password} dbname=${name}`;
    /** Beside the traffic: the test goes on meanwhile. */
    const on = async (...args: readonly string[]): Promise<Run> =>
      await new Promise((resolve) => {
        const child = execFile(process.execPath, [TREAD, ...args, "--database-url", url], { cwd: shop.folder }, (_, stdout, stderr) => {
          resolve({ status: child.exitCode, stdout, stderr });
        });
      });
    const release = (next: Release, columns: string): void => {
      const queries = Object.values(APP[next]).map((sql) => `${sql};\n`);
      shop.write({ [`app-${next}/queries.sql`]: queries.join(""), [`app-${next}/migrations/0001_shop.sql`]: `${FIRST}${columns}` });
      expect(shop.tread("release", "add", next, "--path", `app-${next}`, "--environment", "production").stderr).toBe("");
    };
    const failed: string[] = [];
    const orders: (readonly [Release, readonly number[]])[] = [];
    let order = 100_000;
    const serve = async (version: Release): Promise<Serving> => {
      const client = await server.connect({ role: "owner", database: name, applicationName: version });
      const state = { going: true, count: 0 };
      const run = (async () => {
        while (state.going) {
          try {
            const id = ++order;
            const values = [id, 1 + (id % 500), id % 100] as const;
            await client.query(APP[version].insert, [...values]);
            orders.push([version, values]);
            await client.query(APP[version].read, [1 + (id % 20_000)]);
            await client.query(APP[version].update, [1 + (id % 20_000)]);
            state.count += 3;
          } catch (error) {
            failed.push(`${version}: ${String(error)}`);
          }
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
      })();
      return {
        stop: async () => {
          state.going = false;
          await run;
          await client.end();
        },
        served: async (more) => {
          const until = state.count + more;
          await expect.poll(() => state.count, { timeout: 60_000 }).toBeGreaterThan(until);
        },
      };
    };

    expect((await on("apply", "migrations")).status).toBe(0);
    await database.owner.query(SEED);
    release("v1", "");
    shop.write({ "migrations/0002_channel.sql": UNSAFE.map((sql) => `${sql};\n`).join("") });
    const planned = shop.tread("plan", "0002_channel", "--applied-through", "0001_shop");
    expect([planned.status, planned.stderr]).toEqual([0, ""]);
    const plan = "plans/split-0002-channel.yaml";
    expect(planned.stdout).toContain(`written to ${plan}`);
    rmSync(join(shop.folder, "migrations/0002_channel.sql"));

    const v1 = await serve("v1");
    const first = await on("apply", plan, "--yes");
    expect([first.status, first.stderr.includes("error")]).toEqual([0, false]);
    expect(first.stdout).toContain("deploy: release a version that always writes shop.Order.channel");
    await v1.served(30);

    release("v2", `${UNSAFE[0] ?? ""};\n`);
    const v2 = await serve("v2");
    await v2.served(30);
    // Both serve: what the next phase promises, v1 would break.
    const early = await on("apply", plan, "--yes");
    expect([early.status, early.stdout.includes("v1 still serves") || early.stderr.includes("v1 still serves")]).toEqual([4, true]);
    await v1.stop();
    expect(shop.tread("release", "retire", "v1", "--environment", "production").stderr).toBe("");
    const second = await on("apply", plan, "--yes");
    expect([second.status, second.stderr.includes("error")]).toEqual([0, false]);
    expect(second.stdout).toContain("split-0002-channel is done");
    await v2.served(30);
    await v2.stop();
    expect(failed).toEqual([]);

    // The same orders around the migration as it was written.
    await unsafe.owner.query(FIRST);
    await unsafe.owner.query(SEED);
    const take = async (version: Release): Promise<void> => {
      for (const [by, values] of orders) if (by === version) await unsafe.owner.query(APP[version].insert, [...values]);
    };
    await take("v1");
    for (const sql of UNSAFE) await unsafe.owner.query(sql);
    await take("v2");
    const [here, there] = [await readCatalogue(database.superuser), await readCatalogue(unsafe.superuser)];
    const own = (text: string): boolean => !/^\S+ tread\b|^schema tread\b/.test(text);
    expect(compareCatalogues(here, there).map(showDifference).filter(own)).toEqual([]);
    expect(await compareData(database.superuser, unsafe.superuser, new Set())).toEqual([]);
  },
);
