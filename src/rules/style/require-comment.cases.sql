-- case: nothing is said about it
-- page: bad
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, page text NOT NULL); -- expect: require-comment@info

-- case: it is
-- page: good
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, page text NOT NULL);
COMMENT ON TABLE visit IS 'one row per page view, kept for 90 days';
