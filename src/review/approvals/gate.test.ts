import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { tread, type Ran } from "../../cli/tread.test-helper.ts";
import { findings, project, temporaryFolder, type Person, type Project } from "../project.test-helper.ts";

const ada: Person = { name: "Ada Lovelace", email: "ada@example.org" };
const grace: Person = { name: "Grace Hopper", email: "grace@example.org" };
const mallory: Person = { name: "Mallory", email: "mallory@example.org" };

const config = (policy: string): string => `sources: [{ type: sql-dir, path: migrations, appliedThrough: 0001_initial }]
environments: { cloud: { assume: small } }
live: [{ name: v1, sql: v1.sql }]
policy:
${policy}
`;
const REVIEW = "  review: [{ approvers: [grace@example.org, ada@example.org] }]";
const MIGRATION = "migrations/0002_forget_fax.sql";

/** Ada has written a migration that drops a column, and committed it. */
function clinic(policy = REVIEW, more: Readonly<Record<string, string>> = {}): Project {
  const there = project({
    "tread.config.yaml": config(policy),
    "v1.sql": "SELECT id, name FROM patient;\n",
    "migrations/0001_initial.sql": "CREATE TABLE patient (id bigint PRIMARY KEY, name text, fax text);\n",
    ...more,
  });
  there.commit(grace, "patients");
  there.write({ [MIGRATION]: "SET lock_timeout = '2s';\nALTER TABLE patient DROP COLUMN fax;\n" });
  there.commit(ada, "nobody has a fax");
  return there;
}

async function needed(there: Project) {
  const { report, exitCode } = await there.check();
  const [finding] = findings(report, "needs-review").filter(({ severity }) => severity !== "info");
  return { finding, exitCode };
}

const approvalFile = (there: Project): string =>
  join("tread.approvals", readdirSync(join(there.folder, "tread.approvals")).find((name) => name.endsWith(".yaml")) ?? "");

describe("an approval", () => {
  test("is missing: the finding names who can approve this change and why them, not its author", async () => {
    const { finding, exitCode } = await needed(clinic());
    expect(finding?.severity).toBe("error");
    expect(finding?.message).toBe("0002_forget_fax waits for a review: grace@example.org can approve it");
    expect(finding?.why).toContain("policy.review[0] asks for it: it cannot be undone.");
    expect(finding?.why).toContain("grace@example.org named by policy.review[0].");
    expect(exitCode).toBe(1);
  });

  test("is given by somebody whom the policy names, and counts, committed or just written", async () => {
    const there = clinic();
    there.become(grace);
    const ran = await tread(there, "approve", "0002_forget_fax");
    expect(ran.err).toBe("");
    expect(ran.out).toMatch(/^Grace Hopper <grace@example\.org> approved 0002_forget_fax \(content \w{12}\), seen: warning drop-column/);
    expect((await needed(there)).finding).toBeUndefined();
    there.commit(grace, "looked at it");
    there.become(ada);
    const { finding, exitCode } = await needed(there);
    expect(finding).toBeUndefined();
    expect(exitCode).toBe(0);
  });

  test.each([
    ["a blank at the end", (text: string): string => `${text} `],
    ["another column", (text: string): string => text.replace("fax", "name")],
  ])("is void when one thing in the migration changes: %s", async (_, change) => {
    const there = clinic();
    there.become(grace);
    await tread(there, "approve", "0002_forget_fax");
    there.commit(grace, "looked at it");
    there.write({ [MIGRATION]: change(readFileSync(join(there.folder, MIGRATION), "utf8")) });
    there.commit(ada, "one thing more");
    const { finding, exitCode } = await needed(there);
    expect(finding?.message).toContain("waits for a new review, because it has changed since Grace Hopper <grace@example.org> approved it");
    expect(exitCode).toBe(1);
  });

  test("by the author is refused, and the next step is named", async () => {
    const there = clinic();
    const ran = await tread(there, "approve", "0002_forget_fax");
    expect(ran.code).toBe(2);
    expect(ran.err).toContain("Ada Lovelace <ada@example.org> cannot approve 0002_forget_fax: they wrote the migration themselves");
    expect(ran.err).toContain("who can: grace@example.org (named by policy.review[0])");
    expect(readdirSync(there.folder)).not.toContain("tread.approvals");
  });

  test("by the author counts where the policy allows it", async () => {
    const there = clinic("  review: [{ approvers: [ada@example.org], allowAuthor: true }]");
    expect((await tread(there, "approve", "0002_forget_fax")).code).toBe(0);
    expect((await needed(there)).finding).toBeUndefined();
  });

  test("by the author under a second address is still by the author", async () => {
    const there = clinic("  review: [{ approvers: ['*'] }]");
    there.become({ name: "Ada Lovelace", email: "ada@home.example" });
    expect(await tread(there, "approve", "0002_forget_fax")).toMatchObject({
      code: 2,
      err: expect.stringContaining("they wrote the migration themselves"),
    });
  });

  test("by somebody whom the policy does not name is refused", async () => {
    const there = clinic();
    there.become(mallory);
    const ran = await tread(there, "approve", "0002_forget_fax");
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining("policy.review[0] does not name them") });
  });

  test("of a migration that is not committed as it stands: whoever works here counts as its author", async () => {
    const there = clinic();
    there.become(grace);
    there.write({ [MIGRATION]: "ALTER TABLE patient DROP COLUMN name;\n" });
    expect(await tread(there, "approve", "0002_forget_fax")).toMatchObject({
      code: 2,
      err: expect.stringContaining("is not committed as it stands"),
    });
  });

  test("of a migration that is applied, or that nobody knows, is refused", async () => {
    const there = clinic();
    there.become(grace);
    expect(await tread(there, "approve", "0001_initial")).toMatchObject({ code: 2, err: expect.stringContaining("is applied already") });
    expect(await tread(there, "approve", "0003_gone")).toMatchObject({
      code: 2,
      err: expect.stringContaining("new here: 0002_forget_fax"),
    });
    expect((await tread(there, "approve", MIGRATION)).code).toBe(0);
  });
});

