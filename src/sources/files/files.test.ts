import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { diskFiles } from "./disk.ts";
import { GitError, gitFiles, gitMergeBase, isInsideRepository } from "./git.ts";
import { compareCodePoints } from "./paths.ts";

let base: string;
let repository: string;
const git = (...args: string[]) =>
  execFileSync("git", ["-C", repository, "-c", "user.name=Ada", "-c", "user.email=ada@example.org", ...args], { encoding: "utf8" }).trim();

function write(root: string, files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

const TREE = {
  "backend/person/models.py": "class Person: ...\n",
  "backend/person/migrations/0001 initial.py": "# with a space\n",
  "backend/straße/models.py": "# unicode\n",
  "backend/node_modules/left-pad/index.py": "",
  "backend/env/pyvenv.cfg": "",
  "backend/env/lib/models.py": "",
  "README.md": "v1\n",
};

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "tread-files-"));
  repository = join(base, "repo");
  mkdirSync(repository);
  write(repository, TREE);
  symlinkSync("../person/models.py", join(repository, "backend/straße/linked.py"));
  symlinkSync("..", join(repository, "backend/loop"));
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("commit", "-q", "-m", "v1");
  git("tag", "release-1.42");
  git("checkout", "-q", "-b", "feature");
  write(repository, { "backend/person/models.py": "class Human: ...\n" });
  git("commit", "-q", "-am", "rename");
  write(repository, { "backend/person/models.py": "not committed\n" });
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const EXPECTED = [
  "backend/person/migrations/0001 initial.py",
  "backend/person/models.py",
  "backend/straße/linked.py",
  "backend/straße/models.py",
];

describe("files on disk", () => {
  test("lists what is the project's own, in code-point order, without going round in a link", () => {
    const files = diskFiles("repo", base);
    expect(files.list("backend")).toEqual(EXPECTED);
    expect(files.list("backend/node_modules/left-pad")).toEqual(["backend/node_modules/left-pad/index.py"]);
    expect(files.list("README.md")).toEqual(["README.md"]);
    expect(files.list("nowhere")).toEqual([]);
  });

  test("names files as the reader can open them from where they are", () => {
    expect(diskFiles("repo", base).display("README.md")).toBe("repo/README.md");
    expect(diskFiles(repository, repository).display("README.md")).toBe("README.md");
    expect(diskFiles(".", repository).label).toBe(".");
    expect(diskFiles(repository, tmpdir() + "/elsewhere").display("README.md")).toBe(join(repository, "README.md"));
  });

  test("a missing file says ENOENT", () => {
    expect(() => diskFiles("repo", base).read("gone.sql")).toThrow(expect.objectContaining({ code: "ENOENT" }));
  });
});

describe("files of a git ref", () => {
  test("are those of the ref, whatever the working tree holds", () => {
    const files = gitFiles(repository, "release-1.42", "backend");
    expect(files.list(".").filter((path) => path.endsWith(".py") && !path.startsWith("env/"))).toEqual(
      EXPECTED.map((path) => path.slice(8)),
    );
    expect(new TextDecoder().decode(files.read("person/models.py"))).toBe("class Person: ...\n");
    expect(new TextDecoder().decode(files.read("straße/models.py"))).toBe("# unicode\n");
    expect(new TextDecoder().decode(files.read("straße/linked.py"))).toBe("class Person: ...\n");
    expect(files.exists("person")).toBe(true);
    expect(files.exists("person/views.py")).toBe(false);
    expect(files.display("person/models.py")).toBe("release-1.42:backend/person/models.py");
    expect(() => files.read("person/views.py")).toThrow(expect.objectContaining({ code: "ENOENT" }));
    expect(new TextDecoder().decode(gitFiles(repository, "feature", "backend").read("person/models.py"))).toBe("class Human: ...\n");
  });

  test("can be read from a folder inside of the repository", () => {
    const files = gitFiles(join(repository, "backend"), "release-1.42", "person");
    expect(files.list(".")).toEqual(["migrations/0001 initial.py", "models.py"]);
  });

  test("a subfolder that the ref does not have holds no files", () => {
    expect(gitFiles(repository, "main", "frontend").list(".")).toEqual([]);
  });

  test("the merge base is where the branch began", () => {
    expect(gitMergeBase(repository, "main", "feature")).toBe(git("rev-parse", "main"));
  });
});

describe("what git cannot give is an error that says what to do", () => {
  const failure = (act: () => unknown): GitError => {
    try {
      act();
    } catch (error) {
      if (error instanceof GitError) return error;
      throw error;
    }
    throw new Error("it did not fail");
  };

  test("a missing ref", () => {
    const error = failure(() => gitFiles(repository, "release-9.9"));
    expect(error.code).toBe("missing-ref");
    expect(error.message).toContain("`release-9.9`");
    expect(error.help).toContain("git tag");
    expect(failure(() => gitFiles(repository, "--output=x")).code).toBe("missing-ref");
  });

  test("a missing ref in a shallow clone", () => {
    const clone = join(base, "shallow");
    execFileSync("git", ["clone", "-q", "--depth=1", "--branch=feature", `file://${repository}`, clone]);
    expect(failure(() => gitFiles(clone, "release-1.42")).help).toContain("git fetch --depth=1 origin release-1.42");
  });

  test("a branch that only the remote has", () => {
    const clone = join(base, "clone");
    execFileSync("git", ["clone", "-q", "--branch=feature", repository, clone]);
    expect(failure(() => gitFiles(clone, "main")).help).toContain("`origin/main`");
  });

  test("a folder that is in no repository", () => {
    const bare = mkdtempSync(join(tmpdir(), "tread-no-git-"));
    expect(isInsideRepository(bare)).toBe(false);
    expect(isInsideRepository(repository)).toBe(true);
    expect(failure(() => gitFiles(bare, "main")).code).toBe("no-repository");
    rmSync(bare, { recursive: true });
  });
});

test("code-point order puts characters beyond U+FFFF after all others", () => {
  expect(["\u{1F6B2}", "\uFF21", "a", "B"].sort(compareCodePoints)).toEqual(["B", "a", "\uFF21", "\u{1F6B2}"]);
});
