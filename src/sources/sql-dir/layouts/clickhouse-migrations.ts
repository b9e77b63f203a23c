import { joinPath, nameOf } from "../../files/paths.ts";
import type { Folder, Layout } from "../layout.ts";
import { holdsSql } from "../markers.ts";
import { readNumbered } from "./plain.ts";

const NAME = /^\d+_.+\.sql$/i;
const DOWN = /\.down\.sql$/i;

/**
 * `clickhouse-migrations`, of npm (VVVi) and of PyPI (zifter): `1_init.sql`, ordered by the number; with zifter's, `1_init.down.sql`
 * leads back. Both cut the file into statements as ClickHouse's own lexer would and send one after the other; the npm one takes
 * `SET name = value` out and sends it as a setting with each of them (src/sql-split.ts and src/migrate.ts; migration.py).
 */
export const clickhouseMigrations: Layout = {
  name: "clickhouse-migrations",
  documentation: "https://github.com/VVVi/clickhouse-migrations#readme",
  depth: 0,
  recognises: (folder) =>
    folder.database === "clickhouse" &&
    folder.sql.some((path) => NAME.test(nameOf(path)) && !DOWN.test(path)) &&
    (folder.sql.some((path) => DOWN.test(path)) ||
      ["package.json", "pyproject.toml", "requirements.txt", "Pipfile", "poetry.lock"].some((name) =>
        /\bclickhouse-migrations\b/.test(folder.above(name) ?? ""),
      )),
  read(folder) {
    const forward: Folder = { ...folder, sql: folder.sql.filter((path) => NAME.test(nameOf(path)) && !DOWN.test(path)) };
    const result = readNumbered(forward, {
      transaction: () => "none",
      duplicates: { what: "clickhouse-migrations refuses to start.", refused: true },
    });
    return {
      ...result,
      migrations: result.migrations.map((draft) => {
        const back = joinPath(folder.path, `${draft.id}.down.sql`);
        return folder.has(nameOf(back)) ? { ...draft, down: holdsSql(folder.text(back)) ? "present" : "missing" } : draft;
      }),
    };
  },
};
