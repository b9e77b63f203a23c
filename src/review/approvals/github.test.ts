import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { project } from "../project.test-helper.ts";
import { sha256 } from "./approval.ts";
import { github } from "./github.ts";

/**
 * A conversation as GitHub's REST documentation records it ("List reviews for a pull request", API version 2022-11-28), with other
 * names: no real server answers here, because a test must not depend on one.
 */
const MIGRATION = "ALTER TABLE hits DROP COLUMN referrer;\n";
const review = (login: string | null, state: string, commit: string, at: string): unknown => ({
  id: 80,
  user: login === null ? null : { login, id: 1, type: "User" },
  body: "",
  state,
  commit_id: commit,
  submitted_at: at,
  author_association: "COLLABORATOR",
});
const OLD = "a".repeat(40);
const NEW = "b".repeat(40);
const REVIEWS = [
  review("grace", "APPROVED", OLD, "2026-11-20T08:00:00Z"),
  review("edsger", "APPROVED", NEW, "2026-11-21T08:00:00Z"),
  review("edsger", "CHANGES_REQUESTED", NEW, "2026-11-21T09:00:00Z"),
  review("barbara", "APPROVED", NEW, "2026-11-21T10:00:00Z"),
  review("barbara", "COMMENTED", NEW, "2026-11-21T11:00:00Z"),
  review("ada", "APPROVED", NEW, "2026-11-21T12:00:00Z"),
  review(null, "APPROVED", NEW, "2026-11-21T13:00:00Z"),
];

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function recorded(
  status = 200,
): Promise<{ readonly api: string; readonly asked: { path: string; authorization: string | undefined }[] }> {
  const asked: { path: string; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push({ path, authorization: request.headers.authorization });
    const content = path.includes(`ref=${NEW}`) ? MIGRATION : "ALTER TABLE hits DROP COLUMN url;\n";
    const body = path.includes("/reviews")
      ? REVIEWS
      : path.includes("/contents/")
        ? { type: "file", encoding: "base64", content: Buffer.from(content).toString("base64") }
        : { number: 7, user: { login: "ada" }, head: { sha: NEW } };
    response
      .writeHead(status, { "content-type": "application/json" })
      .end(JSON.stringify(status === 200 ? body : { message: "Not Found" }));
  });
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return { api: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const options = (api: string, root: string) => ({ pullRequest: "7", repository: "example/shop", api, token: "ghp_secret", root });

test("of each reviewer the last word counts, for the file as it was in the commit that they saw", async () => {
  const { api, asked } = await recorded();
  const approvals = await github(options(api, project({}).folder)).approvals(["migrations/0002.sql"]);
  expect(approvals.map(({ handle, isAuthor, where }) => [handle, isAuthor, where])).toEqual([
    ["@grace", false, "pull request 7 of example/shop"],
    ["@barbara", false, "pull request 7 of example/shop"],
    ["@ada", true, "pull request 7 of example/shop"],
  ]);
  expect(approvals.map((one) => one.contentOf("migrations/0002.sql") === sha256(MIGRATION))).toEqual([false, true, true]);
  expect(approvals[0]?.contentOf("migrations/0001.sql")).toBeNull();
  expect(new Set(asked.map(({ authorization }) => authorization))).toEqual(new Set(["Bearer ghp_secret"]));
});

test("a forge that refuses is said so with exit code 3, and the token is in no message", async () => {
  const { api } = await recorded(404);
  const failure: unknown = await github(options(api, project({}).folder))
    .approvals([])
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({
    exitCode: 3,
    message: "GitHub answered 404 for /repos/example/shop/pulls/7",
    help: expect.stringContaining("GITHUB_TOKEN"),
  });
  expect(JSON.stringify(failure) + String(failure)).not.toContain("ghp_secret");
});

test.each([
  ["latest", /is neither a number nor the address of a pull request/],
  ["0", /is neither a number/],
])("what is no pull request is refused: %s", (pullRequest, message) => {
  expect(() => github({ ...options("http://127.0.0.1:1", "/"), pullRequest })).toThrow(message);
});

test("without a repository only a whole address will do", () => {
  expect(() => github({ ...options("http://127.0.0.1:1", "/"), repository: null })).toThrow("of which repository?");
});
