-- case: kinds of rooms
-- page: bad
-- 0001.sql
CREATE TYPE room_kind AS ENUM ('single', 'double'); -- expect: prefer-check-over-enum@info

-- case: a CHECK
-- page: good
-- 0001.sql
CREATE TABLE room (id bigint PRIMARY KEY, kind text NOT NULL CHECK (kind IN ('single', 'double')));
