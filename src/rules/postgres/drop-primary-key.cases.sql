-- case: nothing takes its place
-- page: bad
-- live: SELECT payload FROM job WHERE id = $1
-- 0001.sql
CREATE TABLE job (id bigint PRIMARY KEY, payload text);
-- 0002.sql
ALTER TABLE job DROP CONSTRAINT job_pkey; -- expect: drop-primary-key@warning

-- case: another index finds the same rows
-- live: SELECT payload FROM job WHERE id = $1
-- 0001.sql
CREATE TABLE job (id bigint PRIMARY KEY, payload text);
CREATE UNIQUE INDEX job_id ON job (id);
-- 0002.sql
ALTER TABLE job DROP CONSTRAINT job_pkey; -- expect: drop-primary-key@info

-- case: exchanged in one transaction for one that was built before
-- page: good
-- live: SELECT payload FROM job WHERE id = $1
-- 0001.sql
CREATE TABLE job (id bigint PRIMARY KEY, tenant_id bigint NOT NULL, payload text);
CREATE UNIQUE INDEX job_pkey_new ON job (id, tenant_id);
-- 0002.sql
SET lock_timeout = '2s';
BEGIN;
ALTER TABLE job DROP CONSTRAINT job_pkey;
ALTER TABLE job ADD CONSTRAINT job_pkey PRIMARY KEY USING INDEX job_pkey_new;
COMMIT;

-- case: another constraint
-- live: SELECT payload FROM job WHERE id = $1
-- 0001.sql
CREATE TABLE job (id bigint PRIMARY KEY, payload text CONSTRAINT job_payload CHECK (payload <> ''));
-- 0002.sql
ALTER TABLE job DROP CONSTRAINT job_payload;
