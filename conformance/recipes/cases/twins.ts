import type { RecipeCase } from "../types.ts";
import { PERSON, PERSON_ROWS, person } from "./person.ts";

const ROLE =
  "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'recipes_reader') THEN CREATE ROLE recipes_reader; END IF; END $$";

const RICH = `${PERSON.replace("email text,", "email varchar(100) NOT NULL DEFAULT 'none@example.org' CONSTRAINT person_email_has_at CHECK (email LIKE '%@%'),")}CREATE INDEX person_email_lower_idx ON person (lower(email) DESC, name) WHERE email IS NOT NULL;
COMMENT ON INDEX person_email_lower_idx IS 'for the search';
ALTER TABLE person ADD CONSTRAINT person_email_key UNIQUE (email);
COMMENT ON CONSTRAINT person_email_has_at ON person IS 'a letter must arrive';
GRANT SELECT (email), UPDATE (email) ON person TO recipes_reader;
`;

const everything = "SELECT id, email, name, nickname, team_id FROM person";

export const TWINS: readonly RecipeCase[] = [
  {
    name: "change-type of an identity primary key",
    words: "change-type person.id bigint",
    superuser: ROLE,
    setup: `${PERSON}CREATE TABLE membership (id int PRIMARY KEY, person_id int NOT NULL REFERENCES person (id) ON DELETE CASCADE);
CREATE VIEW people AS SELECT id, email FROM person WHERE email IS NOT NULL;
CREATE VIEW people_of_team AS SELECT p.id, q.email FROM people p JOIN people q ON q.id = p.id;
GRANT SELECT ON people TO recipes_reader;
COMMENT ON VIEW people IS 'who has an address';
COMMENT ON COLUMN person.id IS 'never shown to anybody';
`,
    seed: (rows) => `${PERSON_ROWS(rows)} INSERT INTO membership SELECT g, g FROM generate_series(1, ${Math.min(rows, 5000)}) g;`,
    before: [...person.all, { sql: "SELECT count(*) FROM people WHERE id < $1::int % 50", values: ({ id }) => [id()] }],
    after: [...person.all, { sql: "SELECT id FROM people_of_team WHERE id = $1", values: ({ id }) => [id()] }],
    content: { before: `${everything} ORDER BY id`, after: `${everything} ORDER BY id` },
  },
  {
    name: "change-type with index, check, unique, default",
    words: "change-type person.email text",
    superuser: ROLE,
    setup: RICH,
    seed: PERSON_ROWS,
    before: person.all,
    after: person.all,
    content: { before: everything, after: everything },
  },
  {
    name: "change-type of a key with ON UPDATE CASCADE",
    words: "change-type shelf.code varchar(10)",
    setup: `CREATE TABLE shelf (code varchar(4) PRIMARY KEY, title text NOT NULL);
CREATE TABLE book (id int PRIMARY KEY, shelf varchar(4) REFERENCES shelf (code) ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, isbn text, CONSTRAINT book_isbn_once UNIQUE (isbn) INCLUDE (shelf));
`,
    seed: (rows) =>
      `INSERT INTO shelf SELECT 's' || g, 'shelf ' || g FROM generate_series(1, 50) g; INSERT INTO book SELECT g, 's' || 1 + g % 50, 'i' || g FROM generate_series(1, ${rows}) g`,
    before: [
      { sql: "SELECT s.title FROM book b JOIN shelf s ON s.code = b.shelf WHERE b.id = $1", values: ({ id }) => [id()] },
      { sql: "INSERT INTO book (id, shelf, isbn) VALUES ($1, 's7', 'n' || $1::int)", values: ({ fresh }) => [fresh()] },
      { sql: "UPDATE shelf SET title = title || '.' WHERE code = 's8'" },
    ],
    after: [
      { sql: "SELECT s.title FROM book b JOIN shelf s ON s.code = b.shelf WHERE b.id = $1", values: ({ id }) => [id()] },
      { sql: "INSERT INTO book (id, shelf, isbn) VALUES ($1, 's9', 'm' || $1::int)", values: ({ fresh }) => [fresh()] },
    ],
    content: { before: "SELECT code, title FROM shelf", after: "SELECT code, title FROM shelf" },
  },
  {
    name: "change-type of a column with a covering unique constraint",
    words: "change-type book.isbn varchar(20)",
    setup: "CREATE TABLE book (id int PRIMARY KEY, isbn text, title text, CONSTRAINT book_isbn_once UNIQUE (isbn) INCLUDE (title));\n",
    seed: (rows) => `INSERT INTO book SELECT g, 'i' || g, 't' FROM generate_series(1, ${rows}) g`,
    before: [{ sql: "INSERT INTO book (id, isbn) VALUES ($1, 'n' || $1::int)", values: ({ fresh }) => [fresh()] }],
    after: [
      { sql: "SELECT isbn FROM book WHERE id = $1", values: ({ id }) => [id()] },
      { sql: "UPDATE book SET title = 'x' WHERE id = $1", values: ({ id }) => [id()] },
    ],
    content: { before: "SELECT id, isbn, title FROM book", after: "SELECT id, isbn, title FROM book" },
  },
  {
    name: "change-type of a serial column",
    words: "change-type ticket.number bigint",
    setup: `CREATE TABLE ticket (id int PRIMARY KEY, number serial, state text);
`,
    seed: (rows) => `INSERT INTO ticket (id, state) SELECT g, 'open' FROM generate_series(1, ${rows}) g`,
    before: [
      { sql: "INSERT INTO ticket (id, state) VALUES ($1, 'new')", values: ({ fresh }) => [fresh()] },
      { sql: "SELECT number, state FROM ticket WHERE id = $1", values: ({ id }) => [id()] },
    ],
    after: [{ sql: "INSERT INTO ticket (id, state) VALUES ($1, 'newer')", values: ({ fresh }) => [fresh()] }],
    random: ["ticket.number"],
  },
  {
    name: "rename-column",
    words: "rename-column person.email to mail",
    superuser: ROLE,
    setup: RICH,
    seed: PERSON_ROWS,
    before: person.all,
    after: person.all.map((query) => ({ ...query, sql: query.sql.replaceAll(/\bemail\b/g, "mail") })),
    content: { before: everything, after: everything.replace("email", "mail") },
  },
  {
    name: "rename-column that views read",
    words: "rename-column person.email to mail",
    superuser: ROLE,
    setup: `${PERSON}CREATE VIEW people AS SELECT id, upper(email) AS shown, email FROM person WHERE email IS NOT NULL;
CREATE VIEW "People of a Team" AS SELECT p.id, q.email FROM people p JOIN people q ON q.id = p.id;
GRANT SELECT ON people TO recipes_reader;
COMMENT ON VIEW people IS 'who has an address';
`,
    seed: PERSON_ROWS,
    before: [...person.all, { sql: "SELECT shown FROM people WHERE id = $1", values: ({ id }) => [id()] }],
    after: [
      ...person.all.map((query) => ({ ...query, sql: query.sql.replaceAll(/\bemail\b/g, "mail") })),
      { sql: 'SELECT email FROM "People of a Team" WHERE id = $1', values: ({ id }) => [id()] },
    ],
    content: { before: everything, after: everything.replace("email", "mail") },
  },
];
