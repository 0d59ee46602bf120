// Answers as the admin endpoints' description has them, full of markup where people write.
const markup = "<img src=x onerror=alert(1)><script>alert(2)</script>";
const raw = [
  `MSH|^~\\&|LAB|LAB-NORTH|GATEWAY|CLINIC|20261130080000+0000||ORU^R01^ORU_R01|C-4711|P|2.5.1`,
  `PID|1||P-100^^^CLINIC^MR||Berg^${markup}||19900412|F`,
  "OBR|1|O-1|F-1|83098-4^AMH^LN|||20261130073000+0000",
  "OBX|1|NM|20568-8^Progesterone^LN||12.40|nmol/L|1.8-75.9||||F|||20261130073000+0000",
  `NTE|1||${markup}`, "ZCY|LMP|20261109",
].join("\r");
const observation = "Observation/5b1d0c3e-0000-5000-8000-000000000001";
const arrival = {
  arrival: 1, received: "2026-11-30T08:00:01.204Z", listener: "mllp", sender: "lab-north", message_type: "ORU^R01",
  control_id: "C-4711", answer: "AA", state: "accepted", fates: { mapped: 9, set_aside: 2, unmapped: 1 },
};
const items = Array.from({ length: 12 }, (_, at) => ({ ...arrival, arrival: 12 - at, control_id: at === 3 ? markup : "C-" + (4711 + at),
  state: ["accepted", "accepted", "duplicate", "rejected", "error"][at % 5], answer: ["AA", "AA", "AA", "AR", "AE"][at % 5] }));

export const answers = {
  overview: {
    version: "0.1.0", instance: "clinic-a", started: "2026-11-30T07:00:00Z", now: "2026-11-30T08:00:05Z",
    store: { kind: "sqlite", ready: true }, messages: { last_minute: 42, last_hour: 1910, total: 128_411 },
    answers: { AA: 128_380, AE: 24, AR: 7 }, ack_seconds: { p50: 0.0031, p99: 0.0187 },
    outbox: { pending: 3, oldest_seconds: 4.2, dead: 1 }, reviews: { open: 2 },
    certificates: [{ used_by: "https", subject: "CN=gateway", not_after: "2027-03-01T00:00:00Z", days_left: 91 },
      { used_by: "target hospital", subject: "CN=gateway", not_after: "2026-12-19T00:00:00Z", days_left: 19 }],
  },
  messages: { items, next: "MTIz" },
  "messages/{arrival}": {
    ...arrival, raw, acknowledgement: "MSH|^~\\&|GATEWAY|CLINIC|LAB|LAB-NORTH|20261130080001+0000||ACK^R01|1|P|2.5.1\rMSA|AA|C-4711",
    account: [
      { place: "MSH-10", name: "Message Control ID", value: "C-4711", fate: "mapped", paths: [] },
      { place: "PID[1]-5.2", name: "Patient Name", value: markup, fate: "mapped", paths: ["Patient/p1#name.given"] },
      { place: "OBX[1]-3", name: "Observation Identifier", value: "20568-8^Progesterone^LN", fate: "mapped", paths: [observation + "#code"] },
      { place: "OBX[1]-5", name: "Observation Value", value: "12.40", fate: "mapped", paths: [observation + "#valueQuantity.value"] },
      { place: "OBX[1]-7", name: "References Range", value: "1.8-75.9", fate: "set-aside", why: "range without a unit of its own" },
      { place: "NTE[1]-3", name: "Comment", value: markup, fate: "mapped", paths: [observation + "#note.text"] },
      { place: "ZCY[1]-2", value: "20261109", fate: "unmapped", why: "no row of the sender's profile names it" },
    ],
    resources: [{ reference: observation, version: "1", body: {
      resourceType: "Observation", status: "final", code: { coding: [{ system: "http://loinc.org", code: "20568-8" }], text: "Progesterone" },
      valueQuantity: { value: 12.4, unit: "nmol/L" }, note: [{ text: markup }] } }],
    deliveries: [{ delivery: 7, target: "hospital", state: "dead", attempts: 3, answer: "422 " + markup }],
  },
  reviews: { items: [{ id: "r1", kind: "unmapped-code", opened: "2026-11-30T08:00:01Z", arrival: 1, sender: "lab-north", detail: "AMHX " + markup, count: 17 }] },
  targets: { items: [{ name: "hospital", kind: "fhir", address: "https://fhir.hospital.example", circuit: "open", pending: 3, oldest_seconds: 4200, last_error: "422 " + markup }] },
  senders: { items: [{ name: "lab-north", profile: "lab-north", certificates: ["CN=sender"], last_message: "2026-11-30T08:00:01Z", messages: 128_411 }] },
  audit: { items: [{ row: 9, at: "2026-11-30T08:00:01Z", kind: "signed_in", agent: "eve", outcome: "0", detail: markup }] },
};
