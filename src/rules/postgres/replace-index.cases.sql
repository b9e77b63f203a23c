-- case: dropped first
-- page: bad
-- live: SELECT id FROM visit WHERE tenant_id = $1
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, tenant_id bigint, day date);
CREATE INDEX visit_tenant ON visit (tenant_id);
-- 0002.sql
DROP INDEX CONCURRENTLY visit_tenant; -- expect: replace-index@warning
CREATE INDEX CONCURRENTLY visit_tenant ON visit (tenant_id, day);

-- case: built first
-- page: good
-- live: SELECT id FROM visit WHERE tenant_id = $1
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, tenant_id bigint, day date);
CREATE INDEX visit_tenant ON visit (tenant_id);
-- 0002.sql
CREATE INDEX CONCURRENTLY visit_tenant_new ON visit (tenant_id) INCLUDE (day); -- expect: redundant-index@info
DROP INDEX CONCURRENTLY visit_tenant;
ALTER INDEX visit_tenant_new RENAME TO visit_tenant;

-- case: the rest of a failed build is cleared away
-- live: SELECT id FROM visit WHERE tenant_id = $1
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, tenant_id bigint, day date);
-- 0002.sql
DROP INDEX CONCURRENTLY IF EXISTS visit_tenant;
CREATE INDEX CONCURRENTLY visit_tenant ON visit (tenant_id);

-- case: another index serves meanwhile
-- live: SELECT id FROM visit WHERE tenant_id = $1
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, tenant_id bigint, day date);
CREATE INDEX visit_tenant ON visit (tenant_id);
CREATE INDEX visit_tenant_id ON visit (tenant_id, id);
-- 0002.sql
DROP INDEX CONCURRENTLY visit_tenant;
CREATE INDEX CONCURRENTLY visit_tenant ON visit (tenant_id, day);
