-- case: cents are rounded away
-- page: bad
-- environment: local assume=small
-- 0001.sql
CREATE TABLE price (id bigint PRIMARY KEY, amount numeric(10,4));
-- 0002.sql
ALTER TABLE price ALTER COLUMN amount TYPE numeric(10,2); -- expect: change-type-narrowing@error, change-type-rewrite@info

-- case: a smaller integer refuses what does not fit
-- environment: local assume=small
-- 0001.sql
CREATE TABLE price (id bigint PRIMARY KEY, points bigint);
-- 0002.sql
ALTER TABLE price ALTER COLUMN points TYPE integer; -- expect: change-type-narrowing@warning, change-type-rewrite@info

-- case: a shorter varchar refuses, with USING it cuts
-- environment: local assume=small
-- 0001.sql
CREATE TABLE price (id bigint PRIMARY KEY, label varchar(200), note text);
-- 0002.sql
ALTER TABLE price ALTER COLUMN label TYPE varchar(50); -- expect: change-type-narrowing@warning, change-type-rewrite@info
ALTER TABLE price ALTER COLUMN note TYPE varchar(50) USING note::varchar(50); -- expect: change-type-narrowing@error, change-type-rewrite@info

-- case: the time of day goes
-- environment: local assume=small
-- 0001.sql
CREATE TABLE price (id bigint PRIMARY KEY, at timestamp);
-- 0002.sql
ALTER TABLE price ALTER COLUMN at TYPE date; -- expect: change-type-narrowing@error, change-type-rewrite@info

-- case: a wider type
-- page: good
-- 0001.sql
CREATE TABLE price (id bigint PRIMARY KEY, amount numeric(10,2), label varchar(50));
-- 0002.sql
ALTER TABLE price ALTER COLUMN amount TYPE numeric(14,2);
ALTER TABLE price ALTER COLUMN label TYPE varchar(200);

-- case: the same type again
-- 0001.sql
CREATE TABLE price (id bigint PRIMARY KEY, amount numeric(10,2), at timestamptz);
-- 0002.sql
ALTER TABLE price ALTER COLUMN amount TYPE numeric(10,2), ALTER COLUMN at TYPE timestamp with time zone;

-- case: a foreign table
-- 0001.sql
CREATE EXTENSION file_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE price (amount numeric(10,4)) SERVER files OPTIONS (filename '/tmp/prices.csv');
-- 0002.sql
ALTER FOREIGN TABLE price ALTER COLUMN amount TYPE numeric(10,2);