describe("a forged approval does not count", () => {
  const approved = async (policy = REVIEW): Promise<Project> => {
    const there = clinic(policy);
    there.become(grace);
    await tread(there, "approve", "0002_forget_fax");
    return there;
  };
  const edit = (there: Project, change: (text: string) => string): void => {
    const file = approvalFile(there);
    there.write({ [file]: change(readFileSync(join(there.folder, file), "utf8")) });
  };

  test.each([
    ["another approver", (text: string): string => text.replaceAll("Grace Hopper <grace", "Ada <ada"), /was edited after it was written/],
    [
      "another content",
      (text: string): string => text.replace(/content: sha256:\w/, "content: sha256:0"),
      /was edited after it was written/,
    ],
    ["a later day", (text: string): string => text.replace(/at: \d{4}/, "at: 2031"), /was edited after it was written/],
    ["no YAML", (text: string): string => `${text}{`, /is no YAML/],
    ["nothing in it", (): string => "", /holds no approval/],
  ])("edited by hand: %s", async (_, change, reason) => {
    const there = await approved();
    edit(there, change);
    there.commit(grace, "looked at it");
    const { finding, exitCode } = await needed(there);
    expect(finding?.why).toMatch(reason);
    expect(exitCode).toBe(1);
  });

  test("written in somebody's name and committed by another", async () => {
    const there = await approved();
    there.commit(ada, "she said that it is fine");
    const { finding } = await needed(there);
    expect(finding?.why).toContain("was committed by Ada Lovelace <ada@example.org>, and not by them");
  });

  test("written in somebody's name and not committed at all", async () => {
    const there = await approved();
    there.become(ada);
    const { finding } = await needed(there);
    expect(finding?.why).toContain("is not committed, and it is Ada Lovelace <ada@example.org> who works here");
  });

  test("copied from another migration", async () => {
    const there = clinic();
    there.write({ "migrations/0003_forget_name.sql": "ALTER TABLE patient DROP COLUMN name;\n" });
    there.commit(ada, "nor a name");
    there.become(grace);
    await tread(there, "approve", "0002_forget_fax");
    const text = readFileSync(join(there.folder, approvalFile(there)), "utf8");
    there.write({ "tread.approvals/0003_forget_name--grace@example.org.yaml": text });
    there.commit(grace, "looked at both");
    const { report } = await there.check();
    expect(findings(report, "needs-review").map(({ migration }) => migration)).toEqual(["0003_forget_name"]);
  });
});

const withoutSsh = spawnSync("ssh-keygen", ["-?"]).error !== undefined;

