import type { ComponentChildren, VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ask, type Session } from "./api";
import { useRoute } from "./hooks";
import { arrived, listen } from "./keyboard";
import { Account } from "./pages/account";
import { Audit } from "./pages/audit";
import { FollowUps } from "./pages/follow_ups";
import { Health } from "./pages/health";
import { Letters } from "./pages/letters";
import { Live } from "./pages/live";
import { Message } from "./pages/message";
import { Messages } from "./pages/messages";
import { Overview } from "./pages/overview";
import { Patient, Patients } from "./pages/patient";
import { Differences, Remap } from "./pages/remap";
import { Reviews } from "./pages/reviews";
import { Senders, Targets } from "./pages/parties";
import { Users } from "./pages/users";

interface Page { place: string; name: string; key: string; asks: string; may?: (who: Session) => boolean; show: (who: Session) => VNode }

/** In the order of the navigation. A page whose endpoint this gateway lacks is not in it. */
const pages: Page[] = [
  { place: "", name: "Overview", key: "o", asks: "overview", show: () => <Overview /> },
  { place: "messages", name: "Messages", key: "m", asks: "messages", show: () => <Messages /> },
  { place: "live", name: "Live", key: "l", asks: "events", show: () => <Live /> },
  { place: "patients", name: "Patients", key: "p", asks: "patients", may: (who) => who.may.includes("content.open"), show: () => <Patients /> },
  { place: "letters", name: "Dead letters", key: "d", asks: "outbox", show: (who) => <Letters who={who} /> },
  { place: "reviews", name: "Reviews", key: "r", asks: "reviews", show: () => <Reviews /> },
  { place: "remap", name: "Remap", key: "e", asks: "remaps", show: (who) => <Remap who={who} /> },
  { place: "follow-ups", name: "Follow-up", key: "f", asks: "follow-ups", may: (who) => who.may.includes("content.open"), show: (who) => <FollowUps who={who} /> },
  { place: "targets", name: "Targets", key: "t", asks: "targets", show: () => <Targets /> },
  { place: "senders", name: "Senders", key: "s", asks: "senders", show: () => <Senders /> },
  { place: "health", name: "Health", key: "h", asks: "health", show: () => <Health /> },
  { place: "users", name: "Users", key: "u", asks: "users", may: (who) => who.may.includes("users.see"), show: (who) => <Users who={who} /> },
  { place: "audit", name: "Audit", key: "a", asks: "audit", may: (who) => who.may.includes("audit.read"), show: () => <Audit /> },
];

const themes = ["system", "light", "dark"];
export function recallTheme() {
  document.documentElement.dataset.theme = localStorage.getItem("theme") ?? "system";
}

function Theme() {
  const [theme, set] = useState(document.documentElement.dataset.theme ?? "system");
  return (
    <button type="button" class="quiet" onClick={() => {
      const next = themes[(themes.indexOf(theme) + 1) % themes.length];
      localStorage.setItem("theme", next);
      document.documentElement.dataset.theme = next;
      set(next);
    }}>Colours: {theme}</button>
  );
}

function Help({ shown, close, offered }: { shown: boolean; close: () => void; offered: Page[] }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => { if (shown) dialog.current?.showModal(); else dialog.current?.close(); }, [shown]);
  const keys: [string, string][] = [["/", "search"], ["j  k", "next, previous row"], ["Enter", "open the row"],
    ...offered.map((page): [string, string] => ["g  " + page.key, page.name]), ["?", "this help"], ["Esc", "close"]];
  return (
    <dialog ref={dialog} aria-labelledby="help" onClose={close}>
      <h2 id="help">Keys</h2>
      <dl class="keys">{keys.map(([key, what]) => [<dt key={key}><kbd>{key}</kbd></dt>, <dd>{what}</dd>])}</dl>
      <button type="button" onClick={close}>Close</button>
    </dialog>
  );
}

function Bar({ who, here, offered, help }: { who: Session; here?: Page; offered: Page[]; help: () => void }) {
  const leave = () => ask("session/end", {}).finally(() => location.assign("/console/sign-in"));
  return (
    <header class="bar">
      <p class="name">ImmunoGate <span class="faint">{location.host}</span></p>
      <nav aria-label="Pages">
        <ul>{offered.map((page) => (
          <li key={page.place}><a href={"#/" + page.place} aria-current={page === here ? "page" : undefined}>{page.name}</a></li>
        ))}</ul>
      </nav>
      <div class="me">
        <p><a href="#/account">{who.name || who.user}</a> <span class="faint">{who.role}</span></p>
        <p class="actions"><Theme /><button type="button" class="quiet" onClick={help}>Keys (?)</button>
          <button type="button" class="quiet" onClick={leave}>Sign out</button></p>
      </div>
    </header>
  );
}

function content(route: string, here: Page | undefined, who: Session, paths: Set<string>): ComponentChildren {
  const arrival = /^messages\/(\d+)$/.exec(route);
  if (arrival && paths.has("messages/{arrival}")) return <Message key={route} arrival={arrival[1]} who={who} />;
  const run = /^remap\/(\d+)$/.exec(route);
  if (run && paths.has("remaps/{run}/differences")) return <Differences key={route} run={run[1]} />;
  const patient = /^patients\/([A-Za-z0-9.-]{1,64})$/.exec(route);
  if (patient && paths.has("patients/{patient}")) return <Patient key={route} patient={patient[1]} />;
  if (route === "account") return <Account who={who} />;
  if (here) return here.show(who);
  return <p class="note">There is no such page. Take one from above.</p>;
}

export function Shell({ who, paths }: { who: Session; paths: Set<string> }) {
  const route = useRoute();
  const [help, showHelp] = useState(false);
  const offered = pages.filter((page) => paths.has(page.asks) && (!page.may || page.may(who)));
  const here = offered.find((page) => page.place === route.split("/")[0]) ?? (route === "" ? offered[0] : undefined);
  useEffect(() => listen(new Map(offered.map((page) => [page.key, page.place])), () => showHelp(true)), []);
  useEffect(() => {
    document.title = (here?.name ?? (route === "account" ? "Account" : "Console")) + " – ImmunoGate";
    arrived();
  }, [route]);
  return (
    <>
      <a class="skip" href="#content" onClick={(event) => { event.preventDefault(); document.querySelector<HTMLElement>("main")?.focus(); }}>To the content</a>
      <Bar who={who} here={here} offered={offered} help={() => showHelp(true)} />
      <main id="content" tabIndex={-1}>{content(route, here, who, paths)}</main>
      <Help shown={help} close={() => showHelp(false)} offered={offered} />
    </>
  );
}
