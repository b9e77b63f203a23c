/** What others are built on comes first: tables with rows, then what forwards to them, then what reads them. */
const RANK: readonly (readonly [RegExp, number])[] = [
  [/^\s*(?:CREATE|ATTACH)\s+(?:OR\s+REPLACE\s+)?DATABASE\b/i, 0],
  [/^\s*CREATE\s+(?:OR\s+REPLACE\s+)?FUNCTION\b/i, 1],
  [/^\s*CREATE\s+NAMED\s+COLLECTION\b/i, 1],
  [/^\s*(?:CREATE|ATTACH)\s+(?:OR\s+REPLACE\s+)?DICTIONARY\b/i, 5],
  [/^\s*(?:CREATE|ATTACH)\s+MATERIALIZED\s+VIEW\b/i, 7],
  [/^\s*(?:CREATE|ATTACH)\s+(?:OR\s+REPLACE\s+)?(?:LIVE\s+|WINDOW\s+)?VIEW\b/i, 6],
  [/\bENGINE\s*=\s*(?:Distributed|Buffer|Merge|Dictionary|Alias)\s*\(/i, 3],
];

/** The statements in an order in which a server takes them, otherwise as they were. */
export function inOrderOfUse(statements: readonly string[]): readonly string[] {
  const ranked = statements.map((sql, at) => ({ sql, at, rank: RANK.find(([pattern]) => pattern.test(sql))?.[1] ?? 2 }));
  const sorted = ranked.sort((a, b) => a.rank - b.rank || a.at - b.at);
  const views = sorted.filter(({ rank }) => rank === 6);
  if (views.length < 2) return sorted.map(({ sql }) => sql);
  const ordered = new Set(viewsInOrder(views.map(({ sql }) => sql)));
  return [
    ...sorted.filter(({ rank }) => rank < 6).map(({ sql }) => sql),
    ...ordered,
    ...sorted.filter(({ rank }) => rank > 6).map(({ sql }) => sql),
  ];
}

/** A view that reads another comes after it. */
function viewsInOrder(views: readonly string[]): readonly string[] {
  const byName = new Map(views.map((sql) => [nameOf(sql), sql]));
  const ordered: string[] = [];
  const seen = new Set<string>();
  const add = (name: string, sql: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const words = new Set(sql.match(/[\w`.]+/g)?.map((word) => word.replaceAll("`", "")) ?? []);
    for (const [other, text] of byName) if (other !== name && words.has(other)) add(other, text);
    ordered.push(sql);
  };
  for (const [name, sql] of byName) add(name, sql);
  return ordered;
}

function nameOf(sql: string): string {
  return (/\bVIEW\s+(?:IF\s+NOT\s+EXISTS\s+)?([\w`.]+)/i.exec(sql)?.[1] ?? sql).replaceAll("`", "");
}

/** Servers hide secrets in what they print, unless they were told not to: then tread hides them. */
export function withoutSecrets(sql: string): string {
  return sql
    .replace(/\b(PASSWORD|SECRET_ACCESS_KEY|ACCESS_KEY_ID)(\s*=?\s*)'(?:[^'\\]|\\.|'')*'/gi, "$1$2'[HIDDEN]'")
    .replace(
      /\b(kafka_sasl_password|nats_password|rabbitmq_password|password|secret_access_key)(\s*=\s*)'(?:[^'\\]|\\.|'')*'/gi,
      "$1$2'[HIDDEN]'",
    )
    .replace(
      /((?:PostgreSQL|MySQL|MongoDB|MaterializedPostgreSQL|postgresql|mysql|mongodb)\s*\(\s*(?:'(?:[^'\\]|\\.)*'\s*,\s*){4})'(?:[^'\\]|\\.|'')*'/g,
      "$1'[HIDDEN]'",
    )
    .replace(
      /((?:S3|S3Queue|s3|s3Cluster)\s*\(\s*'(?:[^'\\]|\\.)*'\s*,\s*'(?:[^'\\]|\\.)*'\s*,\s*)'(?:[^'\\]|\\.|'')*'(?=\s*,)/g,
      "$1'[HIDDEN]'",
    );
}
