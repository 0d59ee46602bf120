import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ask, Refused } from "./api";
import { isAttended } from "./live";

export interface Asked<T> { data?: T; error?: Refused; at: number; again: () => void }

/** Asks `path`, and every `every` milliseconds again while somebody is there; an older answer never replaces a newer one. */
export function useAsked<T>(path: string, every = 0, exact = false): Asked<T> {
  const [state, set] = useState<{ data?: T; error?: Refused; at: number; path: string }>({ at: 0, path });
  const turn = useRef(0);
  const again = useCallback(() => {
    const mine = ++turn.current;
    ask<T>(path, undefined, exact).then(
      (data) => { if (mine === turn.current) set({ data, at: Date.now(), path }); },
      (error) => { if (mine === turn.current) set((before) => ({ ...before, error, path })); });
  }, [path]);
  useEffect(() => {
    again();
    const timer = every ? setInterval(() => { if (isAttended()) again(); }, every) : 0;
    return () => { turn.current++; if (timer) clearInterval(timer); };
  }, [again, every]);
  return state.path === path ? { ...state, again } : { at: 0, again };
}

/** The clock, each second: for what grows old on the page. */
export function useNow(): number {
  const [now, set] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => set(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** The part of the address behind '#': "messages/12". */
export function useRoute(): string {
  const read = () => location.hash.replace(/^#\/?/, "");
  const [route, set] = useState(read());
  useEffect(() => {
    const changed = () => set(read());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return route;
}
