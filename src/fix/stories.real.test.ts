import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { freshDatabase, type FreshDatabase } from "../engines/postgres/embedded/test-server.test-helper.ts";
import type { Case } from "../rules/cases.test-helper.ts";
import { readCases } from "../rules/cases.test-helper.ts";
import { catalogue, fixing, migrate, written, type Files } from "./fixing.test-helper.ts";

const RULES = new URL("../rules/postgres/", import.meta.url);

/** The layout that runs a story's migrations as the story says; null: no layout of SQL files does. */
function files(story: Case): { readonly files: Files; readonly applied: string | null } | null {
  const [first] = story.migrations;
  if (first === undefined || first.source === "django") return null;
  const wrap: Readonly<Record<string, (name: string, sql: string) => [string, string]>> = {
    none: (name, sql) => [name, sql],
    "per-migration": (name, sql) => [name, `-- +goose Up\n${sql}\n-- +goose Down\nSELECT 1;\n`],
    "single-query": (name, sql) => [name.replace(/\.sql$/, "_story.up.sql"), sql],
  };
  const write = wrap[first.transaction];
  if (write === undefined) return null;
  const at = story.files.findIndex(({ name }) => name.replace(/\.sql$/, "") === story.firstOfRelease);
  const before = story.files[at - 1];
  const id = before === undefined ? null : write(before.name, "")[0].replace(/(?:\.up)?\.sql$/, "");
  const entries = story.files.map(({ name, lines }) => {
    const [path, text] = write(name, lines.join("\n"));
    return [`db/${path}`, text] as const;
  });
  return { files: Object.fromEntries(entries), applied: id };
}

/** A third of them by default: TREAD_FIX_STORIES=1 takes every one. */
const every = Number(process.env["TREAD_FIX_STORIES"] ?? "3");
const stories = readdirSync(RULES)
  .filter((name) => name.endsWith(".cases.sql"))
  .sort()
  .flatMap((file) => readCases(new URL(file, RULES), file.replace(".cases.sql", "")))
  .filter((_, n) => n % every === 0);

/**
 * Every story that the rules tell, with a fix for whatever has one: what ran before runs afterwards, to the same schema, and a second
 * time nothing is left to do.
 */
test("the stories of all rules come to the same schema with their fixes", async () => {
  await using database = await freshDatabase();
  let compared = 0;
  const different: string[] = [];
  for (const story of stories) {
    const kept = files(story);
    if (kept === null || (story.majors !== null && !story.majors.includes(18))) continue;
    const flags = { postgres: 18, ...(kept.applied === null ? {} : { appliedThrough: kept.applied }) };
    const fixed = await fixing(kept.files, flags);
    if (fixed.run.files.length === 0) continue;
    const name = `${story.rule}: ${story.name}`;
    const again = await fixing(fixed.files, flags);
    if (again.run.files.length > 0) different.push(`${name}: a second run changes ${again.run.files.map(({ path }) => path).join(", ")}`);
    const [one, other] = [await outcome(database, written(kept.files)), await outcome(database, fixed.folder)];
    // What failed before is no yardstick; that it need not fail any more is what some fixes are for.
    if (typeof one === "string") continue;
    compared++;
    if (JSON.stringify(one) !== JSON.stringify(other))
      different.push(
        `${name}: ${typeof other === "string" ? other : `${only(one, other)} / ${only(other, one)}`}\n${Object.values(fixed.files).join("\n--\n")}`,
      );
  }
  expect(different).toEqual([]);
  expect(compared).toBeGreaterThan(80 / every);
}, 600_000);

async function outcome({ owner, superuser }: FreshDatabase, folder: string): Promise<readonly string[] | string> {
  const { rows } = await superuser.query<{ sql: string }>(
    "SELECT format('DROP SCHEMA %I CASCADE', nspname) AS sql FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('information_schema', 'tread')",
  );
  for (const { sql } of rows) await superuser.query(sql);
  await superuser.query("CREATE SCHEMA public; GRANT ALL ON SCHEMA public TO PUBLIC");
  try {
    await migrate(folder, owner);
    return await catalogue(owner);
  } catch (error) {
    await owner.query("ROLLBACK");
    return error instanceof Error ? error.message : String(error);
  } finally {
    await owner.query("RESET ALL");
  }
}

function only(a: readonly string[], b: readonly string[]): string {
  return a.filter((line) => !b.includes(line)).join("; ");
}
