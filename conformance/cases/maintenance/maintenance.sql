-- tread-conformance/1
-- A newspaper's archive. Maintenance that runs in transactions of its own is marked @alone.
--: setup
CREATE TABLE article (id int PRIMARY KEY, title text, author int);
CREATE INDEX article_title ON article (title);
CREATE TABLE author (id int PRIMARY KEY, name text);
CREATE TABLE page (day int, number int) PARTITION BY RANGE (day);
CREATE TABLE page_1 PARTITION OF page FOR VALUES FROM (0) TO (100);
CREATE TABLE page_2 PARTITION OF page FOR VALUES FROM (100) TO (300);
CREATE INDEX page_number ON page (number);
CREATE TABLE parent (id int);
CREATE TABLE child () INHERITS (parent);
CREATE MATERIALIZED VIEW titles AS SELECT title FROM article;
CREATE VIEW plain AS SELECT id FROM article;
CREATE STATISTICS article_stats ON title, author FROM article;
CREATE TABLE empty (id int PRIMARY KEY);
INSERT INTO author SELECT g, 'x' FROM generate_series(1, 200) g;
INSERT INTO article SELECT g, 't' || g, g FROM generate_series(1, 200) g;
INSERT INTO page SELECT g, g FROM generate_series(0, 299) g;
INSERT INTO parent SELECT g FROM generate_series(1, 100) g;
INSERT INTO child SELECT g FROM generate_series(1, 100) g;
REFRESH MATERIALIZED VIEW titles;
CREATE TABLE clustered (id int PRIMARY KEY);
INSERT INTO clustered SELECT g FROM generate_series(1, 100) g;
ALTER TABLE clustered CLUSTER ON clustered_pkey;
--: case analyze a table
ANALYZE article;
--: case analyze columns
ANALYZE article (title);
--: case analyze a missing column
ANALYZE article (nothing_here);
--: case analyze a partitioned table
ANALYZE page;
--: case analyze only the partitioned table @18+
ANALYZE ONLY page;
--: case analyze a parent
ANALYZE parent;
--: case analyze several
ANALYZE article, author;
--: case analyze nothing
ANALYZE nothing_here;
--: case analyze a materialized view
ANALYZE titles;
--: case analyze a view
ANALYZE plain;
--: case vacuum in a transaction
VACUUM article;
--: case vacuum full in a transaction
VACUUM FULL article;
--: case vacuum @alone
VACUUM article;
--: case vacuum analyze @alone
VACUUM (ANALYZE, VERBOSE) article, author;
--: case vacuum full @alone
VACUUM FULL article;
--: case vacuum full several @alone
VACUUM (FULL) article, author;
--: case vacuum full of partitions @alone
VACUUM FULL page;
--: case vacuum full of a parent @alone
VACUUM FULL parent;
--: case vacuum full of a materialized view @alone
VACUUM FULL titles;
--: case vacuum full with analyze @alone
VACUUM (FULL, ANALYZE) article;
--: case vacuum full switched off @alone
VACUUM (FULL false) article;
--: case vacuum freeze @alone
VACUUM FREEZE article;
--: case vacuum of nothing @alone
VACUUM nothing_here;
--: case vacuum full of everything @alone
VACUUM FULL;
--: case cluster by an index
CLUSTER article USING article_title;
--: case cluster again
CLUSTER clustered;
--: case cluster without an index
CLUSTER author;
--: case cluster by a missing index
CLUSTER article USING nothing_here;
--: case cluster everything in a transaction
CLUSTER;
--: case cluster everything @alone
CLUSTER;
--: case cluster a partitioned table @15+ @alone
CLUSTER page USING page_number;
--: case cluster a partitioned table in a transaction @15+
CLUSTER page USING page_number;
--: case cluster a partitioned table before it could @13-14
CLUSTER page USING page_number;
--: case cluster a materialized view without an index
CLUSTER titles;
--: case reindex an index
REINDEX INDEX article_title;
--: case reindex a table
REINDEX TABLE article;
--: case reindex a table without indexes
REINDEX TABLE parent;
--: case reindex a primary key
REINDEX INDEX article_pkey;
--: case reindex a partitioned table in a transaction
REINDEX TABLE page;
--: case reindex a partitioned index in a transaction
REINDEX INDEX page_number;
--: case reindex a partitioned table @14+ @alone
REINDEX TABLE page;
--: case reindex a partitioned index @14+ @alone
REINDEX INDEX page_number;
--: case reindex an index of a partition
REINDEX INDEX page_1_number_idx;
--: case reindex a materialized view
REINDEX TABLE titles;
--: case reindex a missing index
REINDEX INDEX nothing_here;
--: case reindex a missing table
REINDEX TABLE nothing_here;
--: case reindex a table as an index
REINDEX INDEX article;
--: case reindex an index as a table
REINDEX TABLE article_title;
--: case reindex concurrently in a transaction
REINDEX TABLE CONCURRENTLY article;
--: case reindex concurrently @alone
REINDEX INDEX CONCURRENTLY article_title;
--: case reindex table concurrently @alone
REINDEX TABLE CONCURRENTLY article;
--: case reindex schema @alone
REINDEX SCHEMA public;
--: case reindex schema in a transaction
REINDEX SCHEMA public;
--: case reindex schema that does not exist @alone
REINDEX SCHEMA nothing_here;
--: case reindex with options @14+
REINDEX (VERBOSE) INDEX article_title;
--: case reindex with a tablespace @14+
REINDEX (TABLESPACE pg_default) INDEX article_title;
--: case reindex with a tablespace before it could @13-13
REINDEX (TABLESPACE pg_default) INDEX article_title;
--: case reindex concurrently as an option @14+ @alone
REINDEX (CONCURRENTLY) TABLE article;
--: case checkpoint
CHECKPOINT;
--: case create statistics
CREATE STATISTICS more (ndistinct) ON id, author FROM article;
--: case create statistics on an expression @14+
CREATE STATISTICS more ON lower(title) FROM article;
--: case create statistics on an expression before it could @13-13
CREATE STATISTICS more ON lower(title), author FROM article;
--: case create statistics on a missing column
CREATE STATISTICS more ON id, nothing_here FROM article;
--: case create statistics that exist
CREATE STATISTICS article_stats ON id, author FROM article;
--: case create statistics if not exists
CREATE STATISTICS IF NOT EXISTS article_stats ON id, author FROM article;
--: case create statistics on a view
CREATE STATISTICS more ON id, id FROM plain;
--: case alter statistics
ALTER STATISTICS article_stats SET STATISTICS 500;
--: case alter statistics that do not exist
ALTER STATISTICS nothing_here SET STATISTICS 500;
--: case rename statistics
ALTER STATISTICS article_stats RENAME TO more;
--: case owner of statistics
CREATE ROLE conformance_editor;
ALTER STATISTICS article_stats OWNER TO conformance_editor;
--: case set schema of statistics
CREATE SCHEMA press;
ALTER STATISTICS article_stats SET SCHEMA press;
--: case drop statistics
DROP STATISTICS article_stats;
--: case drop statistics that do not exist
DROP STATISTICS nothing_here;
--: case drop statistics if exists
DROP STATISTICS IF EXISTS nothing_here;
--: case comment on statistics
COMMENT ON STATISTICS article_stats IS 'titles belong to authors';
