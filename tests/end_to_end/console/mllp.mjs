// Sends a message as a laboratory does, and gives back the acknowledgement.
import { connect } from "node:net";

export function send(port, message) {
  return new Promise((resolve, reject) => {
    let said = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(`\x0b${message}\x1c\r`));
    socket.setTimeout(20_000, () => reject(new Error("no acknowledgement")));
    socket.on("error", reject);
    socket.on("data", (bytes) => {
      said += bytes;
      if (said.includes("\x1c")) { socket.end(); resolve(said); }
    });
  });
}
