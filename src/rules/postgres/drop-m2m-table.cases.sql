-- case: a live version uses the accessor
-- live: SELECT t.id, t.name FROM tag t INNER JOIN dashboard_tags d ON t.id = d.tag_id WHERE d.dashboard_id = $1
-- 0001.sql
CREATE TABLE dashboard (id bigint PRIMARY KEY, title text);
CREATE TABLE tag (id bigint PRIMARY KEY, name text);
CREATE TABLE dashboard_tags (id bigserial PRIMARY KEY, dashboard_id bigint NOT NULL REFERENCES dashboard (id), tag_id bigint NOT NULL REFERENCES tag (id), UNIQUE (dashboard_id, tag_id));
-- 0002.sql
DROP TABLE dashboard_tags CASCADE; -- expect: drop-m2m-table@error, foreign-key-locks-parent@info, foreign-key-locks-parent@info

-- case: in the models, neither used nor deleted through: any delete would still query it
-- live-latent: DELETE FROM dashboard_tags WHERE dashboard_id = $1
-- 0001.sql
CREATE TABLE dashboard (id bigint PRIMARY KEY, title text);
CREATE TABLE tag (id bigint PRIMARY KEY, name text);
CREATE TABLE dashboard_tags (id bigserial PRIMARY KEY, dashboard_id bigint NOT NULL REFERENCES dashboard (id), tag_id bigint NOT NULL REFERENCES tag (id), UNIQUE (dashboard_id, tag_id));
-- 0002.sql
DROP TABLE dashboard_tags CASCADE; -- expect: drop-m2m-table@warning, foreign-key-locks-parent@info, foreign-key-locks-parent@info

-- case: out of the models of every version
-- environment: cloud rows(dashboard_tags)=40000 rows(dashboard)=9000 rows(tag)=200
-- live: SELECT id, title FROM dashboard
-- 0001.sql
CREATE TABLE dashboard (id bigint PRIMARY KEY, title text);
CREATE TABLE tag (id bigint PRIMARY KEY, name text);
CREATE TABLE dashboard_tags (id bigserial PRIMARY KEY, dashboard_id bigint NOT NULL REFERENCES dashboard (id), tag_id bigint NOT NULL REFERENCES tag (id), UNIQUE (dashboard_id, tag_id));
-- 0002.sql
DROP TABLE dashboard_tags CASCADE; -- expect: drop-m2m-table@warning

-- case: no live version is known
-- environment: laptop assume=small
-- 0001.sql
CREATE TABLE dashboard (id bigint PRIMARY KEY, title text);
CREATE TABLE tag (id bigint PRIMARY KEY, name text);
CREATE TABLE dashboard_tags (id bigserial PRIMARY KEY, dashboard_id bigint NOT NULL REFERENCES dashboard (id), tag_id bigint NOT NULL REFERENCES tag (id), UNIQUE (dashboard_id, tag_id));
-- 0002.sql
DROP TABLE dashboard_tags; -- expect: drop-m2m-table@error

-- case: a join table that the same release created
-- environment: laptop assume=small
-- 0001.sql
CREATE TABLE dashboard (id bigint PRIMARY KEY, title text);
CREATE TABLE tag (id bigint PRIMARY KEY, name text);
CREATE TABLE dashboard_tags (id bigserial PRIMARY KEY, dashboard_id bigint NOT NULL REFERENCES dashboard (id), tag_id bigint NOT NULL REFERENCES tag (id), UNIQUE (dashboard_id, tag_id));
DROP TABLE dashboard_tags;

-- case: a table with data of its own is no join table
-- environment: laptop assume=small
-- live: SELECT 1
-- 0001.sql
CREATE TABLE dashboard (id bigint PRIMARY KEY, title text);
CREATE TABLE tag (id bigint PRIMARY KEY, name text);
CREATE TABLE dashboard_tags (id bigserial PRIMARY KEY, dashboard_id bigint NOT NULL REFERENCES dashboard (id), tag_id bigint NOT NULL REFERENCES tag (id), UNIQUE (dashboard_id, tag_id));
CREATE TABLE membership (id bigint PRIMARY KEY, dashboard_id bigint REFERENCES dashboard (id), tag_id bigint REFERENCES tag (id), since date);
-- 0002.sql
DROP TABLE membership; -- expect: drop-table@warning
