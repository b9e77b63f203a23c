-- case: a price
-- page: bad
-- 0001.sql
CREATE TABLE product (id bigint PRIMARY KEY, price money NOT NULL); -- expect: prefer-numeric@info

-- case: numeric with a currency
-- page: good
-- 0001.sql
CREATE TABLE product (id bigint PRIMARY KEY, price numeric(12, 2) NOT NULL, currency text NOT NULL);
