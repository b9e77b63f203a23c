import { createHash } from "node:crypto";
import { relative, resolve } from "node:path";
import { gitFiles, GitError } from "../../sources/files/git.ts";
import { Refused } from "../releases/refused.ts";
import type { Forge, ForgeApproval } from "./forge.ts";
import { repositoryTop } from "./git-people.ts";

export interface GitHubOptions {
  /** `https://github.com/example/shop/pull/7`, or `7` where `repository` is known. */
  readonly pullRequest: string;
  /** `example/shop`, as GitHub's own CI says it (`GITHUB_REPOSITORY`); null: only an address will do. */
  readonly repository: string | null;
  /** `GITHUB_API_URL`; default: https://api.github.com. */
  readonly api: string | null;
  /** Never printed, and sent to `api` only. Null: only public repositories answer. */
  readonly token: string | null;
  /** Absolute: the config's folder. */
  readonly root: string;
}

interface PullRequest {
  readonly api: string;
  readonly owner: string;
  readonly repo: string;
  readonly number: number;
}

const TIMEOUT_MS = 20_000;
const PER_PAGE = 100;

/** Reviews of a pull request on GitHub (docs.github.com, REST API, "Pull request reviews"). @throws Refused for what is no pull request */
export function github(options: GitHubOptions): Forge {
  const pull = pullRequestOf(options);
  return {
    name: "GitHub",
    async approvals(paths) {
      const base = `${pull.api}/repos/${pull.owner}/${pull.repo}`;
      const opened = text(field(await ask(`${base}/pulls/${pull.number}`, options), "user"), "login");
      const standing = standingReviews(await allPages(`${base}/pulls/${pull.number}/reviews`, options));
      const approvals: ForgeApproval[] = [];
      for (const { login, commit, at } of standing) {
        const contents = new Map<string, string | null>();
        for (const path of paths) contents.set(path, await hashAt(base, commit, path, options));
        approvals.push({
          handle: `@${login}`,
          at,
          commit,
          isAuthor: login.toLowerCase() === opened.toLowerCase(),
          where: `pull request ${pull.number} of ${pull.owner}/${pull.repo}`,
          contentOf: (path) => contents.get(path) ?? null,
        });
      }
      return approvals;
    },
  };
}

function pullRequestOf({ pullRequest, repository, api }: GitHubOptions): PullRequest {
  const address = /^https?:\/\/([^/]+)\/([^/]+)\/([^/]+)\/pull\/(\d+)/.exec(pullRequest);
  const [owner, repo] = address === null ? (repository ?? "").split("/") : [address[2], address[3]];
  const number = Number(address?.[4] ?? pullRequest.replace(/^#/, ""));
  if (!Number.isSafeInteger(number) || number <= 0)
    throw new Refused(
      `--pull-request: ${JSON.stringify(pullRequest)} is neither a number nor the address of a pull request`,
      "https://github.com/OWNER/REPOSITORY/pull/7",
    );
  if (owner === undefined || owner === "" || repo === undefined)
    throw new Refused(
      `--pull-request ${number}: of which repository?`,
      "give its whole address, or set GITHUB_REPOSITORY to OWNER/REPOSITORY",
    );
  // The token goes where the user's environment says, never to a host that an argument names.
  const own = api ?? "https://api.github.com";
  return { api: own.replace(/\/$/, ""), owner, repo, number };
}

/** Of each reviewer the last review that says something: a later "changes requested", or a dismissal, takes an approval back. */
function standingReviews(reviews: readonly unknown[]): readonly { login: string; commit: string; at: string }[] {
  const last = new Map<string, { state: string; login: string; commit: string; at: string }>();
  for (const review of reviews) {
    const state = text(review, "state");
    if (state === "COMMENTED" || state === "PENDING") continue;
    const user = field(review, "user");
    // Whoever deleted their account is null.
    if (user === null) continue;
    const login = text(user, "login");
    last.set(login, { state, login, commit: text(review, "commit_id"), at: text(review, "submitted_at") });
  }
  return [...last.values()].filter(({ state }) => state === "APPROVED");
}

async function hashAt(base: string, commit: string, path: string, options: GitHubOptions): Promise<string | null> {
  const top = repositoryTop(options.root);
  const inRepository = top === null ? path : relative(top, resolve(options.root, path)).replaceAll("\\", "/");
  try {
    const files = gitFiles(options.root, commit);
    return files.exists(path) ? createHash("sha256").update(files.read(path)).digest("hex") : null;
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
  }
  // Not fetched here: GitHub has it.
  const where = `${base}/contents/${inRepository.split("/").map(encodeURIComponent).join("/")}?ref=${encodeURIComponent(commit)}`;
  const found = await request(where, options, [404]);
  if (found.status === 404) return null;
  const content = text(found.body, "content");
  return createHash("sha256").update(Buffer.from(content, "base64")).digest("hex");
}

async function allPages(address: string, options: GitHubOptions): Promise<readonly unknown[]> {
  const all: unknown[] = [];
  for (let page = 1; ; page++) {
    const body = await ask(`${address}?per_page=${PER_PAGE}&page=${page}`, options);
    if (!Array.isArray(body)) throw new Refused("GitHub answered with something that is no list of reviews", "", 3);
    all.push(...(body as readonly unknown[]));
    if (body.length < PER_PAGE) return all;
  }
}

async function ask(address: string, options: GitHubOptions): Promise<unknown> {
  return (await request(address, options, [])).body;
}

async function request(
  address: string,
  { token }: GitHubOptions,
  tolerated: readonly number[],
): Promise<{ status: number; body: unknown }> {
  let response: Response;
  try {
    response = await fetch(address, {
      headers: {
        accept: "application/vnd.github+json",
        "x-github-api-version": "2022-11-28",
        "user-agent": "tread",
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      // A redirect could lead the token elsewhere.
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    const why = error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error);
    throw new Refused(
      `GitHub could not be asked: ${why}`,
      "check GITHUB_API_URL and the network; without --pull-request only approvals on file count",
      3,
    );
  }
  if (!response.ok && !tolerated.includes(response.status)) {
    const help =
      response.status === 404 || response.status === 401 || response.status === 403
        ? token === null
          ? "GITHUB_TOKEN is not set: a private repository answers only with one that may read pull requests"
          : "the token in GITHUB_TOKEN must be allowed to read pull requests of this repository"
        : "try again later";
    throw new Refused(`GitHub answered ${response.status} for ${new URL(address).pathname}`, help, 3);
  }
  try {
    return { status: response.status, body: await response.json() };
  } catch {
    throw new Refused(`GitHub answered with something that is no JSON for ${new URL(address).pathname}`, "", 3);
  }
}

function field(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? ((value as Readonly<Record<string, unknown>>)[key] ?? null) : null;
}

function text(value: unknown, key: string): string {
  const found = field(value, key);
  if (typeof found !== "string")
    throw new Refused(`GitHub's answer has no \`${key}\``, "the address may not be that of GitHub's REST API", 3);
  return found;
}
