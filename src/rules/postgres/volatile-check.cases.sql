-- case: true today
-- page: bad
-- 0001.sql
CREATE TABLE event (id bigint PRIMARY KEY, starts_at timestamptz, created_at timestamptz, score float);
-- 0002.sql
ALTER TABLE event ADD CONSTRAINT event_in_future CHECK (starts_at > now()) NOT VALID; -- expect: volatile-check@info

-- case: chance decides
-- 0001.sql
CREATE TABLE event (id bigint PRIMARY KEY, score float);
-- 0002.sql
ALTER TABLE event ADD CONSTRAINT event_lucky CHECK (score > random()) NOT VALID; -- expect: volatile-check@warning

-- case: columns of the row
-- page: good
-- 0001.sql
CREATE TABLE event (id bigint PRIMARY KEY, starts_at timestamptz, created_at timestamptz);
-- 0002.sql
ALTER TABLE event ADD CONSTRAINT event_in_future CHECK (starts_at > created_at) NOT VALID;
