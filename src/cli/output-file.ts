import { accessSync, constants, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ConfigError } from "../config/config-error.ts";

/**
 * Makes sure that a file can be written, before the work whose result goes there: its folder is made where it is missing.
 * @throws ConfigError
 */
export function prepareOutput(path: string | undefined): void {
  if (path === undefined) return;
  const absolute = resolve(process.cwd(), path);
  try {
    mkdirSync(dirname(absolute), { recursive: true });
    accessSync(dirname(absolute), constants.W_OK);
  } catch (error) {
    throw notWritable(path, error);
  }
  if (statSync(absolute, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new ConfigError("the command line", [
      { span: null, setting: "--output", message: `${path} is a folder`, help: "name a file in it" },
    ]);
  }
}

/** @throws ConfigError when it cannot be written */
export function writeOutput(path: string, text: string): void {
  try {
    writeFileSync(resolve(process.cwd(), path), text);
  } catch (error) {
    throw notWritable(path, error);
  }
}

function notWritable(path: string, error: unknown): ConfigError {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  return new ConfigError("the command line", [
    { span: null, setting: "--output", message: `${path} cannot be written (${code})`, help: "choose a folder that you may write to" },
  ]);
}
