-- tread-conformance/1
-- Domains.
--: setup
CREATE DOMAIN amount AS integer;
CREATE DOMAIN price AS integer CONSTRAINT positive CHECK (VALUE > 0);
ALTER DOMAIN price ADD CONSTRAINT low CHECK (VALUE < 100000) NOT VALID;
CREATE TABLE item (id integer PRIMARY KEY, cost price, n amount);
CREATE TABLE sale (id integer PRIMARY KEY, total amount);
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE diary (id integer PRIMARY KEY, feeling mood);
INSERT INTO item SELECT g, g, g FROM generate_series(1, 1000) g;
INSERT INTO sale SELECT g, g FROM generate_series(1, 1000) g;
INSERT INTO diary SELECT g, 'ok' FROM generate_series(1, 1000) g;

--: case ALTER DOMAIN amount ADD CHECK (VALUE > -1)
ALTER DOMAIN amount ADD CHECK (VALUE > -1);

--: case ALTER DOMAIN amount ADD CHECK (VALUE > -1) NOT VALID
ALTER DOMAIN amount ADD CHECK (VALUE > -1) NOT VALID;

--: case ALTER DOMAIN amount SET NOT NULL
ALTER DOMAIN amount SET NOT NULL;

--: case ALTER DOMAIN amount DROP NOT NULL
ALTER DOMAIN amount DROP NOT NULL;

--: case ALTER DOMAIN amount SET DEFAULT 3
ALTER DOMAIN amount SET DEFAULT 3;

--: case ALTER DOMAIN price VALIDATE CONSTRAINT low
ALTER DOMAIN price VALIDATE CONSTRAINT low;

--: case ALTER DOMAIN price DROP CONSTRAINT positive
ALTER DOMAIN price DROP CONSTRAINT positive;

--: case ALTER DOMAIN nothing SET NOT NULL
ALTER DOMAIN nothing SET NOT NULL;

--: case DROP DOMAIN amount
DROP DOMAIN amount;

--: case DROP DOMAIN amount CASCADE
DROP DOMAIN amount CASCADE;

--: case DROP TYPE mood
DROP TYPE mood;

--: case DROP TYPE mood CASCADE
DROP TYPE mood CASCADE;

--: case CREATE DOMAIN amount AS text
CREATE DOMAIN amount AS text;

--: case ALTER TABLE item ALTER COLUMN n TYPE price
ALTER TABLE item ALTER COLUMN n TYPE price;

--: case ALTER TABLE item ALTER COLUMN cost TYPE integer
ALTER TABLE item ALTER COLUMN cost TYPE integer;

--: case ALTER TABLE item ALTER COLUMN cost TYPE bigint
ALTER TABLE item ALTER COLUMN cost TYPE bigint;

--: case ALTER TABLE sale ALTER COLUMN total TYPE integer
ALTER TABLE sale ALTER COLUMN total TYPE integer;
