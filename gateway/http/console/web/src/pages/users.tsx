import { useRef } from "preact/hooks";
import { ask, type Session } from "../api";
import { useAsked } from "../hooks";
import { Badge, Rows, Shown, Time, Title, type Tone } from "../parts";
import { useWork } from "../work";

interface User { user: string; name?: string; role: string; by: string; locked: boolean; code: boolean; state: string; last_sign_in?: string }
interface Invited { user: string; invitation: string; until: string }

const roles = ["operator", "analyst", "reviewer", "auditor", "administrator"];
const tones: Record<string, Tone> = { active: "good", invited: "warn", locked: "bad", "invitation-over": "bad" };
const invitation = (one: Invited) => `${one.user} signs in at /console/ by "I have an invitation": ${one.invitation} – until ${one.until}. It is shown once.`;

export function Users({ who }: { who: Session }) {
  const asked = useAsked<{ users: User[] }>("users");
  const work = useWork(who.user);
  const form = useRef<HTMLFormElement>(null);
  const changes = who.may.includes("users.change");
  const change = (one: User, what: string, body: object, said: string) => work.run(async () => {
    const answer = await ask<Partial<Invited>>(`users/${encodeURIComponent(one.user)}/${what}`, body);
    asked.again();
    return answer.invitation ? invitation(answer as Invited) : said;
  });
  const add = () => work.run(async () => {
    const answer = await ask<Invited>("users", Object.fromEntries(new FormData(form.current!)));
    form.current!.reset();
    asked.again();
    return invitation(answer);
  });
  return (
    <>
      <Title>Users</Title>
      {work.shown}
      <Shown asked={asked}>{({ users }) => (
        <Rows label="Users" rows={users} empty={<p>No account yet.</p>} columns={[
          { name: "User", of: (one) => <>{one.user}{one.name && <span class="faint"> {one.name}</span>}</> },
          { name: "Role", of: (one) => changes && one.by !== "provider"
            ? <select aria-label={"role of " + one.user} value={one.role} disabled={work.busy}
                onChange={(event) => change(one, "role", { role: event.currentTarget.value }, `${one.user} has another role; its sessions ended.`)}>
                {roles.map((role) => <option key={role}>{role}</option>)}
              </select>
            : one.role },
          { name: "State", of: (one) => <Badge tone={tones[one.state] ?? "quiet"}>{one.state.replace("-", " ")}</Badge> },
          { name: "Signs in by", of: (one) => one.by + (one.code ? " and code" : "") },
          { name: "Last sign-in", of: (one) => <Time of={one.last_sign_in} /> },
          ...(changes ? [{ name: "Change", of: (one: User) => (
            <span class="actions">
              {one.locked
                ? <button type="button" class="quiet" disabled={work.busy} aria-label={"Unlock " + one.user} onClick={() => change(one, "unlock", {}, `${one.user} is unlocked.`)}>Unlock</button>
                : <button type="button" class="quiet" disabled={work.busy} aria-label={"Lock " + one.user} onClick={() => change(one, "lock", {}, `${one.user} is locked; its sessions ended.`)}>Lock</button>}
              {one.by !== "provider" && <button type="button" class="quiet" disabled={work.busy} aria-label={"Reset " + one.user} onClick={() => change(one, "reset", {}, "Reset.")}>Reset</button>}
            </span>) }] : []),
        ]} />
      )}</Shown>
      {changes && (
        <form ref={form} class="decide" onSubmit={(event) => { event.preventDefault(); add(); }}>
          <h2>New user</h2>
          <label>User <input name="user" required pattern="[a-z][a-z0-9._\-]{1,63}" title="a letter, then letters, digits, . _ -" autoComplete="off" autoCapitalize="none" spellcheck={false} /></label>
          <label>Shown name <input name="name" autoComplete="off" /></label>
          <label>Role <select name="role">{roles.map((role) => <option key={role}>{role}</option>)}</select></label>
          <p class="actions"><button disabled={work.busy}>Invite</button></p>
        </form>
      )}
    </>
  );
}
