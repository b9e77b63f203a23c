-- case: checked at once
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint);
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_team_fk FOREIGN KEY (team_id) REFERENCES team (id); -- expect: add-foreign-key-validated@error, foreign-key-locks-parent@info, foreign-key-without-index@info

-- case: a hundred rows
-- environment: self_hosted rows(person)=100 rows(team)=3
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint);
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_team_fk FOREIGN KEY (team_id) REFERENCES team (id); -- expect: add-foreign-key-validated@info, foreign-key-without-index@info

-- case: in two transactions
-- environment: cloud rows(person)=2000000000 rows(team)=3 reads(team)=5
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint);
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_team_fk FOREIGN KEY (team_id) REFERENCES team (id) NOT VALID; -- expect: foreign-key-without-index@info
ALTER TABLE person VALIDATE CONSTRAINT person_team_fk;

-- case: a new column has no value to check
-- environment: cloud rows(person)=2000000000 rows(team)=3 reads(team)=5
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint);
-- 0002.sql
ALTER TABLE person ADD COLUMN owner_team_id bigint REFERENCES team (id); -- expect: foreign-key-without-index@info

-- case: a new table has no row to check
-- environment: cloud rows(person)=2000000000 rows(team)=3 reads(team)=5
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint);
-- 0002.sql
CREATE TABLE invite (id bigint PRIMARY KEY, team_id bigint);
ALTER TABLE invite ADD CONSTRAINT invite_team_fk FOREIGN KEY (team_id) REFERENCES team (id); -- expect: foreign-key-without-index@info

-- case: beside a column that rewrites the table
-- 0001.sql
CREATE TABLE account (id bigint PRIMARY KEY);
CREATE TABLE transfer (id bigint PRIMARY KEY, account_id bigint);
-- 0002.sql
ALTER TABLE transfer -- expect: add-foreign-key-validated@error, add-column-volatile-default@error, foreign-key-locks-parent@info, foreign-key-without-index@info
  ADD COLUMN public_id uuid DEFAULT gen_random_uuid(),
  ADD COLUMN currency text NOT NULL DEFAULT 'EUR',
  ADD CONSTRAINT transfer_account FOREIGN KEY (account_id) REFERENCES account (id);

-- case: a new column that is NULL everywhere, beside a check that reads every row
-- 0001.sql
CREATE TABLE account (id bigint PRIMARY KEY);
CREATE TABLE transfer (id bigint PRIMARY KEY, cents bigint);
-- 0002.sql
SET lock_timeout = '2s';
ALTER TABLE transfer ADD COLUMN account_id bigint REFERENCES account, ADD CHECK (cents > 0); -- expect: add-check-validated@error, foreign-key-locks-parent@info, foreign-key-without-index@info

-- case: with an index, and in two migrations
-- page: good
-- environment: eu rows(team)=90000 rows(person)=2004118230
-- release: 0002.sql
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint);
CREATE INDEX person_team ON person (team_id);
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_team_fk FOREIGN KEY (team_id) REFERENCES team (id) NOT VALID;
-- 0003.sql
ALTER TABLE person VALIDATE CONSTRAINT person_team_fk;
