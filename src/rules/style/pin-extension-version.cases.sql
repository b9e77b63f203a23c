-- case: no version
-- page: bad
-- 0001.sql
CREATE EXTENSION IF NOT EXISTS pg_trgm; -- expect: pin-extension-version@info

-- case: a version
-- page: good
-- 0001.sql
CREATE EXTENSION IF NOT EXISTS pg_trgm VERSION '1.6';
