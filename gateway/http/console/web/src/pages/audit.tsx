import { useState } from "preact/hooks";
import { query } from "../api";
import { useAsked } from "../hooks";
import { Pages, Rows, Shown, Time, Title } from "../parts";

interface Row {
  row: number; at: string; kind: string; agent?: string; source?: string; address?: string; outcome?: string; detail?: string;
  arrival?: number; count?: number; entities?: string[];
}

function About({ of }: { of: Row }) {
  const named = [...(of.arrival ? ["arrival " + of.arrival] : []), ...(of.entities ?? [])];
  const shown = named.slice(0, 3).join(", ") + (named.length > 3 ? ` and ${named.length - 3} more` : "");
  return <>{[of.detail, shown, of.count ? `${of.count} shown` : ""].filter(Boolean).join(" · ") || "–"}</>;
}

export function Audit() {
  const [after, setAfter] = useState("");
  const [kind, setKind] = useState("");
  const asked = useAsked<{ items: Row[]; next?: string }>("audit" + query({ count: "50", after, kind }));
  return (
    <>
      <Title>Audit</Title>
      <form class="filter" role="search" onSubmit={(event) => {
        event.preventDefault();
        setAfter("");
        setKind(String(new FormData(event.currentTarget).get("kind")).trim());
      }}>
        <label>What happened <input name="kind" data-search list="kinds" autoComplete="off" spellcheck={false} /></label>
        <datalist id="kinds">{["content-opened", "messages-searched", "refused", "sign-in", "sign-in-refused", "letters-discarded", "trail-read", "user-added"].map((one) => <option key={one} value={one} />)}</datalist>
        <button>Search</button>
      </form>
      <Shown asked={asked}>{({ items, next }) => (
        <>
          <Rows label="Audit trail" rows={items} columns={[
            { name: "Row", of: (one) => one.row, narrow: true },
            { name: "When", of: (one) => <Time of={one.at} />, narrow: true },
            { name: "What", of: (one) => one.kind, narrow: true },
            { name: "Who", of: (one) => [one.agent, one.address].filter(Boolean).join(" at ") || "–" },
            { name: "Outcome", of: (one) => one.outcome || "–", narrow: true },
            { name: "Of what", of: (one) => <About of={one} /> },
          ]} empty={kind ? <p>No row of this kind. Take the filter away to see all.</p> : <p>The trail is empty: nobody has done or asked anything yet.</p>} />
          <Pages after={after} next={next} go={setAfter} />
        </>
      )}</Shown>
    </>
  );
}
