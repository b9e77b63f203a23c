-- case: another index begins with the same column
-- page: bad
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, tenant_id bigint, day date);
CREATE INDEX visit_tenant_day ON visit (tenant_id, day);
-- 0002.sql
CREATE INDEX CONCURRENTLY visit_tenant ON visit (tenant_id); -- expect: redundant-index@info

-- case: the older one becomes superfluous
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, tenant_id bigint, day date);
CREATE INDEX visit_tenant ON visit (tenant_id);
-- 0002.sql
CREATE INDEX CONCURRENTLY visit_tenant_day ON visit (tenant_id, day); -- expect: redundant-index@info

-- case: a column twice
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, tenant_id bigint, day date);
-- 0002.sql
CREATE INDEX CONCURRENTLY visit_day ON visit (day, tenant_id, day); -- expect: redundant-index@info

-- case: a new column in front
-- page: good
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, tenant_id bigint, day date);
CREATE INDEX visit_tenant ON visit (tenant_id);
-- 0002.sql
CREATE INDEX CONCURRENTLY visit_day ON visit (day, tenant_id);

-- case: an operator class for LIKE
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, page varchar(200));
CREATE INDEX visit_page ON visit (page);
-- 0002.sql
CREATE INDEX CONCURRENTLY visit_page_like ON visit (page varchar_pattern_ops);

-- case: only some of the rows, or other rows
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, tenant_id bigint, day date);
CREATE INDEX visit_tenant_day ON visit (tenant_id, day) WHERE day > '2026-01-01';
-- 0002.sql
CREATE INDEX CONCURRENTLY visit_tenant ON visit (tenant_id);
