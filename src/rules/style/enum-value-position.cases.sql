-- case: at the end
-- page: bad
-- 0001.sql
CREATE TYPE room_kind AS ENUM ('single', 'double');
-- 0002.sql
ALTER TYPE room_kind ADD VALUE 'suite'; -- expect: enum-value-position@info

-- case: after another one
-- page: good
-- 0001.sql
CREATE TYPE room_kind AS ENUM ('single', 'double');
-- 0002.sql
ALTER TYPE room_kind ADD VALUE 'suite' AFTER 'double';
