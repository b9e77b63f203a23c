import type { LiveVersion } from "../model/query.ts";
import type { Files } from "../sources/source.ts";

/** Mappers whose queries tread does not derive: they call tables and columns by conventions of their own. */
const MAPPERS =
  /\bApplicationRecord\b|ActiveRecord::Base|gorm\.io|['"](?:sequelize|typeorm|knex|kysely|objection)['"/]|@mikro-orm|(?:javax|jakarta)\.persistence|org\.hibernate|Ecto\.Schema|Illuminate\\Database|Doctrine\\ORM|(?:from|import) (?:sqlalchemy|sqlmodel|peewee|tortoise|pony\.orm)|\bdiesel::|\bsea_orm\b|org\.jooq|exposed\.sql|EntityFramework|\bDbContext\b/;

const CODE = /\.(?:py|rb|js|mjs|cjs|ts|mts|cts|jsx|tsx|go|rs|java|kt|cs|ex|exs|php|scala)$/i;

/** A file larger than this is generated, or a bundle. */
const LARGEST_BYTES = 1_000_000;

/**
 * A release of which no app was read may still reach every table through a mapper: that nothing was found to use a column proves
 * nothing there.
 * @returns dynamic access to any table; empty where no such mapper is seen
 */
export function unreadMapper(files: Files): LiveVersion["dynamic"] {
  for (const path of files.list(".")) {
    if (!CODE.test(path)) continue;
    const bytes = files.read(path);
    if (bytes.length > LARGEST_BYTES) continue;
    const text = Buffer.from(bytes).toString("utf8");
    const found = MAPPERS.exec(text);
    if (found === null) continue;
    const line = text.slice(0, found.index).split("\n").length;
    const span = { file: files.display(path), line, column: 1, endLine: line, endColumn: 1 };
    return [{ tables: [], reason: `an object-relational mapper that tread does not read (${found[0].trim()})`, span }];
  }
  return [];
}
