import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Refused } from "../releases/refused.ts";
import type { Signature } from "./approval.ts";
import { gitSetting, type Person } from "./git-people.ts";

/** What the signature is for: one made for a commit is none for an approval. */
const NAMESPACE = "tread-approval";

/** How a signature stands. */
export type Verified = { readonly good: true; readonly by: string } | { readonly good: false; readonly reason: string };

/**
 * Signs as git signs commits: `gpg.format` chooses SSH or GPG, `user.signingkey` the key.
 * @throws Refused when the tool or the key is missing, or it does not sign
 */
export function sign(folder: string, payload: string, who: Person): Signature {
  const format = gitSetting(folder, "gpg.format") ?? "openpgp";
  if (format === "ssh") return signSsh(folder, payload);
  if (format === "openpgp") return signGpg(folder, payload, who);
  throw new Refused(`git signs with ${format} here (gpg.format)`, "approvals are signed with ssh or openpgp: `git config gpg.format ssh`");
}

function signSsh(folder: string, payload: string): Signature {
  const key = gitSetting(folder, "user.signingkey", "path");
  if (key === null)
    throw new Refused("git knows no key to sign with (user.signingkey)", "`git config user.signingkey ~/.ssh/id_ed25519.pub`");
  return withFiles((temporary) => {
    // As git takes it: a file, or the public key itself, whose private half the agent holds.
    const literal = /^(?:key::)?((?:ssh|ecdsa|sk)-\S+ .+)$/s.exec(key)?.[1];
    const file = literal === undefined ? key : join(temporary, "key.pub");
    if (literal !== undefined) writeFileSync(file, `${literal}\n`);
    const data = join(temporary, "approval");
    writeFileSync(data, payload);
    const agent = literal !== undefined || file.endsWith(".pub");
    const args = ["-Y", "sign", "-n", NAMESPACE, "-f", file];
    let result = run(gitSetting(folder, "gpg.ssh.program") ?? "ssh-keygen", [...args, ...(agent ? ["-U"] : []), data]);
    // A public key beside its private one needs no agent.
    if (result.status !== 0 && agent && existsSync(file.replace(/\.pub$/, "")) && literal === undefined)
      result = run(gitSetting(folder, "gpg.ssh.program") ?? "ssh-keygen", [
        "-Y",
        "sign",
        "-n",
        NAMESPACE,
        "-f",
        file.replace(/\.pub$/, ""),
        data,
      ]);
    if (result.status !== 0)
      throw new Refused(
        `ssh-keygen did not sign: ${result.stderr}`,
        "user.signingkey must name a key that you hold, or that your agent holds",
      );
    return { kind: "ssh", text: readFileSync(`${data}.sig`, "utf8") };
  });
}

function signGpg(folder: string, payload: string, who: Person): Signature {
  const key = gitSetting(folder, "user.signingkey") ?? who.email;
  const { status, stdout, stderr } = run(
    gpgProgram(folder),
    ["--batch", "--armor", "--detach-sign", "--local-user", key, "--output", "-"],
    payload,
  );
  if (status !== 0)
    throw new Refused(
      `gpg did not sign: ${stderr}`,
      "`git config user.signingkey` names the key; `gpg --list-secret-keys` those that you hold",
    );
  return { kind: "gpg", text: stdout };
}

/**
 * Whether a signature over the payload is of a key that may sign for this person.
 * @param allowedSigners absolute path of a file as ssh-keygen reads it; null: none is known
 */
export function verify(folder: string, signature: Signature, payload: string, who: Person, allowedSigners: string | null): Verified {
  return signature.kind === "ssh"
    ? verifySsh(folder, signature.text, payload, who, allowedSigners)
    : verifyGpg(folder, signature.text, payload, who);
}

function verifySsh(folder: string, text: string, payload: string, who: Person, allowedSigners: string | null): Verified {
  if (allowedSigners === null)
    return { good: false, reason: "no list of keys that may sign is known (`policy.allowedSigners`, or tread.approvals/allowed_signers)" };
  if (!existsSync(allowedSigners)) return { good: false, reason: `the list of keys that may sign does not exist: ${allowedSigners}` };
  return withFiles((temporary) => {
    const file = join(temporary, "signature");
    writeFileSync(file, text);
    const { status, stdout, stderr } = run(
      gitSetting(folder, "gpg.ssh.program") ?? "ssh-keygen",
      ["-Y", "verify", "-f", allowedSigners, "-I", who.email, "-n", NAMESPACE, "-s", file],
      payload,
    );
    if (status === 0) return { good: true, by: stdout.trim() };
    const said = `${stderr}${stdout}`.trim();
    if (status === null) return { good: false, reason: `ssh-keygen could not be run: ${said}` };
    if (/incorrect signature|verification failed: incorrect/i.test(said))
      return { good: false, reason: "its signature is over something else" };
    if (/parse|invalid format|could not read|unsupported|no signature|xmalloc|armou?r/i.test(said))
      return { good: false, reason: `its signature is damaged (${said.split(";")[0] ?? ""})` };
    const list = relative(folder, allowedSigners).replaceAll("\\", "/");
    return { good: false, reason: `it is signed by a key that may not sign for ${who.email}: ${list} does not list it for them` };
  });
}

function verifyGpg(folder: string, text: string, payload: string, who: Person): Verified {
  return withFiles((temporary) => {
    const [file, data] = [join(temporary, "approval.asc"), join(temporary, "approval")];
    writeFileSync(file, text);
    writeFileSync(data, payload);
    const { status, stdout, stderr } = run(gpgProgram(folder), ["--batch", "--status-fd", "1", "--verify", file, data]);
    if (status === null) return { good: false, reason: `gpg could not be run: ${stderr}` };
    const good = /^\[GNUPG:\] GOODSIG \S+ (.*)$/m.exec(stdout)?.[1];
    if (/^\[GNUPG:\] BADSIG /m.test(stdout)) return { good: false, reason: "its signature is over something else" };
    if (/^\[GNUPG:\] (NO_PUBKEY|ERRSIG) /m.test(stdout))
      return { good: false, reason: "it is signed by a key that gpg does not know here" };
    if (status !== 0 || good === undefined)
      return { good: false, reason: "gpg does not accept its signature (expired, revoked, or malformed)" };
    if (!good.toLowerCase().includes(`<${who.email.toLowerCase()}>`))
      return { good: false, reason: `it is signed by the key of ${good}, and not of ${who.email}` };
    return { good: true, by: good };
  });
}

function gpgProgram(folder: string): string {
  return gitSetting(folder, "gpg.openpgp.program") ?? gitSetting(folder, "gpg.program") ?? "gpg";
}

function run(program: string, args: readonly string[], input?: string): { status: number | null; stdout: string; stderr: string } {
  const result = spawnSync(program, args, {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
    ...(input === undefined ? {} : { input }),
  });
  const stderr = result.error === undefined ? result.stderr : result.error.message;
  return {
    status: result.error === undefined ? result.status : null,
    stdout: result.stdout ?? "",
    stderr: (stderr ?? "").trim().split("\n").slice(0, 3).join("; "),
  };
}

function withFiles<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "tread-sign-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
