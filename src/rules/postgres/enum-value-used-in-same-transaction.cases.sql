-- case: added and used in one transaction
-- page: bad
-- transaction: per-migration
-- 0001.sql
CREATE TYPE room_kind AS ENUM ('single', 'double');
CREATE TABLE room (id bigint PRIMARY KEY, kind room_kind NOT NULL);
-- 0002.sql
ALTER TYPE room_kind ADD VALUE 'suite';
UPDATE room SET kind = 'suite' WHERE id = 17; -- expect: enum-value-used-in-same-transaction

-- case: in two migrations
-- page: good
-- transaction: per-migration
-- release: 0002.sql
-- 0001.sql
CREATE TYPE room_kind AS ENUM ('single', 'double');
CREATE TABLE room (id bigint PRIMARY KEY, kind room_kind NOT NULL);
-- 0002.sql
ALTER TYPE room_kind ADD VALUE 'suite';
-- 0003.sql
UPDATE room SET kind = 'suite' WHERE id = 17;

-- case: the transaction makes the type itself
-- transaction: per-migration
-- 0001.sql
CREATE TABLE room (id bigint PRIMARY KEY);
-- 0002.sql
CREATE TYPE room_kind AS ENUM ('single', 'double');
CREATE TABLE booking (id bigint PRIMARY KEY, kind room_kind NOT NULL DEFAULT 'double');

-- case: added in a transaction and not used
-- transaction: per-migration
-- 0001.sql
CREATE TYPE room_kind AS ENUM ('single', 'double');
-- 0002.sql
ALTER TYPE room_kind ADD VALUE 'suite';
ALTER TYPE room_kind ADD VALUE 'loft' AFTER 'suite';
