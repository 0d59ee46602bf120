// Reads HL7v2 with a parser that others wrote, and says what it found.
//
// Standard input: a line each, {"name", "text", "ask": {"MSA": ["1", "2"], …}}. Standard output: a line each,
// {"name", "messages": [[["MSH", {"9.1": "ACK", …}], …], …]}, or {"name", "error"} where it cannot read the text.
// A batch gives its messages; "envelope" holds what BHS and BTS were asked for.
const { Batch, FileBatch, Message } = require("node-hl7-client");

function valueOf(segment, path) {
  try {
    return segment.get("." + path).toString();
  } catch {
    return ""; // a part of a part that is not there
  }
}

function asked(segment, name, ask) {
  return Object.fromEntries((ask[name] || []).map((path) => [path, valueOf(segment, path)]));
}

function segments(message, ask) {
  const found = [];
  message.forEach((segment) => found.push([segment.name, asked(segment, segment.name, ask)]));
  return found;
}

function envelope(batch, ask) {
  return Object.fromEntries(
    ["BHS", "BTS"].flatMap((name) => (ask[name] || []).map((path) => [`${name}.${path}`, batch.get(`${name}.${path}`).toString()])));
}

function read({ name, text, ask }) {
  if (text.startsWith("MSH")) return { name, messages: [segments(new Message({ text }), ask)] };
  // This parser takes the end of a batch for the start of another segment.
  const whole = text.startsWith("FHS") ? new FileBatch({ text }) : new Batch({ text: text.replace(/\r$/, "") });
  return { name, messages: whole.messages().map((m) => segments(m, ask)), envelope: text.startsWith("BHS") ? envelope(whole, ask) : {} };
}

for (const line of require("node:fs").readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const input = JSON.parse(line);
  try {
    console.log(JSON.stringify(read(input)));
  } catch (error) {
    console.log(JSON.stringify({ name: input.name, error: String(error.message) }));
  }
}
