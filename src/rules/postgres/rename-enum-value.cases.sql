-- case: no live version is known
-- 0001.sql
CREATE TYPE plan AS ENUM ('free', 'paid');
-- 0002.sql
ALTER TYPE plan RENAME VALUE 'free' TO 'trial'; -- expect: rename-enum-value@error

-- case: values travel as parameters: the old one must be presumed among them
-- live: SELECT id FROM team WHERE plan = $1
-- 0001.sql
CREATE TYPE plan AS ENUM ('free', 'paid');
CREATE TABLE team (id bigint PRIMARY KEY, plan plan);
-- 0002.sql
ALTER TYPE plan RENAME VALUE 'free' TO 'trial'; -- expect: rename-enum-value@error

-- case: no query names a column of the type
-- live: SELECT id FROM team
-- 0001.sql
CREATE TYPE plan AS ENUM ('free', 'paid');
CREATE TABLE team (id bigint PRIMARY KEY, plan plan);
-- 0002.sql
ALTER TYPE plan RENAME VALUE 'free' TO 'trial'; -- expect: rename-enum-value@warning

-- case: a type of the same release
-- 0001.sql
CREATE TYPE plan AS ENUM ('free', 'paid');
ALTER TYPE plan RENAME VALUE 'free' TO 'trial';

-- case: the safe form: one more value
-- 0001.sql
CREATE TYPE plan AS ENUM ('free', 'paid');
-- 0002.sql
ALTER TYPE plan ADD VALUE 'trial';
