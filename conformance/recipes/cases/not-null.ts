import type { RecipeCase } from "../types.ts";
import { PERSON, PERSON_ROWS, person } from "./person.ts";

export const NOT_NULL: readonly RecipeCase[] = [
  {
    name: "not-null",
    words: "not-null person.email",
    setup: PERSON,
    seed: PERSON_ROWS,
    before: person.all,
    after: person.all,
  },
  {
    name: "not-null, rows without a value",
    words: "not-null person.nickname using 'nobody'",
    setup: PERSON,
    seed: PERSON_ROWS,
    before: person.all,
    after: [
      ...person.all.filter(({ sql }) => !sql.startsWith("INSERT")),
      {
        sql: "INSERT INTO person (email, name, nickname) VALUES ($1, 'New', 'n')",
        values: ({ fresh }) => [`after${fresh()}@example.org`],
      },
    ],
    random: ["person.id"],
  },
];
