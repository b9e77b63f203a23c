import { join } from "node:path";
import { parseArgs } from "node:util";
import { startServer } from "../src/engines/postgres/embedded/index.ts";
import { availableMajors } from "../src/engines/postgres/embedded/packages.ts";
import { loadPostgres } from "../src/engines/postgres/index.ts";
import { compare } from "./compare.ts";
import { loadScenes } from "./files.ts";
import { SceneError } from "./read-scene.ts";
import { observeScene, predictScene } from "./run-cases.ts";
import { holds } from "./scene.ts";

const USAGE = `npm run conformance -- [options]
  --only NAME      a family, a file, or file:part-of-a-case's-name; may be repeated
  --majors LIST    13,18; default all that this machine can run`;

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", multiple: true, default: [] },
      majors: { type: "string" },
      root: { type: "string", default: join(process.cwd(), "conformance") },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const majors = values.majors === undefined || values.majors === "all" ? availableMajors() : values.majors.split(",").map(Number);
  try {
    const { scenes, unreadable } = loadScenes(join(values.root, "cases"), values.only);
    const engine = await loadPostgres();
    let differences = unreadable.length;
    for (const trouble of unreadable) console.log(trouble);
    let cases = 0;
    for (const major of majors) {
      await using server = await startServer({ major, offline: false, onProgress: (message) => console.error(message), settings: { max_connections: "100" } });
      for (const scene of scenes) {
        try {
          const observed = await observeScene(server, scene);
          const { predictions, opaqueSetup } = predictScene(engine, scene, major, observed);
          for (const reason of opaqueSetup) {
            differences++;
            console.log(`${scene.file}:${scene.setup.line} PostgreSQL ${major}: the setup is not understood: ${reason}`);
          }
          for (const one of scene.cases) {
            const [prediction, seen] = [predictions.get(one.name), observed.cases[one.name]];
            if (prediction === undefined || seen === undefined) continue;
            cases++;
            const found = compare(prediction, seen);
            const accepted = one.accepted.find((a) => holds(a.majors, major));
            if (found.length === 0) continue;
            if (accepted === undefined) differences++;
            console.log(`conformance/cases/${scene.file}:${one.line} PostgreSQL ${major}: ${one.name}`);
            for (const { kind, predicted, observed: saw } of found) {
              console.log(`    ${kind}: predicted ${predicted}\n    ${" ".repeat(kind.length)}   observed ${saw}`);
            }
          }
        } catch (error) {
          differences++;
          console.log(error instanceof Error ? error.message : String(error));
        }
      }
    }
    console.log(`${cases} cases, ${differences} differences`);
    return differences > 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof SceneError)) throw error;
    console.error(error.message);
    return 2;
  }
}
