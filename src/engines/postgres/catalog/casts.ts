/**
 * `pg_cast` between types of the server, without those through text (measured on 18.4; 13 lacks only some explicit ones). Per source
 * type the targets of implicit casts, of those on assignment, and of explicit ones.
 */
const ROWS = `
"char" | text | character, character varying | integer
bigint | double precision, numeric, oid, real, reg | integer, money, smallint | bit, bytea
bit | bit varying | | bigint, integer
bit varying | bit | |
boolean | | character, character varying, text | integer
box | | polygon | circle, lseg, point
bytea | | | bigint, integer, smallint
character | character varying, name, text | "char" | xml
character varying | character, name, regclass, text | "char" | xml
cidr | inet | character, character varying, text |
circle | | | box, point, polygon
date | timestamp with time zone, timestamp without time zone | |
double precision | | bigint, integer, numeric, real, smallint |
inet | | character, character varying, cidr, text |
integer | bigint, double precision, numeric, oid, real, reg | money, smallint | "char", bit, boolean, bytea
interval | | time without time zone |
json | | jsonb |
jsonb | | json | bigint, boolean, double precision, integer, numeric, real, smallint
lseg | | | point
macaddr | macaddr8 | |
macaddr8 | macaddr | |
money | | numeric |
name | text | character, character varying |
numeric | double precision, real | bigint, integer, money, smallint |
oid | reg | bigint, integer |
path | | polygon | point
point | | box |
polygon | | path | box, circle, point
real | double precision | bigint, integer, numeric, smallint |
regclass | oid | bigint, integer |
smallint | bigint, double precision, integer, numeric, oid, real, reg | | bytea
text | character, character varying, name, regclass | "char" | xml
time with time zone | | time without time zone |
time without time zone | interval, time with time zone | |
timestamp with time zone | | date, time with time zone, time without time zone, timestamp without time zone |
timestamp without time zone | timestamp with time zone | date, time without time zone |
xid8 | | | xid
xml | | character, character varying, text |
int4range | | | int4multirange
int8range | | | int8multirange
numrange | | | nummultirange
daterange | | | datemultirange
tsrange | | | tsmultirange
tstzrange | | | tstzmultirange
uuid | | |
xid | | |
pg_lsn | | |
tsvector | | |
tsquery | | |
line | | |
jsonpath | | |`;

const REG = ["regclass", "regnamespace", "regproc", "regprocedure", "regrole", "regtype"];

export type CastContext = "implicit" | "assignment" | "explicit";
const CONTEXTS: readonly CastContext[] = ["implicit", "assignment", "explicit"];

interface Casts {
  readonly implicit: readonly string[];
  readonly assignment: readonly string[];
  readonly explicit: readonly string[];
}

/** By source; a type that is no key is none of the server's, or not known well enough to say what it cannot be cast to. */
export const CASTS: ReadonlyMap<string, Casts> = new Map(
  ROWS.trim()
    .split("\n")
    .map((row): [string, Casts] => {
      const [source = "", implicit = "", assignment = "", explicit = ""] = row.split("|").map((part) => part.trim());
      return [source, { implicit: targets(implicit), assignment: targets(assignment), explicit: targets(explicit) }];
    }),
);

function targets(list: string): readonly string[] {
  return list.split(", ").flatMap((name) => (name === "reg" ? REG : name === "" ? [] : [name]));
}

/** Whether `pg_cast` has a cast that may be used in this context: an implicit one may be used in all. */
export function isInCatalog(from: string, to: string, context: CastContext): boolean {
  const casts = CASTS.get(from);
  return casts !== undefined && CONTEXTS.slice(0, CONTEXTS.indexOf(context) + 1).some((one) => casts[one].includes(to));
}
