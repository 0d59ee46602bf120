import { useAsked } from "../hooks";
import { Badge, Rows, seconds, Shown, Time, Title } from "../parts";

interface Target { name: string; kind?: string; address?: string; circuit?: string; pending?: number; oldest_seconds?: number; last_error?: string }
interface Sender { name: string; profile?: string; certificates?: string[]; last_message?: string; messages?: number }

export function Targets() {
  const asked = useAsked<{ items: Target[] }>("targets", 5000);
  return (
    <>
      <Title>Targets</Title>
      <Shown asked={asked}>{({ items }) => (
        <Rows label="Targets" rows={items} columns={[
          { name: "Name", of: (one) => one.name },
          { name: "Kind", of: (one) => one.kind ?? "–" },
          { name: "Address", of: (one) => one.address || "–" },
          { name: "Circuit", of: (one) => one.circuit ? <Badge tone={one.circuit === "closed" ? "good" : "bad"}>{one.circuit}</Badge> : "–" },
          { name: "Waiting", of: (one) => one.pending ?? "–" },
          { name: "Oldest", of: (one) => one.pending ? seconds(one.oldest_seconds) : "–" },
          { name: "Last error", of: (one) => one.last_error || "none" },
        ]} empty={<p>No target yet. Results are kept and searched here; <code>forward.targets</code> of the configuration says where they go on to.</p>} />
      )}</Shown>
    </>
  );
}

export function Senders() {
  const asked = useAsked<{ items: Sender[] }>("senders", 5000);
  return (
    <>
      <Title>Senders</Title>
      <Shown asked={asked}>{({ items }) => (
        <Rows label="Senders" rows={items} columns={[
          { name: "Name", of: (one) => one.name },
          { name: "Profile", of: (one) => one.profile || "–" },
          { name: "Certificates", of: (one) => one.certificates?.join("; ") || "–" },
          { name: "Last message", of: (one) => <Time of={one.last_message} /> },
          ...(items.some((one) => one.messages !== undefined) ? [{ name: "Messages", of: (one: Sender) => one.messages ?? "–" }] : []),
        ]} empty={<p>No sender yet. <code>senders</code> of the mappings' folder says who may send what.</p>} />
      )}</Shown>
    </>
  );
}
