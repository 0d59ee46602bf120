// A person's own account: a code is set up, and the session goes on; then another password.
import { createHmac } from "node:crypto";

export const title = "One’s own account";

/** RFC 6238, as the app on a phone. */
function totp(secret, at = Date.now()) {
  const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac("sha1", key).update(counter).digest(), from = mac[19] & 15;
  return String((mac.readUInt32BE(from) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

export async function play(desk, { person }) {
  const page = await desk.open();
  await desk.accept(person);
  let secret = "";
  await desk.step("From her name in the bar she comes to her account.", async () => {
    await page.getByRole("link", { name: person.user }).click();
    await page.getByRole("heading", { level: 1, name: "Account" }).waitFor();
    await desk.accessible("account");
  });
  await desk.step("She sets up a code: the app is given the secret.", async () => {
    await page.getByRole("button", { name: "Set up a code" }).click();
    secret = (await page.locator("form.decide code").textContent()).replaceAll(" ", "");
    await desk.accessible("account code");
  });
  await desk.step("Its first digits confirm it.", async () => {
    await page.getByLabel("The code it shows now").fill(totp(secret));
    await page.getByRole("button", { name: "Set it up" }).click();
    await page.getByText("The code is set up").waitFor();
  });
  // The session goes on under another token: what is changed next must carry that one.
  await desk.step("A wrong password is refused in words, and what was typed stays.", async () => {
    await page.getByLabel("Password now").fill("not the password");
    await page.getByLabel("New password").fill("another few words in a row");
    await page.getByRole("button", { name: "Change it" }).click();
    const said = await page.getByRole("alert").textContent();
    desk.expect("the refusal is of the password, not of a foreign page: " + said, !/another site|X-CSRF/.test(said));
    desk.expect("what was typed stays", await page.getByLabel("New password").inputValue() !== "");
  });
}
