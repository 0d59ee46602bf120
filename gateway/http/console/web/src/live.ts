// What the gateway tells as it happens (/admin/v1/events): one stream for all that is shown. It rests while the page is
// hidden, and while nobody is at it: then the session may end as it should.
import { useEffect, useRef, useState } from "preact/hooks";
import { offers } from "./api";

type Heard = (data: any) => void;
const names = ["overview", "arrivals"], hearing = new Map<string, Set<Heard>>(names.map((name) => [name, new Set<Heard>()]));
const unattended = 13 * 60_000, again = 5000;
let source: EventSource | undefined, last = Date.now(), timer = 0;

export const isAttended = () => !document.hidden && Date.now() - last < unattended;

function tell(name: string, event: MessageEvent) {
  const data = JSON.parse(event.data);
  hearing.get(name)!.forEach((heard) => heard(data));
}

function rest() {
  source?.close();
  source = undefined;
}

/** Is somebody listening, and is somebody there? Then it is open. */
function settle() {
  clearTimeout(timer);
  timer = setTimeout(settle, again) as unknown as number;
  const isWanted = offers("events") && isAttended() && [...hearing.values()].some((one) => one.size);
  if (!isWanted || source?.readyState === EventSource.CLOSED) rest();
  if (!isWanted || source) return;
  source = new EventSource("/admin/v1/events");
  for (const name of names) source.addEventListener(name, (event) => tell(name, event as MessageEvent));
}

for (const name of ["pointermove", "pointerdown", "keydown", "scroll"])
  addEventListener(name, () => { const was = isAttended(); last = Date.now(); if (!was) settle(); }, { passive: true, capture: true });
document.addEventListener("visibilitychange", settle);

export function useEvents(name: string, heard: Heard) {
  const now = useRef(heard);
  now.current = heard;
  useEffect(() => {
    const mine: Heard = (data) => now.current(data);
    hearing.get(name)!.add(mine);
    settle();
    return () => { hearing.get(name)!.delete(mine); settle(); };
  }, [name]);
}

/** The last of what an event told, and when. */
export function useLast<T>(name: string): { data?: T; at: number } {
  const [told, set] = useState<{ data?: T; at: number }>({ at: 0 });
  useEvents(name, (data) => set({ data, at: Date.now() }));
  return told;
}
