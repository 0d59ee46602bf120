// A list of any length: only what is seen stands in the page, and only what is near it in memory.
import type { ComponentChildren } from "preact";
import { useEffect, useReducer, useRef } from "preact/hooks";
import { ask, Refused } from "./api";
import { type Column, Trouble } from "./parts";

interface Chunk<T> { after: string; length: number; items?: T[]; asked?: boolean }
const rowHeight = 42, beyond = 12, keptAround = 3;

class List<T> {
  chunks: Chunk<T>[] = [{ after: "", length: 0 }];
  error?: Refused;
  isOver = false;
  constructor(readonly path: string, public draw: () => void) {}

  get length() { return this.chunks.reduce((sum, one) => sum + one.length, 0); }

  load(at: number) {
    const chunk = this.chunks[at];
    if (!chunk || chunk.items || chunk.asked) return;
    chunk.asked = true;
    ask<{ items: T[]; next?: string }>(this.path + (this.path.includes("?") ? "&" : "?") + "count=200" + (chunk.after && "&after=" + encodeURIComponent(chunk.after)))
      .then(({ items, next }) => {
        if (!chunk.length && at === this.chunks.length - 1) {   // seen for the first time: its length holds from now on
          chunk.length = items.length;
          if (next) this.chunks.push({ after: next, length: 0 }); else this.isOver = true;
        }
        chunk.items = items;
        this.error = undefined;
      }, (error) => { this.error = error; })
      .finally(() => { chunk.asked = false; this.draw(); });
  }

  /** Rows from `begin` to `end`, loading what is not there and letting go of what is far. */
  rows(begin: number, end: number): (T | undefined)[] {
    const out: (T | undefined)[] = [];
    let at = 0, middle = 0;
    this.chunks.forEach((chunk, number) => {
      if (at + chunk.length > begin && at < end) {
        middle = number;
        if (!chunk.items) this.load(number);
        for (let row = Math.max(begin, at); row < Math.min(end, at + chunk.length); row++) out.push(chunk.items?.[row - at]);
      }
      at += chunk.length;
    });
    if (end >= at && !this.isOver) this.load(this.chunks.length - 1);
    this.chunks.forEach((chunk, number) => { if (Math.abs(number - middle) > keptAround && chunk.length) chunk.items = undefined; });
    return out;
  }
}

export function Endless<T>({ label, path, columns, empty, turn = 0 }:
  { label: string; path: string; columns: Column<T>[]; empty: ComponentChildren; turn?: number }) {
  const [, draw] = useReducer<number, void>((count) => count + 1, 0);
  const box = useRef<HTMLDivElement>(null), list = useRef<List<T>>();
  if (list.current?.path !== path) list.current = new List<T>(path, () => draw());
  const of = list.current!;
  useEffect(() => {   // something new came: whoever looks at the beginning sees it
    if (!turn || (box.current && box.current.scrollTop > 0) || of.chunks[0].asked) return;
    const fresh = new List<T>(path, () => {   // takes its place once its first rows are there
      list.current = fresh;
      fresh.draw = () => draw();
      draw();
    });
    fresh.load(0);
  }, [turn]);
  const height = box.current?.clientHeight || 700, from = box.current?.scrollTop ?? 0;
  const begin = Math.max(0, Math.floor(from / rowHeight) - beyond), end = Math.ceil((from + height) / rowHeight) + beyond;
  const rows = of.rows(begin, end), total = of.length;
  if (of.error && !total) return <Trouble error={of.error} again={() => of.load(0)} />;
  if (!total) return of.isOver ? <div class="note">{empty}</div> : <p class="faint" role="status">Asking the gateway …</p>;
  return (
    <>
      {of.error && <Trouble error={of.error} />}
      <div class="rows endless" role="region" aria-label={label} tabIndex={0} ref={box} onScroll={() => draw()}>
        <table aria-rowcount={of.isOver ? total + 1 : -1}>
          <thead><tr aria-rowindex={1}>{columns.map((one) => <th key={one.name} scope="col">{one.name}</th>)}</tr></thead>
          <tbody>
            {begin > 0 && <tr class="spacer" aria-hidden="true"><td colSpan={columns.length} height={begin * rowHeight} /></tr>}
            {rows.map((row, at) => (
              <tr key={begin + at} tabIndex={-1} data-row aria-rowindex={begin + at + 2}>
                {row === undefined ? <td colSpan={columns.length} class="faint">…</td>
                  : columns.map((one) => <td key={one.name} data-name={one.name}>{one.of(row)}</td>)}
              </tr>
            ))}
            {total > begin + rows.length && <tr class="spacer" aria-hidden="true"><td colSpan={columns.length} height={(total - begin - rows.length) * rowHeight} /></tr>}
          </tbody>
        </table>
      </div>
      <p class="faint" role="status">{of.isOver ? `${total.toLocaleString("en")} rows, all there is.` : `${total.toLocaleString("en")} rows looked up; more come as you scroll.`}</p>
    </>
  );
}
