/**
 * The child process that holds the engine: a crash of the engine, its memory and its one data directory per process are its own. A string,
 * because it must start from a checkout, from dist/ and from the packed command line alike.
 *
 * Arguments: where chDB is, the data directory, the engine's own arguments. Over the IPC channel it first says `ready` or `failed`,
 * then answers each `{ id, sql, format, params }` with `{ id, text, … }` or `{ id, code, message }`.
 */
export const WORKER = `
"use strict";
const [chdb, directory, ...connectionArgs] = process.argv.slice(1);
// tread is gone: the guard removes the directory. chDB segfaults in its exit handlers, so no exit but SIGKILL.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
let session;
try {
  const { Session } = require(chdb);
  session = new Session(directory, { connectionArgs });
  process.send({ ready: process.pid });
} catch (error) {
  process.send({ failed: String(error && error.message || error), reason: String(error && error.name || "") }, () => process.kill(process.pid, "SIGKILL"));
}
process.on("message", async ({ id, sql, format, params }) => {
  try {
    const result = params === null ? await session.queryAsync(sql, { format }) : await session.queryBindAsync(sql, params, { format });
    process.send({ id, text: result.text(), elapsed: result.elapsed });
  } catch (error) {
    process.send({ id, code: Number(error.clickhouseCode ?? 0), message: String(error.message) });
  }
});
`;
