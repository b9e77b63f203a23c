import { sqlColumns, sqlName } from "../sql.ts";
import type { Words } from "./words.ts";

/** What words ask for: the unsafe form, and what no statement says. */
export interface Said {
  readonly sql: readonly string[];
  /** Where the statements alone do not tell the recipe. */
  readonly recipe?: string;
  /** `using …`: the value of rows that have none. */
  readonly fill?: string | null;
}

export interface Phrase {
  readonly verb: string;
  /** Other ways to say the verb. */
  readonly also?: readonly string[];
  readonly usage: string;
  readonly read: (words: Words) => Said;
}

export const PHRASES: readonly Phrase[] = [
  {
    verb: "not-null",
    also: ["set-not-null"],
    usage: "not-null person.email [using '<value for rows without one>']",
    read(words) {
      const { table, column } = words.column();
      const fill = words.take("using") ? words.rest() : null;
      words.end();
      return { sql: [`ALTER TABLE ${table} ALTER COLUMN ${sqlName(column)} SET NOT NULL`], fill };
    },
  },
  {
    verb: "add-index",
    also: ["create-index", "index"],
    usage: "add-index person (email, lower(name)) [name person_email_idx] [using gin] [include (…)] [where …]",
    read: (words) => ({ sql: [createIndex(words)] }),
  },
  {
    verb: "drop-index",
    usage: "drop-index person_email_idx",
    read(words) {
      const name = words.table("an index");
      words.end();
      return { sql: [`DROP INDEX ${name}`] };
    },
  },
  {
    verb: "replace-index",
    usage: "replace-index person_email_idx by person (lower(email)) [using …] [where …]",
    read(words) {
      const name = words.table("an index");
      if (!words.take("by", "with")) throw words.expected("by");
      const sql = createIndex(words, name);
      return { sql: [`DROP INDEX ${name}`, sql], recipe: "replace-index" };
    },
  },
  {
    verb: "add-unique",
    also: ["unique"],
    usage: "add-unique person (team_id, email) [name person_team_email_key] [nulls not distinct] [include (…)]",
    read: (words) => ({ sql: [key(words, "UNIQUE")] }),
  },
  {
    verb: "add-primary-key",
    also: ["primary-key"],
    usage: "add-primary-key membership (team_id, person_id) [name membership_pkey]",
    read: (words) => ({ sql: [key(words, "PRIMARY KEY")] }),
  },
  {
    verb: "add-check",
    also: ["check"],
    usage: "add-check product (price >= 0) [name product_price_check]",
    read(words) {
      const table = words.table();
      const before = named(words);
      const expression = words.brackets();
      const name = before ?? named(words);
      words.end();
      return { sql: [`ALTER TABLE ${table} ADD${constraint(name)} CHECK (${expression})`] };
    },
  },
  {
    verb: "add-foreign-key",
    also: ["foreign-key"],
    usage: "add-foreign-key orders.person_id person.id [name …] [on delete cascade] [deferrable initially deferred]",
    read(words) {
      const from = words.columns();
      words.take("references", "to");
      const to = words.columns();
      const name = named(words);
      const rest = words.rest();
      const more = rest === "" ? "" : ` ${rest}`;
      return {
        sql: [
          `ALTER TABLE ${from.table} ADD${constraint(name)} FOREIGN KEY ${sqlColumns(from.columns)} REFERENCES ${to.table} ${sqlColumns(to.columns)}${more}`,
        ],
      };
    },
  },
  {
    verb: "add-column",
    usage: "add-column person.token uuid [default …] [not null] [generated … | serial types] [using '<value for rows from before>']",
    read(words) {
      const { table, column } = words.column();
      const definition = words.until("using");
      const fill = words.take("using") ? words.rest() : null;
      if (definition === "") throw words.expected("a type");
      return { sql: [`ALTER TABLE ${table} ADD COLUMN ${sqlName(column)} ${definition}`], fill };
    },
  },
  {
    verb: "change-type",
    also: ["alter-type"],
    usage: "change-type person.id bigint [using …]",
    read(words) {
      const { table, column } = words.column();
      words.take("to");
      const type = words.rest();
      if (type === "") throw words.expected("a type");
      return { sql: [`ALTER TABLE ${table} ALTER COLUMN ${sqlName(column)} TYPE ${type}`] };
    },
  },
  {
    verb: "rename-column",
    usage: "rename-column person.email to mail [keeping the name]",
    read(words) {
      const { table, column } = words.column();
      words.take("to");
      const to = words.name("the new name");
      const kept = words.take("keeping");
      if (kept) words.rest();
      words.end();
      return {
        sql: [`ALTER TABLE ${table} RENAME COLUMN ${sqlName(column)} TO ${sqlName(to.at(-1) ?? "")}`],
        ...(kept ? { recipe: "rename-column-kept" } : {}),
      };
    },
  },
  {
    verb: "rename-table",
    usage: "rename-table person to people",
    read(words) {
      const table = words.table();
      words.take("to");
      const to = words.name("the new name").at(-1) ?? "";
      words.end();
      return { sql: [`ALTER TABLE ${table} RENAME TO ${sqlName(to)}`] };
    },
  },
  {
    verb: "drop-column",
    usage: "drop-column person.email",
    read(words) {
      const { table, column } = words.column();
      words.end();
      return { sql: [`ALTER TABLE ${table} DROP COLUMN ${sqlName(column)}`] };
    },
  },
  {
    verb: "drop-table",
    usage: "drop-table plugin_config",
    read(words) {
      const table = words.table();
      words.end();
      return { sql: [`DROP TABLE ${table}`] };
    },
  },
  {
    verb: "drop-m2m",
    usage: "drop-m2m dashboard.tags",
    read(words) {
      const parts = words.name("a many-to-many field as table.field");
      words.end();
      if (parts.length < 2) throw words.expected("table.field");
      // Django joins the table and the field: dashboard.tags lies in dashboard_tags.
      const schema = parts.length > 2 ? `${sqlName(parts[0] ?? "")}.` : "";
      return { sql: [`DROP TABLE ${schema}${sqlName(parts.slice(-2).join("_"))}`], recipe: "drop-m2m" };
    },
  },
  {
    verb: "attach-partition",
    usage: "attach-partition measurement_2027 to measurement for values from ('2027-01-01') to ('2028-01-01')",
    read(words) {
      const partition = words.table("the partition");
      words.take("to");
      const parent = words.table("the partitioned table");
      const bound = words.rest();
      return { sql: [`ALTER TABLE ${parent} ATTACH PARTITION ${partition} ${bound}`] };
    },
  },
  {
    verb: "detach-partition",
    usage: "detach-partition measurement_2019 from measurement",
    read(words) {
      const partition = words.table("the partition");
      words.take("from");
      const parent = words.table("the partitioned table");
      words.end();
      return { sql: [`ALTER TABLE ${parent} DETACH PARTITION ${partition}`] };
    },
  },
  {
    verb: "add-enum-value",
    usage: "add-enum-value status 'archived' [before|after 'active']",
    read(words) {
      const type = words.table("an enum");
      const value = words.literal("a value");
      const rest = words.rest();
      return { sql: [`ALTER TYPE ${type} ADD VALUE ${value}${rest === "" ? "" : ` ${rest}`}`] };
    },
  },
  {
    verb: "rename-enum-value",
    usage: "rename-enum-value status 'open' to 'active'",
    read(words) {
      const type = words.table("an enum");
      const value = words.literal("a value");
      words.take("to");
      const to = words.literal("the new value");
      words.end();
      return { sql: [`ALTER TYPE ${type} RENAME VALUE ${value} TO ${to}`] };
    },
  },
  {
    verb: "remove-enum-value",
    also: ["drop-enum-value"],
    usage: "remove-enum-value status 'legacy' [using 'active']",
    read(words) {
      const type = words.table("an enum");
      const value = words.literal("a value");
      const fill = words.take("using") ? words.literal("the value that rows get instead") : null;
      words.end();
      // No statement says it: the recipe writes the unsafe form. What it is about travels as two marks.
      return { sql: [`-- ${type}`, `-- ${value}`], recipe: "remove-enum-value", fill };
    },
  },
  {
    verb: "domain-constraint",
    also: ["add-domain-constraint"],
    usage: "domain-constraint email check (value like '%@%') [name email_has_at]",
    read(words) {
      const domain = words.table("a domain");
      const before = named(words);
      words.take("check");
      const expression = words.brackets();
      const name = before ?? named(words);
      words.end();
      return { sql: [`ALTER DOMAIN ${domain} ADD${constraint(name)} CHECK (${expression})`] };
    },
  },
];

