/**
 * Extensions that are not in the server packages and that migrations name all the same. A stub is a real extension of the embedded
 * server (control file and script), so that `CREATE EXTENSION vector`, `geometry(Point, 4326)`, `USING hnsw` and the names that a schema
 * needs exist and locks, rewrites and scans are the real ones. What a stub does not do is in `limits`, and a report that relied on one
 * must say so.
 */
export interface ExtensionStub {
  readonly name: string;
  readonly sql: string;
  readonly limits: readonly string[];
}

/**
 * A base type that stores its text as it is, like the built-in C functions for `text` and `bytea` that it borrows. `modifiers` says what
 * `type(…)` takes: one number (kept, and shown again as `vector(3)`), or anything (accepted and forgotten).
 */
function textType(name: string, modifiers: "number" | "anything" | "none"): string {
  const typmod = { number: "varchartypmodin", anything: "array_ndims", none: null }[modifiers];
  return `
CREATE TYPE ${name};
CREATE FUNCTION ${name}_in(cstring) RETURNS ${name} LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textin';
CREATE FUNCTION ${name}_out(${name}) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textout';
CREATE FUNCTION ${name}_recv(internal) RETURNS ${name} LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textrecv';
CREATE FUNCTION ${name}_send(${name}) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textsend';
${typmod === null ? "" : `CREATE FUNCTION ${name}_typmod_in(cstring[]) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS '${typmod}';`}
${modifiers === "number" ? `CREATE FUNCTION ${name}_typmod_out(integer) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodout';` : ""}
CREATE TYPE ${name} (INPUT = ${name}_in, OUTPUT = ${name}_out, RECEIVE = ${name}_recv, SEND = ${name}_send, STORAGE = extended
  ${typmod === null ? "" : `, TYPMOD_IN = ${name}_typmod_in`}${modifiers === "number" ? `, TYPMOD_OUT = ${name}_typmod_out` : ""});
${comparison(name)}`;
}

/** Order and equality byte by byte: DISTINCT, GROUP BY, UNIQUE and the access methods below need some. */
function comparison(type: string): string {
  const operators: readonly (readonly [string, string, string])[] = [
    ["<", "lt", "COMMUTATOR = >, NEGATOR = >="],
    ["<=", "le", "COMMUTATOR = >=, NEGATOR = >"],
    ["=", "eq", "COMMUTATOR = =, NEGATOR = <>, HASHES, MERGES"],
    ["<>", "ne", "COMMUTATOR = <>, NEGATOR = ="],
    [">=", "ge", "COMMUTATOR = <=, NEGATOR = <"],
    [">", "gt", "COMMUTATOR = <, NEGATOR = <="],
  ];
  return `${operators
    .map(
      ([operator, name, more]) => `
CREATE FUNCTION ${type}_${name}(${type}, ${type}) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'bytea${name}';
CREATE OPERATOR ${operator} (LEFTARG = ${type}, RIGHTARG = ${type}, FUNCTION = ${type}_${name}, ${more});`,
    )
    .join("")}
CREATE FUNCTION ${type}_cmp(${type}, ${type}) RETURNS integer LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'byteacmp';
CREATE FUNCTION ${type}_hash(${type}) RETURNS integer LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'hashvarlena';
CREATE OPERATOR CLASS ${type}_btree_ops DEFAULT FOR TYPE ${type} USING btree AS
  OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 ${type}_cmp(${type}, ${type});
CREATE OPERATOR CLASS ${type}_hash_ops DEFAULT FOR TYPE ${type} USING hash AS OPERATOR 1 =, FUNCTION 1 ${type}_hash(${type});`;
}

/** An index method that stores a hash of each value: it builds, locks and scans like an index, and finds nothing by nearness. */
function hashMethod(method: string, opclasses: readonly (readonly [opclass: string, type: string])[], defaults: readonly string[]): string {
  return `CREATE ACCESS METHOD ${method} TYPE INDEX HANDLER hashhandler;
${opclasses
  .map(
    ([opclass, type]) =>
      `CREATE OPERATOR CLASS ${opclass} ${defaults.includes(opclass) ? "DEFAULT " : ""}FOR TYPE ${type} USING ${method} AS OPERATOR 1 =, FUNCTION 1 ${type}_hash(${type});`,
  )
  .join("\n")}\n`;
}

const sqlFunction = (signature: string, returns: string, body: string): string =>
  `CREATE FUNCTION ${signature} RETURNS ${returns} LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ ${body} $$;`;

function vectorFunctions(type: string): string {
  const numbers = (argument: string): string =>
    `(pg_catalog.string_to_array(pg_catalog.btrim(${argument}::text, '[]'), ',')::pg_catalog.float8[])`;
  const pairs = `unnest(${numbers("$1")}, ${numbers("$2")}) AS u(a, b)`;
  const two = `(${type}, ${type})`;
  const distance = (name: string, operator: string, body: string): string =>
    `${sqlFunction(`${name}${two}`, "double precision", body)}
CREATE OPERATOR ${operator} (LEFTARG = ${type}, RIGHTARG = ${type}, FUNCTION = ${name}, COMMUTATOR = ${operator});`;
  const cast = (other: string): string => `
${sqlFunction(`${type}_from(${other})`, type, `SELECT (pg_catalog.translate($1::text, '{}', '[]'))::${type}`)}
CREATE CAST (${other} AS ${type}) WITH FUNCTION ${type}_from(${other}) AS ASSIGNMENT;`;
  return [
    distance("l2_distance", "<->", `SELECT pg_catalog.sqrt(sum((a - b) ^ 2)) FROM ${pairs}`),
    distance("vector_negative_inner_product", "<#>", `SELECT -sum(a * b) FROM ${pairs}`),
    distance(
      "cosine_distance",
      "<=>",
      `SELECT 1 - sum(a * b) / nullif(pg_catalog.sqrt(sum(a ^ 2)) * pg_catalog.sqrt(sum(b ^ 2)), 0) FROM ${pairs}`,
    ),
    distance("l1_distance", "<+>", `SELECT sum(pg_catalog.abs(a - b)) FROM ${pairs}`),
    sqlFunction(`inner_product${two}`, "double precision", `SELECT sum(a * b) FROM ${pairs}`),
    sqlFunction(`vector_dims(${type})`, "integer", `SELECT pg_catalog.cardinality(${numbers("$1")})`),
    sqlFunction(`vector_norm(${type})`, "double precision", `SELECT pg_catalog.sqrt(sum(a ^ 2)) FROM unnest(${numbers("$1")}) AS u(a)`),
    ...["real[]", "double precision[]", "integer[]", "numeric[]"].map(cast),
  ].join("\n");
}

const VECTOR: ExtensionStub = {
  name: "vector",
  sql: [
    textType("vector", "number"),
    textType("halfvec", "number"),
    textType("sparsevec", "number"),
    vectorFunctions("vector"),
    vectorFunctions("halfvec"),
    hashMethod(
      "hnsw",
      ["vector", "halfvec", "sparsevec"].flatMap((type) =>
        ["l2", "ip", "cosine", "l1"].map((kind) => [`${type}_${kind}_ops`, type] as const),
      ),
      [],
    ),
    hashMethod(
      "ivfflat",
      ["vector", "halfvec"].flatMap((type) => ["l2", "ip", "cosine"].map((kind) => [`${type}_${kind}_ops`, type] as const)),
      ["vector_l2_ops"],
    ),
  ].join("\n"),
  limits: [
    "values are stored as text, so sizes and the cost per row differ from pgvector's, and the number of dimensions is not enforced",
    "hnsw and ivfflat indexes are built as hashes: locks are real, build time and nearest-neighbour plans are not",
  ],
};

const geometryFunction = (signature: string, returns: string, body: string): string => sqlFunction(signature, returns, body);

/** PostGIS as migrations and ORMs use it: types, one GiST operator class, and the functions that columns, defaults and checks call. */
const POSTGIS: ExtensionStub = {
  name: "postgis",
  sql: [
    textType("geometry", "anything"),
    textType("geography", "anything"),
    textType("box2d", "none"),
    textType("box3d", "none"),
    // btree_gist's functions over bytes, under a key type of our own: no second extension is needed.
    `CREATE TYPE tread_gist_key;
CREATE FUNCTION tread_gist_key_in(cstring) RETURNS tread_gist_key AS '$libdir/btree_gist', 'gbtreekey_in' LANGUAGE c IMMUTABLE STRICT;
CREATE FUNCTION tread_gist_key_out(tread_gist_key) RETURNS cstring AS '$libdir/btree_gist', 'gbtreekey_out' LANGUAGE c IMMUTABLE STRICT;
CREATE TYPE tread_gist_key (INTERNALLENGTH = VARIABLE, INPUT = tread_gist_key_in, OUTPUT = tread_gist_key_out, STORAGE = extended);
CREATE FUNCTION tread_gist_decompress(internal) RETURNS internal AS '$libdir/btree_gist', 'gbt_var_decompress' LANGUAGE c IMMUTABLE STRICT;
CREATE FUNCTION tread_gist_compress(internal) RETURNS internal AS '$libdir/btree_gist', 'gbt_bytea_compress' LANGUAGE c IMMUTABLE STRICT;
CREATE FUNCTION tread_gist_penalty(internal, internal, internal) RETURNS internal AS '$libdir/btree_gist', 'gbt_bytea_penalty' LANGUAGE c IMMUTABLE STRICT;
CREATE FUNCTION tread_gist_picksplit(internal, internal) RETURNS internal AS '$libdir/btree_gist', 'gbt_bytea_picksplit' LANGUAGE c IMMUTABLE STRICT;
CREATE FUNCTION tread_gist_union(internal, internal) RETURNS tread_gist_key AS '$libdir/btree_gist', 'gbt_bytea_union' LANGUAGE c IMMUTABLE STRICT;
CREATE FUNCTION tread_gist_same(tread_gist_key, tread_gist_key, internal) RETURNS internal AS '$libdir/btree_gist', 'gbt_bytea_same' LANGUAGE c IMMUTABLE STRICT;`,
    ...["geometry", "geography"].map((type) => {
      const relation = (operator: string, name: string): string =>
        `${sqlFunction(`${type}_${name}(${type}, ${type})`, "boolean", "SELECT $1 = $2")}
CREATE OPERATOR ${operator} (LEFTARG = ${type}, RIGHTARG = ${type}, FUNCTION = ${type}_${name}, COMMUTATOR = ${operator});`;
      return `${relation("&&", "overlaps")}
${relation("~=", "same")}
${sqlFunction(`${type}_distance_knn(${type}, ${type})`, "double precision", "SELECT 0::double precision")}
CREATE OPERATOR <-> (LEFTARG = ${type}, RIGHTARG = ${type}, FUNCTION = ${type}_distance_knn, COMMUTATOR = <->);
CREATE FUNCTION tread_gist_${type}_consistent(internal, ${type}, smallint, oid, internal) RETURNS boolean AS '$libdir/btree_gist', 'gbt_bytea_consistent' LANGUAGE c IMMUTABLE STRICT;
CREATE OPERATOR CLASS gist_${type}_ops${type === "geometry" ? "_2d" : ""} DEFAULT FOR TYPE ${type} USING gist AS
  OPERATOR 3 =, FUNCTION 1 tread_gist_${type}_consistent(internal, ${type}, smallint, oid, internal),
  FUNCTION 2 tread_gist_union(internal, internal), FUNCTION 3 tread_gist_compress(internal), FUNCTION 4 tread_gist_decompress(internal),
  FUNCTION 5 tread_gist_penalty(internal, internal, internal), FUNCTION 6 tread_gist_picksplit(internal, internal),
  FUNCTION 7 tread_gist_same(tread_gist_key, tread_gist_key, internal), STORAGE tread_gist_key;`;
    }),
    "CREATE CAST (geometry AS geography) WITHOUT FUNCTION AS IMPLICIT; CREATE CAST (geography AS geometry) WITHOUT FUNCTION;",
    "CREATE CAST (text AS geometry) WITHOUT FUNCTION AS IMPLICIT; CREATE CAST (geometry AS text) WITHOUT FUNCTION;",
    geometryFunction(
      "st_makepoint(double precision, double precision)",
      "geometry",
      "SELECT pg_catalog.format('POINT(%s %s)', $1, $2)::geometry",
    ),
    geometryFunction(
      "st_point(double precision, double precision)",
      "geometry",
      "SELECT pg_catalog.format('POINT(%s %s)', $1, $2)::geometry",
    ),
    geometryFunction("st_setsrid(geometry, integer)", "geometry", "SELECT $1"),
    geometryFunction("st_transform(geometry, integer)", "geometry", "SELECT $1"),
    geometryFunction("st_srid(geometry)", "integer", "SELECT 4326"),
    ...["st_geomfromtext", "st_geometryfromtext", "st_geomfromewkt", "st_geomfromgeojson"].flatMap((name) => [
      geometryFunction(`${name}(text)`, "geometry", "SELECT $1::geometry"),
      geometryFunction(`${name}(text, integer)`, "geometry", "SELECT $1::geometry"),
    ]),
    geometryFunction("st_geogfromtext(text)", "geography", "SELECT $1::geometry::geography"),
    geometryFunction("st_geographyfromtext(text)", "geography", "SELECT $1::geometry::geography"),
    ...["st_astext", "st_asewkt", "st_asgeojson"].map((name) => geometryFunction(`${name}(geometry)`, "text", "SELECT $1::text")),
    ...["st_x", "st_y", "st_area", "st_length", "st_perimeter"].map((name) =>
      geometryFunction(`${name}(geometry)`, "double precision", "SELECT 0::double precision"),
    ),
    ...["st_centroid", "st_envelope", "st_makevalid", "st_multi", "st_force2d", "st_pointonsurface"].map((name) =>
      geometryFunction(`${name}(geometry)`, "geometry", "SELECT $1"),
    ),
    ...["st_buffer", "st_simplify"].map((name) => geometryFunction(`${name}(geometry, double precision)`, "geometry", "SELECT $1")),
    geometryFunction("st_isvalid(geometry)", "boolean", "SELECT true"),
    geometryFunction("st_isempty(geometry)", "boolean", "SELECT false"),
    geometryFunction("st_geometrytype(geometry)", "text", "SELECT 'ST_Geometry'::text"),
    geometryFunction("st_distance(geometry, geometry)", "double precision", "SELECT 0::double precision"),
    geometryFunction("st_dwithin(geometry, geometry, double precision)", "boolean", "SELECT $1 = $2"),
    ...["st_contains", "st_within", "st_intersects", "st_covers", "st_coveredby", "st_equals", "st_overlaps", "st_touches"].map((name) =>
      geometryFunction(`${name}(geometry, geometry)`, "boolean", "SELECT $1 = $2"),
    ),
    ...["st_intersection", "st_difference", "st_union", "st_collect"].map((name) =>
      geometryFunction(`${name}(geometry, geometry)`, "geometry", "SELECT $1"),
    ),
    geometryFunction(
      "st_makeenvelope(double precision, double precision, double precision, double precision, integer)",
      "geometry",
      "SELECT 'POLYGON EMPTY'::geometry",
    ),
    "CREATE FUNCTION postgis_version() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '3.5 (stub of tread)'::text $$;",
    "CREATE FUNCTION postgis_lib_version() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '3.5.0'::text $$;",
    "CREATE FUNCTION postgis_full_version() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'POSTGIS=\"3.5.0\" (stub of tread)'::text $$;",
    "CREATE TABLE spatial_ref_sys (srid integer PRIMARY KEY, auth_name varchar(256), auth_srid integer, srtext varchar(2048), proj4text varchar(2048));",
    "GRANT SELECT ON spatial_ref_sys TO PUBLIC;",
  ].join("\n"),
  limits: [
    "shapes are stored as text and not understood: spatial predicates compare for equality, measures are 0, SRIDs and types are not enforced",
    "functions of PostGIS beyond the common ones do not exist here",
  ],
};

const POLICY = "(relation regclass, after_interval anyelement DEFAULT NULL::text, if_not_exists boolean DEFAULT false) RETURNS integer";

const TIMESCALE: ExtensionStub = {
  name: "timescaledb",
  sql: `
CREATE FUNCTION create_hypertable(relation regclass, time_column_name name, partitioning_column name DEFAULT NULL, number_partitions integer DEFAULT NULL,
    chunk_time_interval anyelement DEFAULT NULL::bigint, create_default_indexes boolean DEFAULT true, if_not_exists boolean DEFAULT false,
    migrate_data boolean DEFAULT false, OUT hypertable_id integer, OUT schema_name name, OUT table_name name, OUT created boolean)
  LANGUAGE sql AS $$ SELECT 1, n.nspname, c.relname, true FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = $1 $$;
CREATE FUNCTION time_bucket(width interval, ts timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT pg_catalog.to_timestamp(pg_catalog.floor(EXTRACT(epoch FROM $2) / EXTRACT(epoch FROM $1)) * EXTRACT(epoch FROM $1)) $$;
CREATE FUNCTION time_bucket(width interval, ts timestamp) RETURNS timestamp LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT time_bucket($1, $2 AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' $$;
${["add_retention_policy", "add_compression_policy", "add_reorder_policy"]
  .map(
    (name) =>
      `CREATE FUNCTION ${name}${name === "add_reorder_policy" ? "(relation regclass, index_name name, if_not_exists boolean DEFAULT false) RETURNS integer" : POLICY} LANGUAGE sql AS $$ SELECT 1 $$;`,
  )
  .join("\n")}
${["remove_retention_policy", "remove_compression_policy", "remove_reorder_policy"]
  .map((name) => `CREATE FUNCTION ${name}(relation regclass, if_exists boolean DEFAULT false) RETURNS void LANGUAGE sql AS $$ SELECT $$;`)
  .join("\n")}
CREATE FUNCTION set_chunk_time_interval(relation regclass, chunk_time_interval anyelement) RETURNS void LANGUAGE sql AS $$ SELECT $$;`,
  limits: [
    "a hypertable is an ordinary table here: chunks, compression and continuous aggregates do not exist, and locks on chunks are not seen",
  ],
};

const CRON: ExtensionStub = {
  name: "pg_cron",
  sql: `CREATE SCHEMA cron;
CREATE TABLE cron.job (jobid bigserial PRIMARY KEY, schedule text NOT NULL, command text NOT NULL, jobname text, active boolean DEFAULT true);
CREATE FUNCTION cron.schedule(schedule text, command text) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $$ INSERT INTO cron.job (schedule, command) VALUES ($1, $2) RETURNING jobid $$;
CREATE FUNCTION cron.schedule(job_name text, schedule text, command text) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $$ INSERT INTO cron.job (jobname, schedule, command) VALUES ($1, $2, $3) RETURNING jobid $$;
CREATE FUNCTION cron.unschedule(job_name text) RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $$ WITH gone AS (DELETE FROM cron.job WHERE jobname = $1 RETURNING 1) SELECT EXISTS (SELECT FROM gone) $$;
CREATE FUNCTION cron.unschedule(job_id bigint) RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $$ WITH gone AS (DELETE FROM cron.job WHERE jobid = $1 RETURNING 1) SELECT EXISTS (SELECT FROM gone) $$;
GRANT USAGE ON SCHEMA cron TO PUBLIC; GRANT SELECT ON cron.job TO PUBLIC;`,
  limits: ["jobs are recorded and never run"],
};

const UUIDV7: ExtensionStub = {
  name: "pg_uuidv7",
  sql: "CREATE FUNCTION uuid_generate_v7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$ SELECT pg_catalog.gen_random_uuid() $$;",
  limits: ["identifiers are random (version 4), not ordered by time"],
};

/** Extensions about operating a server: schemas do not use their functions, only their name. */
const OPERATIONAL = [
  "pgaudit",
  "pg_repack",
  "hypopg",
  "pg_hint_plan",
  "pg_wait_sampling",
  "pg_qualstats",
  "pg_stat_kcache",
  "pg_stat_monitor",
  "rds_tools",
  "google_vacuum_mgmt",
].map((name): ExtensionStub => ({ name, sql: "SELECT 1;", limits: ["only its name exists here: a call of its functions fails"] }));

export const STUBS: ReadonlyMap<string, ExtensionStub> = new Map(
  [VECTOR, POSTGIS, TIMESCALE, CRON, UUIDV7, ...OPERATIONAL].map((stub) => [stub.name, stub]),
);

/** Index methods of stubs: they take none of the storage parameters that the real ones do. */
export const STUB_INDEX_METHODS: ReadonlySet<string> = new Set(["hnsw", "ivfflat"]);
