-- case: even a new table locks the hot table it points to
-- environment: cloud rows(team)=90000 reads(team)=5200 longest(team)=41
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint);
-- 0002.sql
CREATE TABLE invite (id bigint PRIMARY KEY, team_id bigint REFERENCES team (id)); -- expect: foreign-key-locks-parent@error, foreign-key-without-index@info

-- case: within the budget it is a precaution taken
-- environment: cloud rows(team)=90000 reads(team)=5200 longest(team)=41
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint);
-- 0002.sql
SET lock_timeout = '10ms';
CREATE TABLE invite (id bigint PRIMARY KEY, team_id bigint REFERENCES team (id)); -- expect: foreign-key-locks-parent@warning, foreign-key-without-index@info

-- case: unknown traffic is not hot
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint);
-- 0002.sql
CREATE TABLE invite (id bigint PRIMARY KEY, team_id bigint REFERENCES team (id)); -- expect: foreign-key-locks-parent@info, foreign-key-without-index@info

-- case: a parent that is known to be quiet
-- environment: cloud rows(team)=90000 reads(team)=3
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint);
-- 0002.sql
CREATE TABLE invite (id bigint PRIMARY KEY, team_id bigint REFERENCES team (id)); -- expect: foreign-key-without-index@info

-- case: both tables are new
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint REFERENCES team (id)); -- expect: foreign-key-without-index@info

-- case: dropping the key locks the parent's readers out too
-- environment: cloud rows(team)=90000 rows(person)=500 reads(team)=5200
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint);
ALTER TABLE person ADD CONSTRAINT person_team_fk FOREIGN KEY (team_id) REFERENCES team (id);
-- 0002.sql
ALTER TABLE person DROP CONSTRAINT person_team_fk; -- expect: foreign-key-locks-parent@error

-- case: no key in the database, on a parent that is busy
-- page: good
-- environment: cloud rows(team)=90000 reads(team)=5200
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
-- 0002.sql
CREATE TABLE invite (id bigint PRIMARY KEY, team_id bigint NOT NULL);
