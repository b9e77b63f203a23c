-- case: computed anew for every row
-- page: bad
-- 0001.sql
CREATE TABLE line (id bigint PRIMARY KEY, cents bigint, total bigint GENERATED ALWAYS AS (cents * 2) STORED);
-- 0002.sql
ALTER TABLE line ALTER COLUMN total SET EXPRESSION AS (cents * 3); -- expect: change-generated-expression@error

-- case: on 17 there is no virtual column to recommend
-- postgres: 17
-- 0001.sql
CREATE TABLE line (id bigint PRIMARY KEY, cents bigint, total bigint GENERATED ALWAYS AS (cents * 2) STORED);
-- 0002.sql
ALTER TABLE line ALTER COLUMN total SET EXPRESSION AS (cents * 3); -- expect: change-generated-expression@error

-- case: a virtual column stores nothing
-- page: good
-- 0001.sql
CREATE TABLE line (id bigint PRIMARY KEY, cents bigint, total bigint GENERATED ALWAYS AS (cents * 2) VIRTUAL);
-- 0002.sql
ALTER TABLE line ALTER COLUMN total SET EXPRESSION AS (cents * 3);
