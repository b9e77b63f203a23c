import type { Problem } from "../../../model/migration.ts";
import { joinPath, normalisePath } from "../../files/paths.ts";
import type { Draft, Folder, Layout } from "../layout.ts";
import { backIn, whole } from "../layout.ts";

/**
 * Sqitch: `deploy/<change>.sql` in the order of `sqitch.plan`, with the way back in `revert/`. Scripts are run by psql and hold their own
 * BEGIN and COMMIT.
 */
export const sqitch: Layout = {
  name: "sqitch",
  documentation: "https://sqitch.org/docs/manual/sqitchchanges/",
  depth: 0,
  recognises: (folder) => planOf(folder) !== null && folder.has("../sqitch.plan") && /(?:^|\/)deploy$/.test(folder.path),
  read(folder) {
    const changes = planOf(folder) ?? [];
    const migrations: Draft[] = [];
    const problems: Problem[] = [];
    for (const change of changes) {
      const path = joinPath(folder.path, `${change}.sql`);
      if (!folder.has(`${change}.sql`))
        problems.push(
          problem(
            "missing-file",
            `sqitch.plan names ${change}, but ${folder.display(path)} is not there`,
            "Restore the file from git: Sqitch stops at it.",
            folder.display(path),
            true,
          ),
        );
      else
        migrations.push({
          id: change,
          path,
          transaction: "none",
          parts: whole(folder.text(path)),
          ...(folder.has(`../revert/${change}.sql`)
            ? { down: "present", back: backIn(folder, normalisePath(joinPath(folder.path, `../revert/${change}.sql`)), "none") }
            : { down: "missing" }),
        });
    }
    const planned = new Set(migrations.map(({ path }) => path));
    for (const path of folder.sql.filter((each) => !planned.has(each))) {
      problems.push(
        problem(
          "not-in-plan",
          `${folder.display(path)} is not in sqitch.plan, so Sqitch does not run it`,
          "Add it with `sqitch add`, or remove the file.",
          folder.display(path),
          false,
        ),
      );
    }
    return { migrations, problems };
  },
};

/** Names of the changes, in order: `<name> [<requires>] <date> <planner> # <note>`; tags begin with @, pragmas with %. */
function planOf(folder: Folder): string[] | null {
  const plan = folder.above("sqitch.plan");
  if (plan === null) return null;
  return plan.split("\n").flatMap((line) => /^([^\s@%#-][^\s@]*)\s/.exec(`${line} `)?.[1] ?? []);
}

function problem(code: string, message: string, help: string, file: string, fatal: boolean): Problem {
  return { code, message, help, span: { file, line: 1, column: 1, endLine: 1, endColumn: 1 }, fatal };
}
