import type { ParsedStatement, Statement } from "../parse/ast.ts";
import { functionName, walkTree } from "./walk.ts";

/**
 * Functions, scalar and in table position, that read or write files, run programs or connect elsewhere. The sandbox's grants forbid
 * most of them (497); refusing them by name says so before anything ran, and says why.
 */
const REACHING: ReadonlyMap<string, string> = new Map([
  ...["file", "fileCluster", "filesystem", "catboostEvaluate", "sqlite", "hdfs", "hdfsCluster"].map(
    (name) => [name, "reads files of the machine"] as const,
  ),
  ...["executable", "executable_pool", "python"].map((name) => [name, "runs programs of the machine"] as const),
  ...[
    "url",
    "urlCluster",
    "urlEngine",
    "remote",
    "remoteSecure",
    "s3",
    "s3Cluster",
    "gcs",
    "oss",
    "cosn",
    "azureBlobStorage",
    "azureBlobStorageCluster",
    "mysql",
    "postgresql",
    "mongodb",
    "redis",
    "odbc",
    "jdbc",
    "iceberg",
    "icebergS3",
    "icebergAzure",
    "icebergHDFS",
    "icebergLocal",
    "icebergCluster",
    "icebergS3Cluster",
    "icebergAzureCluster",
    "icebergHDFSCluster",
    "deltaLake",
    "deltaLakeS3",
    "deltaLakeAzure",
    "deltaLakeLocal",
    "deltaLakeCluster",
    "deltaLakeS3Cluster",
    "deltaLakeAzureCluster",
    "hudi",
    "hudiCluster",
    "paimon",
    "paimonS3",
    "paimonAzure",
    "paimonHDFS",
    "paimonLocal",
    "ytsaurus",
    "arrowFlight",
    "arrowflight",
    "prometheusQuery",
    "prometheusQueryRange",
    "aiGenerate",
  ].map((name) => [name.toLowerCase(), "connects to another server"] as const),
]);

/** Engines of tables and databases that reach outside, where no stand-in is known. The stand-ins are in `stand-in.ts`. */
const SYSTEM_COMMANDS =
  /^(?:SHUTDOWN|KILL|RELOAD (?:CONFIG|USERS)|SUSPEND|JEMALLOC|(?:ENABLE|DISABLE) FAILPOINT|WAIT FAILPOINT|INSTRUMENT|START LISTEN|STOP LISTEN|UNFREEZE|RESTORE DATABASE)/i;

/**
 * Why tread does not run this statement in a rehearsal, or null. What is not refused here may still be refused by the engine: the sandbox
 * user holds no right to any source but its own server (`configuration.ts`).
 */
export function refusal(parsed: ParsedStatement): string | null {
  if (parsed.output.intoOutfile !== null) return "INTO OUTFILE writes a file of the machine";
  const { statement } = parsed;
  if (statement.kind === "opaque") return refuseText(parsed.text);
  return refuseStatement(statement) ?? refuseFunctions(statement);
}

function refuseStatement(statement: Statement): string | null {
  switch (statement.kind) {
    case "insert":
      return statement.source.kind === "infile" ? "FROM INFILE reads a file of the machine" : null;
    case "system":
      return SYSTEM_COMMANDS.test(statement.command) ? `SYSTEM ${statement.command} commands the whole server` : null;
    case "backup":
    case "restore":
      return `${statement.kind.toUpperCase()} reads or writes outside of the database`;
    case "parallel":
      return statement.statements.map(refuseStatement).find((reason) => reason !== null) ?? null;
    case "create-table":
      return statement.attachFrom === null ? null : "ATTACH TABLE … FROM reads files of the machine";
    case "alter-table":
      return statement.commands.some((command) => command.kind === "fetch-partition") ? "FETCH PARTITION connects to another server" : null;
    default:
      return null;
  }
}

function refuseFunctions(statement: Statement): string | null {
  let found: string | null = null;
  walkTree(statement, (node) => {
    const name = functionName(node);
    const why = name === null ? undefined : REACHING.get(name.toLowerCase());
    if (why !== undefined) found ??= `${name}() ${why}`;
  });
  return found;
}

/** What no grant forbids, looked for in the text of a statement that was not understood. Rather too much than too little. */
const HOLES: readonly (readonly [RegExp, string])[] = [
  [/\bINTO\s+OUTFILE\b/i, "INTO OUTFILE writes a file of the machine"],
  [/\bINFILE\b/i, "FROM INFILE reads a file of the machine"],
  [/\bDICTIONARY\b[\s\S]*\bSOURCE\b/i, "a dictionary's source may run programs or connect elsewhere"],
  [/\bexecutable/i, "executable() runs programs of the machine"],
  [/\bSYSTEM\b/i, "a SYSTEM command that tread does not know may command the whole server"],
  [/\bATTACH\b[\s\S]*\bFROM\b/i, "ATTACH … FROM reads files of the machine"],
];

function refuseText(text: string): string | null {
  return HOLES.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}
