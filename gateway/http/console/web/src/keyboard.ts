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

function search() {
  const field = () => document.querySelector<HTMLInputElement>("[data-search]");
  const there = field();
  if (there) return there.focus();
  location.hash = "#/messages";
  requestAnimationFrame(() => requestAnimationFrame(() => field()?.focus()));
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
    else if (key === "/") search();
    else if (key === "?") help();
    else if (key === "Enter" && (event.target as HTMLElement).matches?.("[data-row]"))
      (event.target as HTMLElement).querySelector<HTMLElement>("a, button")?.click();
    else return;
    event.preventDefault();
  };
  addEventListener("keydown", pressed);
  return () => removeEventListener("keydown", pressed);
}
