-- case: 812 GB once more
-- page: bad
-- environment: cloud rows(person)=2000000000 bytes(person)=812000000000
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
VACUUM FULL person; -- expect: vacuum-full, disk-space-for-rewrite@info, replication-lag@info

-- case: nothing is written again
-- page: good
-- environment: cloud rows(person)=2000000000 bytes(person)=812000000000
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ALTER COLUMN email TYPE varchar(80);

-- case: 40 MB
-- environment: self_hosted rows(person)=100000 bytes(person)=40000000
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
VACUUM FULL person; -- expect: vacuum-full@info
