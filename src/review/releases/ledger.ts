import { renameSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Document } from "yaml";
import { RELEASES_FILE } from "../../config/known.ts";
import type { ReleaseRecord } from "../../model/release.ts";
import { parseReleases, readReleases } from "./read.ts";
import { readTextFile } from "./read-text.ts";

/** A release that is to be recorded. Dates as in `Release`. */
export interface NewRelease {
  readonly name: string;
  readonly version?: string | null | undefined;
  readonly ref?: string | null | undefined;
  readonly commit?: string | null | undefined;
  readonly path?: string | null | undefined;
  readonly root?: string | null | undefined;
  readonly released: string;
}

/** One thing that happened to a release. */
export type ReleaseEvent =
  | { readonly kind: "released"; readonly release: NewRelease }
  | { readonly kind: "live"; readonly name: string; readonly environment: string; readonly date: string }
  | { readonly kind: "retired"; readonly name: string; readonly environment: string; readonly date: string };

/** Where releases are on record: a file in git. Another keeper (a table in the database that `apply` writes) does the same two things. */
export interface ReleaseLedger {
  /** For messages. */
  readonly where: string;
  /** Oldest release first; empty where nothing is on record yet. @throws ConfigError */
  read(): Promise<ReleaseRecord>;
  /** All of them or none. @throws ConfigError where the result would be no valid record */
  append(events: readonly ReleaseEvent[]): Promise<void>;
}

const BEGINNING = `# Which releases of the app are live where; \`tread release\` writes it, and so may you.
format: tread.releases/1
releases: []
`;

/**
 * `tread.releases.yaml`: what stands in it keeps its order, its comments and its way of writing.
 * @param root absolute folder of the config file
 */
export function fileLedger(root: string, cwd: string, name: string = RELEASES_FILE): ReleaseLedger {
  const path = resolve(root, name);
  return {
    where: name,
    async read() {
      return (await readReleases(root, cwd, name)) ?? { file: name, releases: [] };
    },
    async append(events) {
      await this.read();
      const { parseDocument } = await import("yaml");
      const document = parseDocument(readTextFile(path) ?? BEGINNING);
      for (const event of events) write(document, event);
      const text = document.toString({ lineWidth: 0, flowCollectionPadding: true });
      await parseReleases(name, text);
      // A reader meets the old file or the new one, never half of it.
      const temporary = `${path}.${process.pid}.tmp`;
      try {
        writeFileSync(temporary, text);
        renameSync(temporary, path);
      } finally {
        rmSync(temporary, { force: true });
      }
    },
  };
}

function write(document: Document, event: ReleaseEvent): void {
  switch (event.kind) {
    case "released": {
      const { name, version, ref, commit, path, root, released } = event.release;
      const all = { name, version, ref, commit, path, root, released };
      const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value !== null));
      // An empty list is written as `[]`, and a list that begins so would stay on one line.
      const list = document.get("releases", true);
      if (typeof list === "object" && list !== null && "flow" in list && "items" in list && (list.items as unknown[]).length === 0)
        list.flow = false;
      document.addIn(["releases"], document.createNode(given));
      return;
    }
    case "live":
      document.setIn(
        [...placeOf(document, event.name), event.environment],
        document.createNode({ live: event.date, retired: null }, { flow: true }),
      );
      return;
    case "retired":
      document.setIn([...placeOf(document, event.name), event.environment, "retired"], event.date);
      return;
    default:
      event satisfies never;
  }
}

function placeOf(document: Document, name: string): readonly (string | number)[] {
  const releases = (document.toJS() as { releases?: readonly { name?: string; environments?: unknown }[] }).releases ?? [];
  const index = releases.findIndex((release) => release.name === name);
  const path = ["releases", index, "environments"];
  // `environments:` with nothing behind it is null: there is no map to add to yet.
  if (releases[index]?.environments == null) document.setIn(path, document.createNode({}));
  return path;
}
