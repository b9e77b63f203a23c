-- case: an index of two columns goes with one of them
-- page: bad
-- live: SELECT id FROM visit WHERE page = $1
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, page text, referrer text);
CREATE INDEX visit_page_referrer ON visit (page, referrer);
-- 0002.sql
ALTER TABLE visit DROP COLUMN referrer; -- expect: drop-column-drops-index@warning, drop-column@warning

-- case: a unique key over two columns
-- live: SELECT id FROM visit
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, page text, day date, UNIQUE (page, day));
-- 0002.sql
ALTER TABLE visit DROP COLUMN day; -- expect: drop-column-drops-index@warning, drop-column@warning

-- case: an index of that column alone
-- live: SELECT id FROM visit
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, page text, referrer text);
CREATE INDEX visit_referrer ON visit (referrer);
-- 0002.sql
ALTER TABLE visit DROP COLUMN referrer; -- expect: drop-column@warning

-- case: another index begins with what stays
-- page: good
-- live: SELECT id FROM visit WHERE page = $1
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, page text, referrer text);
CREATE INDEX visit_page_referrer ON visit (page, referrer);
CREATE INDEX visit_page ON visit (page);
-- 0002.sql
ALTER TABLE visit DROP COLUMN referrer; -- expect: drop-column@warning

-- case: a column of the same release
-- 0001.sql
CREATE TABLE visit (id bigint PRIMARY KEY, page text, referrer text);
CREATE INDEX visit_page_referrer ON visit (page, referrer);
ALTER TABLE visit DROP COLUMN referrer;
