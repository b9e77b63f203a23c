-- case: four columns
-- page: bad
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, tenant_id bigint, day date, page text, referrer text);
-- 0002.sql
CREATE INDEX CONCURRENTLY visit_all ON visit (tenant_id, day, page, referrer); -- expect: index-many-columns@info

-- case: two, and one to return
-- page: good
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, tenant_id bigint, day date, page text, referrer text);
-- 0002.sql
CREATE INDEX CONCURRENTLY visit_tenant_day ON visit (tenant_id, day) INCLUDE (page);

-- case: four that must be unique together
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, tenant_id bigint, day date, page text, referrer text);
-- 0002.sql
CREATE UNIQUE INDEX CONCURRENTLY visit_all ON visit (tenant_id, day, page, referrer);
