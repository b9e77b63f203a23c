-- case: an empty table takes the place of a full one
-- page: bad
-- live: SELECT id, total FROM invoice WHERE id = $1
-- 0001.sql
CREATE TABLE invoice (id bigint PRIMARY KEY, total numeric);
-- 0002.sql
BEGIN;
SET LOCAL lock_timeout = '2s';
CREATE TABLE invoice_new (LIKE invoice INCLUDING ALL);
ALTER TABLE invoice RENAME TO invoice_old;
ALTER TABLE invoice_new RENAME TO invoice; -- expect: replaced-without-rows@error
COMMIT;

-- case: copied before, while versions go on writing
-- live: INSERT INTO invoice (id, total) VALUES ($1, $2)
-- 0001.sql
CREATE TABLE invoice (id bigint PRIMARY KEY, total numeric);
-- 0002.sql
SET lock_timeout = '2s';
CREATE TABLE invoice_new (LIKE invoice INCLUDING ALL);
INSERT INTO invoice_new SELECT * FROM invoice; -- expect: row-by-row@warning
BEGIN;
ALTER TABLE invoice RENAME TO invoice_old;
ALTER TABLE invoice_new RENAME TO invoice; -- expect: replaced-without-rows@error
COMMIT;

-- case: filled by an earlier release, swapped by this one
-- page: good
-- live: SELECT id, total FROM invoice WHERE id = $1
-- 0001.sql
CREATE TABLE invoice (id bigint PRIMARY KEY, total numeric);
CREATE TABLE invoice_new (id bigint PRIMARY KEY, total numeric);
-- 0002.sql
BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE invoice RENAME TO invoice_old;
ALTER TABLE invoice_new RENAME TO invoice; -- expect: multiple-risky-operations@warning, rename-table@warning
COMMIT;

-- case: the old table becomes a partition of the one that takes its name
-- live: SELECT id, total FROM invoice WHERE id = $1
-- 0001.sql
CREATE TABLE invoice (id bigint NOT NULL, total numeric);
-- 0002.sql
BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE invoice RENAME TO invoice_0;
CREATE TABLE invoice (id bigint NOT NULL, total numeric) PARTITION BY RANGE (id);
ALTER TABLE invoice ATTACH PARTITION invoice_0 DEFAULT; -- expect: multiple-risky-operations@warning
COMMIT;

-- case: a column is dropped and added again
-- live: SELECT id, note FROM invoice WHERE id = $1
-- 0001.sql
CREATE TABLE invoice (id bigint PRIMARY KEY, note varchar(100));
-- 0002.sql
BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE invoice DROP COLUMN note; -- expect: drop-column@warning
ALTER TABLE invoice ADD COLUMN note text; -- expect: replaced-without-rows@error
COMMIT;

-- case: a new column takes the name of the old one
-- live: SELECT id, note FROM invoice WHERE id = $1
-- 0001.sql
CREATE TABLE invoice (id bigint PRIMARY KEY, note varchar(100));
-- 0002.sql
BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE invoice ADD COLUMN note_new text;
ALTER TABLE invoice RENAME COLUMN note TO note_old;
ALTER TABLE invoice RENAME COLUMN note_new TO note; -- expect: replaced-without-rows@error
COMMIT;

-- case: no version names the column
-- live: SELECT id FROM invoice
-- 0001.sql
CREATE TABLE invoice (id bigint PRIMARY KEY, note varchar(100));
-- 0002.sql
BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE invoice DROP COLUMN note; -- expect: drop-column@warning
ALTER TABLE invoice ADD COLUMN note text; -- expect: replaced-without-rows@warning
COMMIT;

-- case: what the release has made itself may be made again
-- live: SELECT id FROM invoice
-- 0001.sql
CREATE TABLE invoice (id bigint PRIMARY KEY, note varchar(100));
-- 0002.sql
CREATE TABLE draft (id bigint PRIMARY KEY);
DROP TABLE draft;
CREATE TABLE draft (id bigint PRIMARY KEY, note text);

-- case: what is written to the old table or the old column brings nothing along
-- live: SELECT id, note FROM invoice WHERE id = $1
-- 0001.sql
CREATE TABLE invoice (id bigint PRIMARY KEY, note varchar(100));
-- 0002.sql
BEGIN;
SET LOCAL lock_timeout = '2s';
UPDATE invoice SET note = 'x' WHERE id = 7;
CREATE TABLE invoice_new (LIKE invoice INCLUDING ALL);
ALTER TABLE invoice RENAME TO invoice_old;
ALTER TABLE invoice_new RENAME TO invoice; -- expect: replaced-without-rows@error
COMMIT;
