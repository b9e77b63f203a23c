-- case: a second argument
-- page: bad
-- live: SELECT id, room_price(id) FROM room
-- 0001.sql
CREATE TABLE room (id bigint PRIMARY KEY);
CREATE FUNCTION room_price(room bigint) RETURNS numeric LANGUAGE sql AS 'SELECT 1.0';
-- 0002.sql
BEGIN;
DROP FUNCTION room_price(bigint);
CREATE FUNCTION room_price(room bigint, nights integer) RETURNS numeric LANGUAGE sql AS 'SELECT 2.0'; -- expect: function-signature-changed@warning
COMMIT;

-- case: a second argument with a default
-- page: good
-- live: SELECT id, room_price(id) FROM room
-- 0001.sql
CREATE TABLE room (id bigint PRIMARY KEY);
CREATE FUNCTION room_price(room bigint) RETURNS numeric LANGUAGE sql AS 'SELECT 1.0';
-- 0002.sql
BEGIN;
DROP FUNCTION room_price(bigint);
CREATE FUNCTION room_price(room bigint, nights integer DEFAULT 1) RETURNS numeric LANGUAGE sql AS 'SELECT 2.0';
COMMIT;

-- case: nobody calls it
-- live: SELECT id FROM room
-- 0001.sql
CREATE TABLE room (id bigint PRIMARY KEY);
CREATE FUNCTION room_price(room bigint) RETURNS numeric LANGUAGE sql AS 'SELECT 1.0';
-- 0002.sql
BEGIN;
DROP FUNCTION room_price(bigint);
CREATE FUNCTION room_price(room bigint, nights integer) RETURNS numeric LANGUAGE sql AS 'SELECT 2.0';
COMMIT;
