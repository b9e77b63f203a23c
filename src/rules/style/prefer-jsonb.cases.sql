-- case: a payload
-- page: bad
-- 0001.sql
CREATE TABLE webhook (id bigint PRIMARY KEY, body json NOT NULL); -- expect: prefer-jsonb@info

-- case: jsonb
-- page: good
-- 0001.sql
CREATE TABLE webhook (id bigint PRIMARY KEY, body jsonb NOT NULL);
