-- case: a constraint on a domain that two tables use
-- page: bad
-- 0001.sql
CREATE DOMAIN amount AS bigint;
CREATE TABLE invoice (id bigint PRIMARY KEY, total amount);
CREATE TABLE refund (id bigint PRIMARY KEY, total amount);
-- 0002.sql
ALTER DOMAIN amount ADD CONSTRAINT amount_positive CHECK (VALUE > 0); -- expect: alter-domain-blocking@error

-- case: NOT NULL
-- 0001.sql
CREATE DOMAIN amount AS bigint;
CREATE TABLE invoice (id bigint PRIMARY KEY, total amount);
-- 0002.sql
ALTER DOMAIN amount SET NOT NULL; -- expect: alter-domain-blocking@error

-- case: VALIDATE blocks writes on a domain
-- 0001.sql
CREATE DOMAIN amount AS bigint;
CREATE TABLE invoice (id bigint PRIMARY KEY, total amount);
ALTER DOMAIN amount ADD CONSTRAINT amount_positive CHECK (VALUE > 0) NOT VALID;
-- 0002.sql
ALTER DOMAIN amount VALIDATE CONSTRAINT amount_positive; -- expect: alter-domain-blocking@error

-- case: NOT VALID reads nothing
-- page: good
-- 0001.sql
CREATE DOMAIN amount AS bigint;
CREATE TABLE invoice (id bigint PRIMARY KEY, total amount);
-- 0002.sql
ALTER DOMAIN amount ADD CONSTRAINT amount_positive CHECK (VALUE > 0) NOT VALID;

-- case: tables of the same release
-- 0001.sql
CREATE DOMAIN amount AS bigint;
CREATE TABLE invoice (id bigint PRIMARY KEY, total amount);
ALTER DOMAIN amount ADD CONSTRAINT amount_positive CHECK (VALUE > 0);
