import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { availableMajors } from "../src/engines/postgres/embedded/packages.ts";
import { POSTGRES_MAJORS } from "../src/engines/postgres/engine.ts";
import { SceneError } from "./read-scene.ts";

export const USAGE = `npm run conformance -- [options]

  --only NAME       a family, a file, or file:part-of-a-case's-name; may be repeated; no generated statements then
  --majors LIST     13,18 (default: all)
  --stored          predictions against the stored observations, without a server
  --update          run everything and store what the servers do
  --missing         run only files with cases that are not stored yet, and store those
  --seed N          of the first generated schema (default 1)
  --statements N    generated statements per version (default 5000; 0 for none)
  --generated       only generated statements
  --root FOLDER     that holds cases/ and observed/ (default: conformance)`;

/** Hold observations against what is stored, replace what is stored, or add what is missing there. */
export type ObserveMode = "compare" | "update" | "missing";

export interface Options {
  readonly help: boolean;
  readonly root: string;
  readonly only: readonly string[];
  readonly majors: readonly number[];
  readonly stored: boolean;
  readonly observe: ObserveMode;
  readonly seed: number;
  /** Generated statements per major. */
  readonly statements: number;
  readonly cases: boolean;
}

/** @throws SceneError in words for an argument that makes no sense */
export function readOptions(args: readonly string[], cwd: string): Options {
  const { values } = parse(args);
  const only = values.only ?? [];
  const stored = values.stored === true;
  const observe = values.update === true ? "update" : values.missing === true ? "missing" : "compare";
  if (observe !== "compare" && only.some((name) => name.includes(":")))
    throw new SceneError(`--${observe} stores whole files: leave out the case's name behind the colon of --only`);
  const quiet = only.length > 0 || stored;
  return {
    help: values.help === true,
    root: resolve(cwd, values.root ?? join("conformance")),
    only,
    majors: readMajors(values.majors, stored),
    stored,
    observe,
    seed: readNumber("seed", values.seed, 1),
    statements: readNumber("statements", values.statements, quiet ? 0 : 5000),
    cases: values.generated !== true,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: "string", multiple: true },
        majors: { type: "string" },
        stored: { type: "boolean" },
        update: { type: "boolean" },
        missing: { type: "boolean" },
        seed: { type: "string" },
        statements: { type: "string" },
        generated: { type: "boolean" },
        root: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new SceneError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`, { cause: error });
  }
}

function readMajors(text: string | undefined, stored: boolean): readonly number[] {
  const possible: readonly number[] = stored ? POSTGRES_MAJORS : availableMajors();
  if (text === undefined || text === "all") return possible;
  const majors = text.split(",").map(Number);
  const wrong = majors.find((major) => !possible.includes(major));
  if (wrong !== undefined) throw new SceneError(`--majors ${text}: here are ${possible.join(", ")}`);
  return majors;
}

function readNumber(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new SceneError(`--${name} ${text}: a whole number is wanted`);
  return number;
}
