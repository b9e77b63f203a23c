-- case: a Decimal with fewer digits
-- page: bad
-- 0001_hits.sql
CREATE TABLE prices (sku String, price Decimal(18, 2)) ENGINE = MergeTree ORDER BY sku;
-- 0002_change.sql
ALTER TABLE prices MODIFY COLUMN price Decimal(4, 2); -- expect: value-out-of-range@error

-- case: a Decimal with more digits
-- page: good
-- 0001_hits.sql
CREATE TABLE prices (sku String, price Decimal(9, 2)) ENGINE = MergeTree ORDER BY sku;
-- 0002_change.sql
ALTER TABLE prices MODIFY COLUMN price Decimal(18, 2);
