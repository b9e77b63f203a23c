-- case: a partition is attached beside a default partition
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_default PARTITION OF event DEFAULT;
-- 0002.sql
CREATE TABLE event_2027 (id bigint, at date NOT NULL);
ALTER TABLE event ATTACH PARTITION event_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01'); -- expect: default-partition-scan@error

-- case: a partition is created beside a default partition
-- page: bad
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_default PARTITION OF event DEFAULT;
-- 0002.sql
CREATE TABLE event_2027 PARTITION OF event FOR VALUES FROM ('2027-01-01') TO ('2028-01-01'); -- expect: default-partition-scan@error

-- case: a small default partition
-- environment: self_hosted rows(event)=100 rows(event_default)=3
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_default PARTITION OF event DEFAULT;
-- 0002.sql
CREATE TABLE event_2027 (id bigint, at date NOT NULL);
ALTER TABLE event ATTACH PARTITION event_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01'); -- expect: default-partition-scan@info

-- case: no default partition
-- page: good
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
-- 0002.sql
CREATE TABLE event_2027 (LIKE event INCLUDING ALL);
ALTER TABLE event ATTACH PARTITION event_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
