-- case: when a row was made
-- page: bad
-- 0001.sql
CREATE TABLE invoice (id bigint PRIMARY KEY, made_at timestamp NOT NULL DEFAULT now()); -- expect: prefer-timestamptz@info

-- case: the moment
-- page: good
-- 0001.sql
CREATE TABLE invoice (id bigint PRIMARY KEY, made_at timestamptz NOT NULL DEFAULT now(), due date);
