/** A database that could not be asked: what happened, and what to do. Exit code 3: nothing was checked. Never holds a password. */
export class DatabaseTrouble extends Error {
  override readonly name = "DatabaseTrouble";
  readonly help: string;
  readonly exitCode: number;
  /** SQLSTATE or the system's error code, for those who try something else. */
  readonly code: string | null;

  constructor(message: string, help: string, code: string | null = null, exitCode = 3) {
    super(message);
    this.help = help;
    this.code = code;
    this.exitCode = exitCode;
  }
}

interface Explanation {
  readonly message: string;
  readonly help: string;
}

/** What the codes mean to somebody who only wanted an answer. `where` is the target without its password. */
const EXPLAINED: Readonly<Record<string, (where: string, said: string) => Explanation>> = {
  ECONNREFUSED: (where) => ({
    message: `nothing answers at ${where}`,
    help: "is the server running, and are the host and the port right? From a container, `localhost` is the container itself",
  }),
  ENOENT: (where) => ({
    message: `there is no socket at ${where}`,
    help: "is the server running? For TCP name a host: postgres://user@127.0.0.1:5432/database",
  }),
  EACCES: (where) => ({ message: `the socket at ${where} may not be opened by you`, help: "ask for a TCP host, or run as a user who may" }),
  ENOTFOUND: (where) => ({ message: `the host of ${where} is not known`, help: "check the spelling, and whether a VPN must be up" }),
  EAI_AGAIN: (where) => ({
    message: `the host of ${where} could not be looked up`,
    help: "the name server did not answer: is the network up?",
  }),
  ETIMEDOUT: (where) => ({
    message: `no answer from ${where} in time`,
    help: "a firewall may drop the packets; is a VPN or a tunnel needed?",
  }),
  EHOSTUNREACH: (where) => ({ message: `${where} cannot be reached`, help: "is a VPN or a tunnel needed?" }),
  ENETUNREACH: (where) => ({ message: `${where} cannot be reached`, help: "is a VPN or a tunnel needed?" }),
  ECONNRESET: (where) => ({
    message: `${where} closed the connection`,
    help: "something that is no Postgres may listen there, or a proxy turned the connection away",
  }),
  "28P01": (where, said) => ({
    message: `${where} refused the login: ${said}`,
    help: "check the user and the password in the URL, in PGPASSWORD or in ~/.pgpass",
  }),
  "28000": (where, said) => ({
    message: `${where} refused the login: ${said}`,
    help: "pg_hba.conf decides who may connect from where; a server that insists on TLS wants sslmode=require",
  }),
  "3D000": (where, said) => ({ message: `${where}: ${said}`, help: "the last part of the URL is the database's name" }),
  "42501": (where, said) => ({ message: `${where}: ${said}`, help: "GRANT the role what is named, or use one that has it" }),
  "53300": (where, said) => ({ message: `${where} has no free connection: ${said}`, help: "try again later; tread needs one connection" }),
  "57P03": (where, said) => ({ message: `${where} does not take connections now: ${said}`, help: "try again when it is up" }),
  "57014": (where) => ({
    message: `${where} took longer than allowed`,
    help: "the statement timeout of tread's own session ended it; raise it with --timeout",
  }),
  "55P03": (where, said) => ({
    message: `${where}: somebody holds a lock that reading the catalogue must wait for (${said})`,
    help: "another session is changing a table; try again when it is done",
  }),
  "25006": (where, said) => ({ message: `${where}: ${said}`, help: "tread only reads; this is a defect in tread" }),
  DEPTH_ZERO_SELF_SIGNED_CERT: (where) => tls(where, "its certificate is signed by itself"),
  SELF_SIGNED_CERT_IN_CHAIN: (where) => tls(where, "its certificate's authority is not trusted here"),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: (where) => tls(where, "its certificate's authority is not known here"),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: (where) => tls(where, "its certificate's authority is not known here"),
  CERT_HAS_EXPIRED: (where) => tls(where, "its certificate has expired"),
  ERR_TLS_CERT_ALTNAME_INVALID: (where) => tls(where, "its certificate is for another host"),
};

function tls(where: string, why: string): Explanation {
  return {
    message: `no trusted TLS connection to ${where}: ${why}`,
    help: "give the authority's certificate with sslrootcert=FILE in the URL, or sslmode=require to encrypt without checking whom one talks to",
  };
}

/**
 * Any failure of a connection or a query as one clear error.
 * @param where the target without its password
 * @param redact takes the password out of what the server or a library said
 */
export function troubleOf(error: unknown, where: string, redact: (text: string) => string): DatabaseTrouble {
  if (error instanceof DatabaseTrouble) return error;
  const code = codeOf(error);
  const said = redact(saidBy(error));
  const known = code === null ? undefined : EXPLAINED[code];
  if (known !== undefined) {
    const { message, help } = known(where, said);
    return new DatabaseTrouble(message, help, code);
  }
  if (/timeout expired|timed out/i.test(said)) {
    const { message, help } = EXPLAINED["ETIMEDOUT"]?.(where, said) ?? { message: said, help: "" };
    return new DatabaseTrouble(message, help, "ETIMEDOUT");
  }
  if (/does not support SSL/i.test(said)) {
    return new DatabaseTrouble(
      `${where} offers no TLS`,
      "sslmode=disable in the URL connects without; then passwords and answers travel in the clear",
      code,
    );
  }
  if (/terminated|Connection ended|not queryable|connection was closed/i.test(said)) {
    return new DatabaseTrouble(
      `${where} closed the connection`,
      "the server's log says why; a proxy or a pooler may have turned it away",
      code,
    );
  }
  return new DatabaseTrouble(`${where}: ${said}${code === null ? "" : ` (${code})`}`, "", code);
}

/** What the server or the system said. Node tries every address of a host and then reports them all in one error without a message. */
function saidBy(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return saidBy(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}

export function codeOf(error: unknown): string | null {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string" ? error.code : null;
}
