// A process with chDB and nothing else: one data directory per process, and it cannot be shut down cleanly.
import { createRequire } from "node:module";

const { Session } = createRequire(import.meta.url)("chdb");
const session = new Session(process.argv[2]);
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
process.on("message", async ({ id, sql, format }) => {
  try {
    process.send({ id, text: (await session.queryAsync(sql, { format })).text() });
  } catch (error) {
    process.send({ id, error: `${error.message}\n${sql}` });
  }
});