function named(words: Words): string | null {
  return words.take("name", "named") ? (words.name("a name").at(-1) ?? null) : null;
}

function constraint(name: string | null): string {
  return name === null ? "" : ` CONSTRAINT ${sqlName(name)}`;
}

function key(words: Words, kind: string): string {
  const { table, columns } = words.columns();
  let name = named(words);
  const nulls = words.take("nulls");
  if (nulls) for (const word of ["not", "distinct"]) if (!words.take(word)) throw words.expected("nulls not distinct");
  const include = words.take("include") ? ` INCLUDE (${words.brackets()})` : "";
  name ??= named(words);
  words.end();
  return `ALTER TABLE ${table} ADD${constraint(name)} ${kind}${nulls ? " NULLS NOT DISTINCT" : ""} ${sqlColumns(columns)}${include}`;
}

/** `person (email) name x using gin include (…) where …`, in the order of Postgres or with the name last. */
function createIndex(words: Words, given: string | null = null): string {
  words.take("on");
  let table = words.table();
  let name = given;
  if (name === null && words.take("on")) {
    name = table;
    table = words.table();
  }
  let method = words.take("using") ? ` USING ${sqlName(words.name("an index method").at(-1) ?? "")}` : "";
  const keys = words.brackets();
  let tail = "";
  while (!words.ended) {
    const own = named(words);
    if (own !== null) name ??= sqlName(own);
    else if (words.take("using")) method = ` USING ${sqlName(words.name("an index method").at(-1) ?? "")}`;
    else {
      const rest = words.until("name", "named");
      if (rest === "") throw words.expected("include (…), where … or name …");
      tail += ` ${rest}`;
    }
  }
  return `CREATE INDEX ${name === null ? "" : `${name} `}ON ${table}${method} (${keys})${tail}`;
}
