-- case: four fifths
-- page: bad
-- environment: cloud rows(invoice)=1800000000
-- 0001.sql
CREATE TABLE invoice (id integer PRIMARY KEY, total numeric);
-- 0002.sql
ALTER TABLE invoice ADD COLUMN note text; -- expect: integer-key-nearly-full@warning

-- case: bigint
-- page: good
-- environment: cloud rows(invoice)=1800000000
-- 0001.sql
CREATE TABLE invoice (id bigint PRIMARY KEY, total numeric);
-- 0002.sql
ALTER TABLE invoice ADD COLUMN note text;

-- case: a tenth
-- environment: cloud rows(invoice)=200000000
-- 0001.sql
CREATE TABLE invoice (id integer PRIMARY KEY, total numeric);
-- 0002.sql
ALTER TABLE invoice ADD COLUMN note text;
