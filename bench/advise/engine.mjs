// A process with chDB and nothing else: one data directory per process, and it cannot be shut down cleanly.
import { createRequire } from "node:module";

const { Session } = createRequire(import.meta.url)("chdb");
const session = new Session(process.argv[2]);
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
process.on("message", ({ id, sql, format }) => {
  session.queryAsync(sql, { format }).then(
    (result) => process.send({ id, text: result.text() }),
    (error) => process.send({ id, error: `${error.message}\n${sql}` }),
  );
});
