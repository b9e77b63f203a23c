import type { Source } from "../source.ts";
import { readSqlDir } from "../sql-dir/index.ts";
import { drizzleConfigs, readDrizzleConfig } from "./config.ts";

/** Drizzle Kit: the `out` folder of `drizzle.config.*`, which is read and never executed. */
export const drizzleSource: Source = {
  type: "drizzle",
  summary: "Drizzle: drizzle.config.* and the folder it writes to",
  detect: (files, root) => drizzleConfigs(files.list(root)).length > 0,
  async read(files, settings) {
    const config = await readDrizzleConfig(files, settings.root);
    if (config === null) return readSqlDir(files, settings, "drizzle");
    const file = files.display(config.path);
    if (config.dialect !== null && config.dialect !== "postgresql" && config.dialect !== "pg") {
      return {
        migrations: [],
        problems: [
          {
            code: "other-engine",
            message: `${file} says that these migrations are for ${config.dialect}`,
            help: "tread knows Postgres. Remove this source from the configuration.",
            span: { file, line: 1, column: 1, endLine: 1, endColumn: 1 },
            fatal: true,
          },
        ],
      };
    }
    const result = readSqlDir(files, { ...settings, root: config.out }, "drizzle");
    return { migrations: result.migrations, problems: [...config.problems, ...result.problems] };
  },
};