describe.skipIf(withoutSsh)("signed approvals", () => {
  const SIGNED = "  review: [{ approvers: [grace@example.org], signed: true }]\n  allowedSigners: signers";

  /** Grace has a key, and the list of keys that may sign names it. */
  function withKey(there: Project, name: string, listed: string | null): void {
    const key = join(temporaryFolder(), name);
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key]);
    if (listed !== null) there.write({ signers: `${listed} ${readFileSync(`${key}.pub`, "utf8")}` });
    there.git("config", "gpg.format", "ssh");
    there.git("config", "user.signingkey", `${key}.pub`);
  }

  test("count with a key that may sign for the approver, whoever commits them", async () => {
    const there = clinic(SIGNED, { signers: "" });
    withKey(there, "grace", "grace@example.org");
    there.become(grace);
    const ran = await tread(there, "approve", "0002_forget_fax", "--sign");
    expect(ran.out).toMatch(/signed: Good "tread-approval" signature for grace@example\.org/);
    there.commit(ada, "her approval");
    expect((await needed(there)).finding).toBeUndefined();
  });

  test("an unsigned one does not count where the policy wants a signature", async () => {
    const there = clinic(SIGNED, { signers: "" });
    there.become(grace);
    const ran = await tread(there, "approve", "0002_forget_fax");
    expect(ran.out).toContain("counts only signed approvals: `tread approve 0002_forget_fax --sign`");
    there.commit(grace, "looked at it");
    expect((await needed(there)).finding?.why).toContain("it is not signed, and policy.review[0] counts only signed approvals");
  });

  test("a key that the list does not know, or that may sign for somebody else only, is refused", async () => {
    for (const listed of [null, "mallory@example.org"]) {
      const there = clinic(SIGNED, { signers: "" });
      withKey(there, "unknown", listed);
      there.become(grace);
      expect((await tread(there, "approve", "0002_forget_fax", "--sign")).out).toContain("warning: signed, and it does not count yet");
      there.commit(grace, "signed");
      expect((await needed(there)).finding?.why).toContain("it is signed by a key that may not sign for grace@example.org");
    }
  });

  test("a signature over another approval is refused, also where the digest was made to fit", async () => {
    const there = clinic("  review: [{ approvers: [grace@example.org, mallory@example.org] }]\n  allowedSigners: signers", { signers: "" });
    withKey(there, "grace", "grace@example.org");
    there.become(grace);
    await tread(there, "approve", "0002_forget_fax", "--sign", "--note", "only after midnight");
    const file = approvalFile(there);
    const signed = readFileSync(join(there.folder, file), "utf8");
    await tread(there, "approve", "0002_forget_fax", "--note", "whenever you like");
    const unsigned = readFileSync(join(there.folder, file), "utf8");
    there.write({ [file]: `${unsigned}${signed.slice(signed.indexOf("signature:"))}` });
    there.commit(grace, "as she wrote it");
    expect((await needed(there)).finding?.why).toContain("its signature is over something else");
  });
});

describe("who can approve, and why them", () => {
  test("a team is its members; CODEOWNERS and earlier approvals tell who knows the table", async () => {
    const policy = `  review: [{ paths: ["migrations/**"], approvers: ["@clinic/data"] }]
  teams: { "@clinic/data": [grace@example.org, edsger@example.org, ada@example.org] }`;
    const there = clinic(policy, { ".github/CODEOWNERS": "* @everyone\n/migrations/ grace@example.org # she drew it\n" });
    there.become(grace);
    await tread(there, "approve", "0002_forget_fax");
    there.commit(grace, "looked at it");
    there.write({ "migrations/0003_forget_name.sql": "ALTER TABLE patient DROP COLUMN name;\n" });
    there.commit(ada, "nor a name");
    const { report } = await there.check();
    const [finding] = findings(report, "needs-review");
    expect(finding?.message).toBe("0003_forget_name waits for a review: grace@example.org or edsger@example.org can approve it");
    expect(finding?.why).toMatch(
      /grace@example\.org approved 0002_forget_fax, an earlier change of public\.patient, on \d+ \w+ \d{4}, and owns \/migrations\/ \(\.github\/CODEOWNERS:2\), and named by/,
    );
    expect(finding?.message).not.toContain("ada@example.org");
  });

  test("a policy that names only the author says so", async () => {
    const { finding } = await needed(clinic("  review: [{ approvers: [ada@example.org] }]"));
    expect(finding?.message).toContain("everybody whom policy.review[0] names (ada@example.org) wrote it");
    expect(finding?.help).toContain("name somebody else under `policy.review`");
  });

  test("without a policy it is a warning that names who wrote the last change of the table", async () => {
    const there = clinic("  failOn: error");
    const { finding, exitCode } = await needed(there);
    expect(finding).toMatchObject({
      severity: "warning",
      message: "0002_forget_fax waits for a review: Grace Hopper <grace@example.org> can approve it",
    });
    expect(finding?.why).toContain("wrote 0001_initial, an earlier change of public.patient");
    expect(exitCode).toBe(0);
  });

  test("paths and kinds choose what needs a review", async () => {
    const asked = async (rule: string): Promise<boolean> =>
      (await needed(clinic(`  review: [{ ${rule}, approvers: [grace@example.org] }]`))).finding !== undefined;
    expect(await asked("paths: [clickhouse/**]")).toBe(false);
    expect(await asked("paths: [migrations]")).toBe(true);
    expect(await asked("kinds: [clickhouse]")).toBe(false);
    expect(await asked("kinds: [irreversible]")).toBe(true);
    expect(await asked("kinds: [opaque, data]")).toBe(false);
  });
});

