import { useState } from "preact/hooks";
import { ask, query, type Session } from "../api";
import { useAsked } from "../hooks";
import { AnswerOf, Badge, Pages, Rows, Shown, Time, Title, ToMessage } from "../parts";
import { useWork } from "../work";

interface Letter {
  delivery: number; target: string; arrival: number; sender: string; message_type?: string; received: string;
  state: string; attempts: number; answer: string;
}
interface Decided { deliveries: number; awaits?: string }

function told(what: string, decided: Decided): string {
  if (decided.awaits)
    return `More than 100: a second person agrees by the word ${decided.awaits} (below, "Agree").`;
  return `${what}: ${decided.deliveries}. It stands in the audit trail.`;
}

/** Those that were refused at the same target with the same words as one that was chosen. */
function alike(letters: Letter[], chosen: Set<number>): Set<number> {
  const words = (one: Letter) => one.target + " " + one.answer;
  const wanted = new Set(letters.filter((one) => chosen.has(one.delivery)).map(words));
  return new Set(letters.filter((one) => wanted.has(words(one))).map((one) => one.delivery));
}

export function Letters({ who }: { who: Session }) {
  const [pending, setPending] = useState(false);
  const [after, setAfter] = useState("");
  const [chosen, choose] = useState<Set<number>>(new Set());
  const [reason, setReason] = useState("");
  const [word, setWord] = useState("");
  const work = useWork(who.user);
  const asked = useAsked<{ deliveries: Letter[]; after?: number }>("outbox" + query({ pending: pending ? "true" : "", count: "50", after }));
  const decides = who.may.includes("letters.decide");
  const decide = (path: string, what: string) => work.run(async () => {
    const decided = await ask<Decided>("outbox/" + path, { deliveries: [...chosen].map(String), reason });
    choose(new Set());
    if (!decided.awaits) setReason("");
    asked.again();
    return told(what, decided);
  });
  const toggle = (delivery: number) => choose((before) => {
    const next = new Set(before);
    if (!next.delete(delivery)) next.add(delivery);
    return next;
  });
  return (
    <>
      <Title more={
        <p class="actions" role="group" aria-label="Which deliveries">
          <button type="button" class="quiet" aria-pressed={!pending} onClick={() => { setPending(false); setAfter(""); choose(new Set()); }}>Given up</button>
          <button type="button" class="quiet" aria-pressed={pending} onClick={() => { setPending(true); setAfter(""); choose(new Set()); }}>On the way</button>
        </p>}>Dead letters</Title>
      {work.shown}
      <Shown asked={asked}>{({ deliveries, after: next }) => (
        <>
          <Rows label="Deliveries" rows={deliveries} columns={[
            ...(decides && !pending ? [{ name: "Choose", narrow: true, of: (one: Letter) =>
              <input type="checkbox" aria-label={"delivery " + one.delivery} checked={chosen.has(one.delivery)} onChange={() => toggle(one.delivery)} /> }] : []),
            { name: "Delivery", of: (one) => one.delivery, narrow: true },
            { name: "Target", of: (one) => one.target },
            { name: "Arrival", of: (one) => <ToMessage arrival={one.arrival} /> },
            { name: "Sender", of: (one) => one.sender },
            { name: "Received", of: (one) => <Time of={one.received} /> },
            { name: "State", of: (one) => <Badge tone={one.state === "dead" ? "bad" : "quiet"}>{one.state}</Badge> },
            { name: "Attempts", of: (one) => one.attempts },
            { name: "Target said", of: (one) => <AnswerOf of={one.answer} /> },
          ]} empty={pending ? <p>Nothing is on its way: every target has what is for it.</p>
            : <p>No dead letter: no target has refused anything for good.</p>} />
          {decides && !pending && deliveries.length > 1 && (
            <p class="pages">
              <button type="button" class="quiet" onClick={() => choose(new Set(deliveries.map((one) => one.delivery)))}>Choose all shown</button>
              <button type="button" class="quiet" disabled={!chosen.size} onClick={() => choose(alike(deliveries, chosen))}>Choose all with the same answer</button>
              <button type="button" class="quiet" disabled={!chosen.size} onClick={() => choose(new Set())}>Choose none</button>
            </p>)}
          <Pages after={after} next={next === undefined ? undefined : String(next)} go={setAfter} />
        </>
      )}</Shown>
      {decides && !pending && !!asked.data?.deliveries.length && (
        <form class="decide" onSubmit={(event) => { event.preventDefault(); decide("retry", "Sent once more"); }}>
          <h2>{chosen.size ? `Decide on ${chosen.size} chosen` : "Choose above what to decide on"}</h2>
          <label>Reason <input required value={reason} onInput={(event) => setReason(event.currentTarget.value)} /></label>
          <p class="actions">
            <button disabled={work.busy || !chosen.size}>Send once more</button>
            <button type="button" class="danger" disabled={work.busy || !chosen.size || !reason.trim()}
              onClick={() => decide("discard", "Given up for good")}>Discard</button>
          </p>
        </form>
      )}
      {decides && !pending && (
        <details>
          <summary>Agree to what another person wants to discard</summary>
          <form class="decide" onSubmit={(event) => {
            event.preventDefault();
            work.run(async () => { const done = await ask<Decided>("outbox/agree", { word }); setWord(""); asked.again(); return told("Given up for good", done); });
          }}>
            <label>Word <input required value={word} onInput={(event) => setWord(event.currentTarget.value)} autoComplete="off" /></label>
            <p class="actions"><button disabled={work.busy}>Agree</button></p>
          </form>
        </details>
      )}
    </>
  );
}
