-- case: json
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
-- 0002.sql
ALTER TABLE person ADD COLUMN settings json; -- expect: add-column-json@info

-- case: jsonb
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
-- 0002.sql
ALTER TABLE person ADD COLUMN settings jsonb;

-- case: text becomes json
-- environment: local assume=small
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, settings text);
-- 0002.sql
ALTER TABLE person ALTER COLUMN settings TYPE json USING settings::json; -- expect: add-column-json@info, change-type-rewrite@info

-- case: a table of the same release
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
ALTER TABLE person ADD COLUMN settings json;
