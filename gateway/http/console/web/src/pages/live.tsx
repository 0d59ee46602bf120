import { useRef, useState } from "preact/hooks";
import { useEvents } from "../live";
import { count, Rows, Title } from "../parts";
import { type Arrival, columns } from "./messages";

const most = 200;   // a list for eyes; the messages page has all

/** What arrives, as it arrives. */
export function Live() {
  const rows = useRef<Arrival[]>([]), waiting = useRef<Arrival[]>([]);
  const [, draw] = useState(0);
  const [paused, pause] = useState(false);
  const [text, filter] = useState("");
  const seen = useRef({ count: 0, more: false, is: false });
  useEvents("arrivals", ({ items, more }: { items: Arrival[]; more?: boolean }) => {
    if (seen.current.is) seen.current.count += items.length;
    seen.current = { ...seen.current, is: true, more: !!more };
    waiting.current = [...items, ...waiting.current].slice(0, most);
    if (paused) return draw((turn) => turn + 1);
    rows.current = waiting.current;
    draw((turn) => turn + 1);
  });
  const wanted = text.trim().toLowerCase();
  const shown = rows.current.filter((one) => !wanted || [one.sender, one.message_type, one.control_id, one.answer, one.state, one.listener].some((word) => word?.toLowerCase().includes(wanted)));
  return (
    <>
      <Title more={<p class="actions">
        <button type="button" class="quiet" aria-pressed={paused} onClick={() => { if (paused) rows.current = waiting.current; pause(!paused); }}>{paused ? "Go on" : "Pause"}</button></p>}>Live</Title>
      <form class="filter" role="search" onSubmit={(event) => event.preventDefault()}>
        <label>Filter <input data-search value={text} onInput={(event) => filter(event.currentTarget.value)} placeholder="sender, type, answer …" autoComplete="off" spellcheck={false} /></label>
      </form>
      <p class="faint" role="status">{paused ? "Paused." : "Told once a second."} {count(seen.current.count)} came since this page was opened.{seen.current.more && " More come than are listed here."}</p>
      <Rows label="What arrives" rows={shown} columns={columns} empty={wanted ? <p>Nothing of what came fits. Take the filter away.</p> : <p>Nothing has come yet. Send one: <code>immunogate send --to HOST:2575 FILE</code></p>} />
    </>
  );
}
