-- case: the caller's path
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint);
-- 0002.sql
CREATE FUNCTION team_size(team bigint) RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM person WHERE team_id = team'; -- expect: security-definer-search-path@warning

-- case: a path of its own
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint);
-- 0002.sql
CREATE FUNCTION team_size(team bigint) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT count(*) FROM public.person WHERE team_id = team';

-- case: the rights of the caller
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint);
-- 0002.sql
CREATE FUNCTION team_size(team bigint) RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM person WHERE team_id = team';