test("an approval stands when the report has found more since, and that is said", async () => {
  const there = clinic();
  there.become(grace);
  await tread(there, "approve", "0002_forget_fax");
  there.commit(grace, "looked at it");
  there.write({ "v1.sql": "SELECT id, fax FROM patient;\n" });
  const { report } = await there.check();
  const [finding] = findings(report, "needs-review");
  expect(finding).toMatchObject({ severity: "info", message: expect.stringContaining("before the report said error drop-column") });
});

test("`tread review` tells what to look at, who must approve and who has", async () => {
  const there = clinic();
  there.become(grace);
  const ran = await tread(there, "review");
  expect(ran).toMatchObject({ code: 0, err: "" });
  expect(ran.out).toContain("AccessExclusive on public.patient: blocks reads and writes");
  expect(ran.out).toContain("cloud: public.patient: rows unknown (assumed small (`assume: small`))");
  expect(ran.out).toContain("v1 (cloud): 1 query, none fails by it");
  expect(ran.out).toContain("statement 2 drops public.patient.fax with its values: no way back brings them back");
  expect(ran.out).toContain("can approve: grace@example.org: named by policy.review[0]");
  await tread(there, "approve", "0002_forget_fax");
  expect((await tread(there, "review")).out).toBe("nothing waits for a review\n");
  const json = JSON.parse((await tread(there, "review", "0002_forget_fax", "--format", "json")).out) as {
    format: string;
    migrations: readonly { migration: string }[];
  };
  expect(json).toMatchObject({ format: "tread.review/1", migrations: [{ migration: "0002_forget_fax" }] });
});

const withoutGpg = spawnSync("gpg", ["--version"]).error !== undefined;

test.skipIf(withoutGpg)("a GPG signature counts for the address in its key, and for no other", async () => {
  const home = temporaryFolder();
  chmodSync(home, 0o700);
  vi.stubEnv("GNUPGHOME", home);
  try {
    const unattended = ["--batch", "--quiet", "--passphrase", "", "--pinentry-mode", "loopback", "--quick-gen-key"];
    execFileSync("gpg", [...unattended, "Grace Hopper <grace@example.org>", "ed25519", "sign", "never"], { stdio: "ignore" });
    const there = clinic("  review: [{ approvers: [grace@example.org, mallory@example.org], signed: true }]");
    there.become(grace);
    there.git("config", "user.signingkey", "grace@example.org");
    expect((await tread(there, "approve", "0002_forget_fax", "--sign")).out).toContain("signed: Grace Hopper <grace@example.org>");
    there.commit(ada, "her approval");
    expect((await needed(there)).finding).toBeUndefined();
    there.remove("tread.approvals");
    there.become(mallory);
    await tread(there, "approve", "0002_forget_fax", "--sign");
    there.commit(mallory, "with her key");
    expect((await needed(there)).finding?.why).toContain(
      "it is signed by the key of Grace Hopper <grace@example.org>, and not of mallory@example.org",
    );
  } finally {
    spawnSync("gpgconf", ["--kill", "all"]);
    vi.unstubAllEnvs();
  }
});

test("a review on the pull request counts for the bytes that were reviewed, and not for its author", async () => {
  const there = clinic('  review: [{ approvers: ["@gracehopper"] }]\n  teams: { "@adal": ada@example.org }');
  const reviewed = there.git("rev-parse", "HEAD").trim();
  let reviewer = "gracehopper";
  const server = createServer((request, response) => {
    const review = { user: { login: reviewer }, state: "APPROVED", commit_id: reviewed, submitted_at: "2026-11-21T08:00:00Z" };
    const body = (request.url ?? "").includes("/reviews") ? [review] : { user: { login: "adal" } };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  vi.stubEnv("GITHUB_API_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("GITHUB_REPOSITORY", "example/clinic");
  vi.stubEnv("GITHUB_TOKEN", "ghp_secret");
  try {
    const check = (): Promise<Ran> => tread(there, "check", "--pull-request", "7", "--no-color");
    const approved = await check();
    expect(approved.out).not.toContain("waits for a review");
    expect(approved.code).toBe(0);
    reviewer = "adal";
    expect((await check()).out).toContain("they opened the pull request themselves");
    reviewer = "gracehopper";
    there.write({ [MIGRATION]: "ALTER TABLE patient DROP COLUMN fax; -- really\n" });
    there.commit(ada, "one word more");
    const changed = await check();
    expect(changed.out).toContain("their review is void");
    expect(changed.code).toBe(1);
    expect(approved.out + changed.out + changed.err).not.toContain("ghp_secret");
  } finally {
    vi.unstubAllEnvs();
    server.close();
  }
});
