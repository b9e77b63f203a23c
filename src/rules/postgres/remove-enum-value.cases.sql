-- case: a value goes
-- page: bad
-- 0001.sql
CREATE TYPE room_kind AS ENUM ('single', 'double', 'dormitory');
-- 0002.sql
BEGIN;
ALTER TYPE room_kind RENAME TO room_kind_old;
CREATE TYPE room_kind AS ENUM ('single', 'double'); -- expect: remove-enum-value
DROP TYPE room_kind_old;
COMMIT;

-- case: the versions are known
-- live: SELECT id FROM room WHERE kind = $1
-- 0001.sql
CREATE TYPE room_kind AS ENUM ('single', 'double', 'dormitory');
CREATE TABLE room (id bigint PRIMARY KEY, kind text);
-- 0002.sql
BEGIN;
ALTER TYPE room_kind RENAME TO room_kind_old;
CREATE TYPE room_kind AS ENUM ('single', 'double'); -- expect: remove-enum-value@warning
COMMIT;

-- case: values are only added
-- page: good
-- 0001.sql
CREATE TYPE room_kind AS ENUM ('single', 'double');
-- 0002.sql
BEGIN;
ALTER TYPE room_kind RENAME TO room_kind_old;
CREATE TYPE room_kind AS ENUM ('single', 'double', 'suite');
DROP TYPE room_kind_old;
COMMIT;

-- case: made only where it is not there yet
-- live: SELECT 1
-- 0001.sql
CREATE TYPE status AS ENUM ('open', 'done');
-- 0002.sql
DO $$ BEGIN CREATE TYPE status AS ENUM ('open'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
