import { describe, expect, test } from "vitest";
import { compareCatalogues, readCatalogue, showDifference } from "../../../conformance/recipes/compare-catalog.ts";
import { loadSources } from "../../check/load-sources.ts";
import { planFromWords } from "../../check/plan.ts";
import { loadPostgres } from "../../engines/postgres/index.ts";
import { freshDatabase, type FreshDatabase } from "../../engines/postgres/embedded/test-server.test-helper.ts";
import { readWords } from "../words/read.ts";
import { emitted, findings, optionsOf, projectOf } from "./emit.test-helper.ts";
import { TOOLS } from "./tools.test-helper.ts";

/** Changes that a club makes one after the other, each on what the one before left. */
const CHANGES = [
  "not-null person.email using 'nobody@example.org'",
  "add-unique person (email, team_id) name person_email_team_key",
  "change-type person.team_id integer",
  "add-index person (lower(email)) name person_email_lower_idx where team_id > 0",
  "add-check person (team_id >= 0) name person_team_check",
  "rename-column person.email to mail",
];

/** Migrations in their order, each in the transaction in which the tool would send it. */
async function migrate(folder: string, { owner }: FreshDatabase): Promise<number> {
  const [{ migrations }, engine] = [await loadSources(await optionsOf(folder)), await loadPostgres()];
  const inOne = migrations.some(({ transaction }) => transaction === "all-pending");
  if (inOne) await owner.query("BEGIN");
  for (const { id, steps, transaction } of migrations) {
    const texts = steps.flatMap((step) =>
      step.kind !== "sql" ? [] : transaction === "none" ? engine.read(step).map(({ sql }) => sql) : [step.sql],
    );
    const sent = transaction === "single-query" ? [texts.join(";\n")] : texts;
    try {
      if (transaction === "per-migration") await owner.query("BEGIN");
      for (const sql of sent) await owner.query(sql);
      if (transaction === "per-migration") await owner.query("COMMIT");
    } catch (error) {
      throw new Error(`${id} (${transaction}): ${String(error)}`, { cause: error });
    }
  }
  if (inOne) await owner.query("COMMIT");
  return migrations.length;
}

describe.each(TOOLS)("what is written for $name", ({ files }) => {
  test(
    "is read back by tread, has nothing that check says, and sent in its order gives the schema of the unsafe forms",
    { timeout: 240_000 },
    async () => {
      const folder = projectOf(files);
      const unsafe: string[] = [];
      for (const words of CHANGES) {
        const before = (await loadSources(await optionsOf(folder))).migrations.at(-1)?.id ?? null;
        const { plans } = await planFromWords(readWords([words]), await optionsOf(folder));
        for (const plan of plans) {
          unsafe.push(...plan.unsafe);
          await emitted(folder, plan, { phase: "all" });
        }
        // What Drizzle's own schema.ts says is people's to change.
        const said = (await findings(folder, before)).filter((line) => !line.includes(" schema.ts"));
        expect(said, words).toEqual([]);
      }
      await using database = await freshDatabase();
      await using plain = await freshDatabase();
      expect(await migrate(folder, database)).toBeGreaterThan(CHANGES.length);
      await migrate(projectOf(files), plain);
      for (const sql of unsafe) await plain.owner.query(sql);
      const [here, there] = [await readCatalogue(database.superuser), await readCatalogue(plain.superuser)];
      expect(compareCatalogues(here, there).map(showDifference)).toEqual([]);
    },
  );
});
