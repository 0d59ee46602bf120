// The console by keyboard: / search, j k rows, Enter opens, g and a letter goes to a page, ? help.
const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && !!target.closest("input, textarea, select, [contenteditable], dialog");

function walk(step: number) {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

const field = () => document.querySelector<HTMLElement>("[data-search]");
let isSearch = false;   // the page that comes next is gone to for its search

/** What stands there is written over by what is typed. */
function enter(place: HTMLElement | null) {
  place?.focus();
  if (place instanceof HTMLInputElement) place.select();
}

/** `at`: where the page with the search is. */
function search(at: string | undefined) {
  const there = field();
  if (there) return enter(there);
  if (at === undefined) return;
  isSearch = true;
  location.hash = "#/" + at;
}

/** A page has come: the focus goes to its title, or to its search where that was asked for. */
export function arrived() {
  const place = (isSearch && field()) || document.querySelector<HTMLElement>("main h1");
  isSearch = false;
  enter(place);
}

/** `pages`: letter → place. Returns what takes the listening back. */
export function listen(pages: Map<string, string>, help: () => void): () => void {
  let going = false;
  const pressed = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    const { key } = event;
    if (going) {
      going = false;
      const place = pages.get(key);
      if (place === undefined) return;
      location.hash = "#/" + place;
    } else if (key === "g") going = true;
    else if (key === "j") walk(1);
    else if (key === "k") walk(-1);
    else if (key === "/") search(pages.get("m"));
    else if (key === "?") help();
    else if (key === "Enter" && (event.target as HTMLElement).matches?.("[data-row]"))
      (event.target as HTMLElement).querySelector<HTMLElement>("a, button")?.click();
    else return;
    event.preventDefault();
  };
  addEventListener("keydown", pressed);
  return () => removeEventListener("keydown", pressed);
}
