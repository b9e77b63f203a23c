-- case: 71 bytes
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE INDEX CONCURRENTLY person_email_and_name_for_the_search_of_the_support_team_and_others ON person (email, name); -- expect: identifier-too-long@info

-- case: 40 letters of two bytes each
-- 0001.sql
CREATE TABLE "ääääääääääääääääääääääääääääääääääääääää" (id bigint PRIMARY KEY); -- expect: identifier-too-long@info

-- case: 63 bytes, and a long text
-- page: good
-- 0001.sql
CREATE TABLE person_email_and_name_for_the_search_of_the_support_team_and_ot (id bigint PRIMARY KEY);
COMMENT ON TABLE person_email_and_name_for_the_search_of_the_support_team_and_ot IS 'what_the_support_team_and_all_the_others_search_in_when_they_have_only_a_name';
