import { useState } from "preact/hooks";
import { ask, may, type Session } from "../api";
import { Title } from "../parts";
import { useWork } from "../work";

interface Code { secret: string; address: string }

const form = (event: Event) => Object.fromEntries(new FormData(event.currentTarget as HTMLFormElement)) as Record<string, string>;

function SetUpCode({ work }: { work: ReturnType<typeof useWork> }) {
  const [code, set] = useState<Code>();
  if (!code)
    return (
      <form class="decide" onSubmit={(event) => { event.preventDefault(); work.run(async () => { set(await ask<Code>("account/code", {})); return ""; }); }}>
        <h2>A code beside the password</h2>
        <p class="wide">An app on your phone shows six digits that change; with them the account stays yours if the password is found out.</p>
        <p class="actions"><button disabled={work.busy}>Set up a code</button></p>
      </form>
    );
  const confirm = (event: SubmitEvent) => {
    event.preventDefault();
    const given = form(event);
    work.run(async () => {
      await ask("account/code/confirm", given);
      set(undefined);
      return "The code is set up: from now on it is asked for beside the password. Your other sessions ended.";
    });
  };
  return (
    <form class="decide" onSubmit={confirm}>
      <h2>Set up a code</h2>
      <p class="wide">Type this into the app: <code>{code.secret.replace(/(.{4})/g, "$1 ").trim()}</code> – or <a href={code.address}>open it in an app on this device</a>.</p>
      <label>The code it shows now <input name="code" inputMode="numeric" autoComplete="one-time-code" pattern="[0-9]{6}" maxLength={6} required /></label>
      <p class="actions"><button disabled={work.busy}>Set it up</button> <button type="button" class="quiet" onClick={() => set(undefined)}>Leave it</button></p>
    </form>
  );
}

function Password({ work }: { work: ReturnType<typeof useWork> }) {
  const change = (event: SubmitEvent) => {
    event.preventDefault();
    const given = form(event), place = event.currentTarget as HTMLFormElement;
    work.run(async () => {
      await ask("account/password", given);
      place.reset();
      return "The password is changed. Your other sessions ended.";
    });
  };
  return (
    <form class="decide" onSubmit={change}>
      <h2>Another password</h2>
      <label>Password now <input name="password" type="password" autoComplete="current-password" required /></label>
      <label>Code, if you have one <input name="code" inputMode="numeric" autoComplete="one-time-code" maxLength={6} /></label>
      <label>New password <input name="new_password" type="password" autoComplete="new-password" minLength={8} required /></label>
      <p class="actions"><button disabled={work.busy}>Change it</button></p>
      <p class="wide faint">At least 15 characters, or 8 beside a code.</p>
    </form>
  );
}

export function Account({ who }: { who: Session }) {
  const work = useWork(who.user);
  const isLocal = !who.user.startsWith("oidc:");
  return (
    <>
      <Title>Account</Title>
      <p class="facts"><b>{who.name || who.user}</b> {who.name && <span>{who.user}</span>} <span>{who.role}</span></p>
      <p>Your role may: {who.may.join(", ")}.</p>
      {work.shown}
      {isLocal ? <>{may("account.code") && <SetUpCode work={work} />}<Password work={work} /></>
        : <p class="note quiet">Your organisation signs you in: password and code are kept there.</p>}
    </>
  );
}
