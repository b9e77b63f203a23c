import type { RecipeCase } from "../types.ts";
import { PERSON, PERSON_ROWS, person } from "./person.ts";

const MEASUREMENT = `CREATE TABLE measurement (id bigint NOT NULL, day date NOT NULL, sensor int NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE measurement_2025 PARTITION OF measurement FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE measurement_2026 PARTITION OF measurement FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
`;

export const ADD_INDEX: readonly RecipeCase[] = [
  {
    name: "add-index",
    words: "add-index person (lower(email), name desc) name person_email_lower_idx where email is not null",
    setup: PERSON,
    seed: PERSON_ROWS,
    before: person.all,
    after: person.all,
  },
  {
    name: "add-index on a partitioned table",
    words: "add-index measurement (sensor, day)",
    setup: MEASUREMENT,
    seed: (rows) => `INSERT INTO measurement SELECT g, date '2025-01-01' + g % 700, g % 50 FROM generate_series(1, ${rows}) g`,
    before: [
      { sql: "SELECT count(*) FROM measurement WHERE day = date '2026-03-01' + $1::int % 30", values: ({ id }) => [id()] },
      { sql: "INSERT INTO measurement VALUES ($1, '2026-05-05', 7)", values: ({ fresh }) => [fresh()] },
    ],
    after: [{ sql: "INSERT INTO measurement VALUES ($1, '2025-05-05', 7)", values: ({ fresh }) => [fresh()] }],
  },
];
