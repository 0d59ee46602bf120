import { useState } from "preact/hooks";
import { query } from "../api";
import { useAsked } from "../hooks";
import { Badge, Pages, Rows, Shown, Time, Title, ToMessage } from "../parts";

interface Review { id: string; kind: string; opened: string; arrival?: number; sender?: string; detail?: string; place?: string; severity?: string }

export function Reviews() {
  const [after, setAfter] = useState("");
  const asked = useAsked<{ items: Review[]; next?: string }>("reviews" + query({ state: "open", count: "50", after }));
  return (
    <>
      <Title>Reviews</Title>
      <Shown asked={asked}>{({ items, next }) => (
        <>
          <Rows label="Open reviews" rows={items} columns={[
            { name: "Kind", of: (one) => <Badge tone={one.severity === "error" ? "bad" : "warn"}>{one.kind}</Badge>, narrow: true },
            { name: "What", of: (one) => one.detail || "–" },
            { name: "Where", of: (one) => one.place || "–", narrow: true },
            { name: "Sender", of: (one) => one.sender || "–" },
            { name: "Opened", of: (one) => <Time of={one.opened} /> },
            { name: "Arrival", of: (one) => <ToMessage arrival={one.arrival} /> },
          ]} empty={<p>Nothing is open. Unmapped codes and results that contradict each other come here.</p>} />
          <Pages after={after} next={next} go={setAfter} />
        </>
      )}</Shown>
    </>
  );
}
