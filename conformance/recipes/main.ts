import { startServer } from "../../src/engines/postgres/embedded/index.ts";
import { POSTGRES_MAJORS } from "../../src/engines/postgres/engine.ts";
import { CASES } from "./cases/index.ts";
import { roundTrip, type RoundTrip } from "./round-trip.ts";
import { SERVER_SETTINGS } from "./settings.ts";

/** `npm run recipes [-- --rows=200000 --majors=14,18 --only=not-null]` */
const STALL_MS = 10;
const TRIES = 3;

function option(name: string): string | undefined {
  return process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
}

const rows = Number(option("rows") ?? 200_000);
const majors = (option("majors") ?? "13,18").split(",").flatMap((one) => (one === "all" ? [...POSTGRES_MAJORS] : [Number(one)]));
const only = option("only")?.split(",");
const cases = CASES.filter(({ name }) => only === undefined || only.some((part) => name.includes(part)));
const done: RoundTrip[] = [];
let failed = 0;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

print(
  `${"recipe".padEnd(48)} ${"PG".padEnd(3)} ${"queries".padStart(8)} ${"failed".padStart(7)} ${"stall ms".padStart(9)} ${"plan ms".padStart(8)}  way back, and what is wrong`,
);
for (const major of majors) {
  const own = cases.filter((one) => one.majors?.includes(major) ?? true);
  if (own.length === 0) continue;
  const server = await startServer({
    major,
    offline: false,
    onProgress: (text) => void process.stderr.write(`· ${text}\n`),
    settings: SERVER_SETTINGS,
  });
  try {
    for (const one of own) {
      process.stderr.write(`· PostgreSQL ${major}: ${one.name}\n`);
      let trip: RoundTrip;
      try {
        trip = await roundTrip(server, one, rows);
        // A busy machine only ever adds to a wait: one that the plan causes is there every time.
        for (let again = 1; again < TRIES && trip.wrong.length === 0 && trip.longestStall > STALL_MS; again++)
          trip = await roundTrip(server, one, rows);
      } catch (error) {
        const text = error instanceof Error ? `${error.message}${"help" in error ? ` (${String(error.help)})` : ""}` : String(error);
        trip = {
          case: one.name,
          recipe: "",
          major,
          wrong: [text],
          queries: 0,
          longestStall: 0,
          slowest: "",
          found: [],
          remarks: [],
          undone: [],
          planMs: 0,
        };
      }
      const wrong = [...trip.wrong, ...(trip.longestStall > STALL_MS ? [`the longest stall is over ${STALL_MS} ms: ${trip.slowest}`] : [])];
      if (wrong.length > 0) failed++;
      done.push(trip);
      print(
        `${one.name.padEnd(48)} ${String(major).padEnd(3)} ${String(trip.queries).padStart(8)} ${String(trip.wrong.some((text) => text.includes("failed")) ? "some" : 0).padStart(7)} ${trip.longestStall.toFixed(1).padStart(9)} ${trip.planMs.toFixed(0).padStart(8)}  ${trip.undone.join(", ")}`,
      );
      for (const text of wrong) print(`    WRONG: ${text}`);
      for (const text of new Set(trip.remarks)) print(`    check says: ${text}`);
    }
  } finally {
    await server.stop();
  }
}
print(`${done.length - failed} of ${done.length} recipes hold`);
process.exitCode = failed === 0 && done.length > 0 ? 0 : 1;
