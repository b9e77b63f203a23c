-- case: booleans between timestamps
-- page: bad
-- 0001.sql
CREATE TABLE visit (paid boolean, at timestamptz, seen boolean, until timestamptz, page text); -- expect: column-order@info

-- case: widest first
-- page: good
-- 0001.sql
CREATE TABLE visit (at timestamptz, until timestamptz, paid boolean, seen boolean, page text);
