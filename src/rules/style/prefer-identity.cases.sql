-- case: bigserial
-- page: bad
-- 0001.sql
CREATE TABLE invoice (id bigserial PRIMARY KEY); -- expect: prefer-identity@info

-- case: identity
-- page: good
-- 0001.sql
CREATE TABLE invoice (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
