import { useState } from "preact/hooks";
import { query } from "../api";
import { useAsked } from "../hooks";
import { Pages, Rows, Shown, Time, Title } from "../parts";

interface Row { row: number; at: string; kind: string; agent?: string; outcome?: string; detail?: string }

export function Audit() {
  const [after, setAfter] = useState("");
  const asked = useAsked<{ items: Row[]; next?: string }>("audit" + query({ count: "50", after }));
  return (
    <>
      <Title>Audit</Title>
      <Shown asked={asked}>{({ items, next }) => (
        <>
          <Rows label="Audit trail" rows={items} columns={[
            { name: "Row", of: (one) => one.row, narrow: true },
            { name: "When", of: (one) => <Time of={one.at} /> },
            { name: "What", of: (one) => one.kind },
            { name: "Who", of: (one) => one.agent || "–" },
            { name: "Outcome", of: (one) => one.outcome || "–" },
            { name: "Detail", of: (one) => one.detail || "–" },
          ]} empty={<p>The trail is empty: nobody has done or asked anything yet.</p>} />
          <Pages after={after} next={next} go={setAfter} />
        </>
      )}</Shown>
    </>
  );
}
