-- case: no schema
-- page: bad
-- 0001.sql
CREATE TABLE invoice (id bigint PRIMARY KEY); -- expect: require-table-schema@info

-- case: a schema
-- page: good
-- 0001.sql
CREATE TABLE public.invoice (id bigint PRIMARY KEY);

-- case: temporary tables have a schema of their own
-- 0001.sql
CREATE TEMPORARY TABLE seen (page text);
