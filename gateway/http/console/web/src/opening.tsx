// What stands in messages and charts is masked until a person says why they open it (TRUST.md §4.3).
import { useEffect, useState } from "preact/hooks";
import { query } from "./api";
import { type Asked, useAsked, useNow } from "./hooks";
import { Shown, Time } from "./parts";
import type { ComponentChildren } from "preact";

export interface Masked { masked?: boolean; remedy?: string; reason?: string; visible_until?: string }

const reasons: [string, string, string][] = [
  ["treatment", "Treatment", "somebody is treated and this result matters"],
  ["quality", "Quality", "to see that results come through as they should"],
  ["fault-finding", "Fault-finding", "something went wrong and the cause is looked for"],
  ["patient-request", "The patient asks", "the person it is about wants to know"],
];
export const nameOf = (reason?: string) => reasons.find(([word]) => word === reason)?.[1] ?? reason;

export interface Opened<T> { asked: Asked<T>; open: (reason: string) => void }

/** Asks `path`, and again with the reason once one was given. */
export function useOpened<T>(path: string): Opened<T> {
  const [given, give] = useState({ path, reason: "" });
  const asked = useAsked<T>(path + query({ reason: given.path === path ? given.reason : "" }), 0, true);
  return { asked, open: (reason) => give({ path, reason }) };
}

function Chooser({ what, open }: { what: string; open: (reason: string) => void }) {
  const [chosen, choose] = useState("");
  return (
    <form class="decide opening" onSubmit={(event) => { event.preventDefault(); open(chosen); }}>
      <h2>Why do you open {what}?</h2>
      <fieldset>
        <legend class="faint">Your name, the reason and the time go into the audit trail. It stays open to you for 30 minutes.</legend>
        {reasons.map(([word, name, words]) => (
          <label key={word} class="choice">
            <input type="radio" name="reason" value={word} required checked={chosen === word} onChange={() => choose(word)} />
            <span><b>{name}</b> <span class="faint">{words}</span></span>
          </label>
        ))}
      </fieldset>
      <p class="actions"><button>Open</button></p>
    </form>
  );
}

function Until({ of, over }: { of: Masked; over: () => void }) {
  const isOver = Date.parse(of.visible_until ?? "") <= useNow();
  useEffect(() => { if (isOver) over(); }, [isOver]);
  return <p class="note quiet">Opened: {nameOf(of.reason)}. Visible until <Time of={of.visible_until} />.</p>;
}

/** The content, or the question why. What was open too long closes by itself. */
export function Opening<T extends Masked>({ opened, what, children, always }:
  { opened: Opened<T>; what: string; children: (of: T) => ComponentChildren; always?: (of: T) => ComponentChildren }) {
  const { asked, open } = opened;
  return (
    <Shown asked={asked}>{(of) => of.masked
      ? <>{always?.(of)}<Chooser what={what} open={open} /></>
      : <>{always?.(of)}{of.visible_until && <Until of={of} over={() => { open(""); asked.again(); }} />}{children(of)}</>}
    </Shown>
  );
}
