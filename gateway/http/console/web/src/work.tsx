// Changes: refused ones say why, and those that need a proof ask for it and go on.
import { useRef, useState } from "preact/hooks";
import { prove, Refused } from "./api";
import { Trouble } from "./parts";

export interface Work { run: (work: () => Promise<string>) => void; busy: boolean; shown: preact.ComponentChildren }

export function useWork(user: string): Work {
  const [busy, setBusy] = useState(false);
  const [said, say] = useState("");
  const [error, setError] = useState<Refused>();
  const [waiting, wait] = useState<() => Promise<string>>();
  async function run(work: () => Promise<string>) {
    setBusy(true);
    setError(undefined);
    say("");
    try {
      say(await work());
      wait(undefined);
    } catch (problem) {
      const refused = problem instanceof Refused ? problem : new Refused(0, "", String(problem), "");
      if (refused.code === "proof-needed") wait(() => work);
      else setError(refused);
    } finally {
      setBusy(false);
    }
  }
  const shown = (
    <>
      <div role="status" aria-live="polite">{said && <p class="note good">{said}</p>}</div>
      {error && <Trouble error={error} />}
      {waiting && <Proof user={user} go={(code, password) => run(async () => {
        await prove(code, password);
        return waiting();
      })} back={() => wait(undefined)} />}
    </>
  );
  return { run, busy, shown };
}

function Proof({ user, go, back }: { user: string; go: (code: string, password: string) => void; back: () => void }) {
  const form = useRef<HTMLFormElement>(null);
  if (user.startsWith("oidc:"))
    return <p class="note warn">This needs a proof that it is you: <a href="/admin/v1/provider?anew=true">prove it at your organisation</a>, then do it again.</p>;
  return (
    <form ref={form} class="note warn proof" onSubmit={(event) => {
      event.preventDefault();
      const values = new FormData(form.current!);
      go(String(values.get("code")), String(values.get("password")));
    }}>
      <h2>Prove that it is you</h2>
      <label>Code <input name="code" inputMode="numeric" autoComplete="one-time-code" maxLength={6} /></label>
      <label>or, without a code, your password <input name="password" type="password" autoComplete="current-password" /></label>
      <p class="actions"><button>Go on</button> <button type="button" class="quiet" onClick={back}>Leave it</button></p>
    </form>
  );
}
