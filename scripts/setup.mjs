// What `npm run demo` and `npm test` need before they can start, with nothing but Node and npm on the machine.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Runs a command in the repository and ends this process with its status when it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (result.error) fail(`${command} could not be started: ${result.error.message}`);
  if (result.status !== 0) process.exit(result.status ?? 1);
}

export function fail(message) {
  console.error(message);
  process.exit(1);
}

function say(message) {
  console.error(`· ${message}`);
}

/** Installs the dependencies when they are missing or older than the lock file. */
export function install() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    fail(`tread needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer one from https://nodejs.org.`);
  const marker = join(root, "node_modules", ".package-lock.json");
  if (existsSync(marker) && mtime(marker) >= mtime(join(root, "package-lock.json"))) return;
  say(
    "installing the dependencies (about 95 packages, a real PostgreSQL (about 50 MB to download) and ClickHouse (about 180 MB) among them)",
  );
  // No dependency needs an install script: the server's symlinks are made by tread itself. Not `npm ci`: it refuses a lock file that
  // was written where a registry does not carry the builds of every other platform (the linters' and formatters', all optional).
  run("npm", ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    shell: process.platform === "win32",
    stdio: ["ignore", "ignore", "inherit"],
  });
  say("installed");
}

/** Compiles `src` to `dist` when something there is newer. */
export function build() {
  const stamp = join(root, "dist", ".built");
  if (existsSync(stamp) && newest(join(root, "src")) <= mtime(stamp) && mtime(join(root, "tsconfig.json")) <= mtime(stamp)) return;
  say("building");
  run(process.execPath, [join(root, "scripts", "build.mjs")]);
}

function mtime(path) {
  return statSync(path).mtimeMs;
}

function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) latest = Math.max(latest, mtime(join(entry.parentPath ?? entry.path, entry.name)));
  }
  return latest;
}
