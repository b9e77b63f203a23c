import { rows, type Scene } from "./scene.test-helper.ts";

export const domains: Scene = {
  name: "domains",
  setup: `
      CREATE DOMAIN amount AS integer;
      CREATE DOMAIN price AS integer CONSTRAINT positive CHECK (VALUE > 0);
      ALTER DOMAIN price ADD CONSTRAINT low CHECK (VALUE < 100000) NOT VALID;
      CREATE TABLE item (id integer PRIMARY KEY, cost price, n amount);
      CREATE TABLE sale (id integer PRIMARY KEY, total amount);
      CREATE TYPE mood AS ENUM ('sad', 'ok');
      CREATE TABLE diary (id integer PRIMARY KEY, feeling mood);
      ${rows("item", "g, g, g")}
      ${rows("sale", "g, g")}
      ${rows("diary", "g, 'ok'")}`,
  statements: `
      ALTER DOMAIN amount ADD CHECK (VALUE > -1);
      ALTER DOMAIN amount ADD CHECK (VALUE > -1) NOT VALID;
      ALTER DOMAIN amount SET NOT NULL;
      ALTER DOMAIN amount DROP NOT NULL;
      ALTER DOMAIN amount SET DEFAULT 3;
      ALTER DOMAIN price VALIDATE CONSTRAINT low;
      ALTER DOMAIN price DROP CONSTRAINT positive;
      ALTER DOMAIN nothing SET NOT NULL;
      DROP DOMAIN amount;
      DROP DOMAIN amount CASCADE;
      DROP TYPE mood;
      DROP TYPE mood CASCADE;
      CREATE DOMAIN amount AS text;
      ALTER TABLE item ALTER COLUMN n TYPE price;
      ALTER TABLE item ALTER COLUMN cost TYPE integer;
      ALTER TABLE item ALTER COLUMN cost TYPE bigint;
      ALTER TABLE sale ALTER COLUMN total TYPE integer;`,
};
