-- case: a new table that points to two
-- page: bad
-- live: SELECT 1
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
CREATE TABLE room (id bigint PRIMARY KEY);
-- 0002.sql
CREATE TABLE booking (id bigint PRIMARY KEY, person_id bigint REFERENCES person (id), room_id bigint REFERENCES room (id)); -- expect: multiple-foreign-keys@info, foreign-key-locks-parent@info, foreign-key-locks-parent@info, foreign-key-without-index@info, foreign-key-without-index@info

-- case: two statements of one transaction
-- environment: eu rows(person)=1000 rows(room)=1000
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
CREATE TABLE room (id bigint PRIMARY KEY);
-- 0002.sql
CREATE TABLE guest (person_id bigint REFERENCES person (id), UNIQUE (person_id));
CREATE TABLE bed (room_id bigint REFERENCES room (id), UNIQUE (room_id)); -- expect: multiple-foreign-keys@info, multiple-risky-operations@info

-- case: one
-- page: good
-- environment: eu rows(person)=1000
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
-- 0002.sql
CREATE TABLE guest (person_id bigint REFERENCES person (id), UNIQUE (person_id));
