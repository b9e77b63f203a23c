import { describe, expect, test } from "vitest";
import { project, type Person } from "../project.test-helper.ts";
import { keyOf, rememberingGit } from "./ask-git.ts";
import { askedAhead } from "./git-ahead.ts";
import { authorsOf, committedBy, historyOf, shown } from "./git-people.ts";

const ada: Person = { name: "Ada", email: "ada@example.org" };
const bob: Person = { name: "Bob", email: "bob@example.org" };

describe("what is asked of git about many files at once is what each question answers", () => {
  const own = project({
    "db/0001_init.sql": "CREATE TABLE person (id bigint, name text, born date);\n",
    "db/0002_note.sql": "SELECT 1;\n",
  });
  own.git("init", "-q", "-b", "main");
  own.commit(ada, "Start");
  own.write({ "db/0002_note.sql": "SELECT 2;\n" });
  own.commit(bob, "Another\n\nCo-authored-by: Eve <eve@example.org>");
  own.git("mv", "db/0001_init.sql", "db/0001_start.sql");
  own.commit(bob, "Renamed");
  own.git("checkout", "-q", "-b", "side");
  own.write({ "db/0003_side.sql": "SELECT 3;\n" });
  own.commit(ada, "On a branch");
  own.git("checkout", "-q", "main");
  own.write({ "db/0004_main.sql": "SELECT 4;\n" });
  own.commit(bob, "On main");
  own.git("merge", "-q", "--no-ff", "-m", "Together", "side");
  own.write({
    "db/0004_main.sql": "SELECT 44;\n",
    "new/0005_draft.sql": "SELECT 5;\n",
    ".gitignore": "kept/\n",
    "kept/0006.sql": "SELECT 6;\n",
  });
  const files = ["db/0001_start.sql", "db/0002_note.sql", "db/0003_side.sql", "db/0004_main.sql", "new/0005_draft.sql", "kept/0006.sql"];

  test.each(files)("%s", async (file) => {
    const answers = await askedAhead(own.folder, files, []);
    const ask = () => ({
      authors: authorsOf(own.folder, file),
      last: committedBy(own.folder, file),
      history: historyOf(own.folder, file).map(shown),
    });
    expect(rememberingGit(answers, ask)).toEqual(ask());
  });

  test("a file that was renamed is asked for by itself; the others are known", async () => {
    const answers = await askedAhead(own.folder, files, []);
    const known = (file: string) =>
      [...answers.keys()].some((key) => key.startsWith(keyOf(own.folder, ["log", "--follow"])) && key.endsWith(`\0${file}`));
    expect(files.filter((file) => !known(file))).toEqual(["db/0001_start.sql"]);
    expect(historyOf(own.folder, "db/0001_start.sql").map(shown)).toEqual([shown(bob), shown(ada)]);
  });

  test("nothing is known where there is no history", async () => {
    const fresh = project({ "0001_init.sql": "SELECT 1;\n" });
    expect(await askedAhead(fresh.folder, ["0001_init.sql"], [])).toEqual(new Map());
  });
});
