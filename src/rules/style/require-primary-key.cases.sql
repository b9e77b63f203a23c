-- case: a table of visits
-- page: bad
-- 0001.sql
CREATE TABLE visit (page text NOT NULL, at timestamptz NOT NULL); -- expect: require-primary-key@info

-- case: a later statement of the release adds the key
-- page: good
-- 0001.sql
CREATE TABLE visit (id bigint NOT NULL, page text NOT NULL);
ALTER TABLE visit ADD PRIMARY KEY (id);

-- case: a partition has that of its parent, and a temporary table needs none
-- 0001.sql
CREATE TABLE visit (id bigint, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE visit_2026 PARTITION OF visit FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TEMPORARY TABLE seen (page text);
