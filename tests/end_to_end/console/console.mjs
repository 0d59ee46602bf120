// node console.mjs SCENARIO SETTINGS: plays it against the program that runs, prints what was wrong, a line each.
import { Desk } from "./browser.mjs";

const pages = [["Overview"], ["Messages"], ["Dead letters"], ["Reviews"], ["Targets"], ["Senders"], ["Users"], ["Audit"]];
const keys = [["m", "Messages"], ["d", "Dead letters"], ["t", "Targets"], ["o", "Overview"]];

/** Pages that the navigation of this person has. */
async function shown(desk) {
  const names = await desk.page.getByRole("navigation").getByRole("link").allTextContents();
  return pages.filter(([name]) => names.includes(name));
}

async function everyPage(desk, who, more = {}) {
  const { page } = desk;
  for (const [name] of await shown(desk)) {
    await desk.goTo(name);
    await desk.accessible(`${who} ${name}`);
    await desk.picture(`${who}-${name.toLowerCase().replace(" ", "-")}`);
    if (more.narrow) {
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
      desk.expect(`${name} fits 320 px`, !wide);
    }
  }
}

async function oneMessage(desk, who) {
  const { page } = desk;
  await desk.goTo("Messages");
  await page.locator("main tbody a").first().click();
  await page.getByRole("heading", { level: 1, name: /Message \d+/ }).waitFor();
  await desk.settled();
  await desk.accessible(who + " message");
  await desk.picture(who + "-message");
}

async function links(desk) {
  const { page } = desk;
  const value = page.locator(".hl7 .field", { hasText: "12.40" });
  await value.hover();
  await page.locator(".account tr[data-hot]", { hasText: "OBX[1]-5" }).waitFor();
  await page.locator(".json .line[data-hot]", { hasText: "12.4" }).waitFor();
  await page.locator(".json button.line", { hasText: "20568-8" }).focus();
  await page.locator(".hl7 .field[data-hot]", { hasText: "20568-8" }).waitFor();
  desk.expect("a fate has a letter", (await value.textContent()).endsWith("M"));
  desk.expect("markup stands there as text", await page.locator("main img, main script").count() === 0);
}

async function byKeyboard(desk) {
  const { page } = desk, here = (await shown(desk)).map(([name]) => name);
  for (const [key, name] of keys.filter(([, name]) => here.includes(name))) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await page.getByRole("heading", { level: 1, name }).waitFor();
  }
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await desk.accessible("help");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  if (!here.includes("Messages")) return;
  await page.keyboard.press("/");
  await page.locator("[name=control_id]:focus").waitFor();
  await page.keyboard.type("j");
  desk.expect("letters typed are letters", await page.locator("[name=control_id]").inputValue() === "j");
  await page.locator("main h1").focus();
  await desk.settled();
  for (const key of ["j", "j", "k", "j", "Enter"]) await page.keyboard.press(key);
  await page.getByRole("heading", { level: 1, name: /Message \d+/ }).waitFor();
}

async function decide(desk, password) {
  const { page } = desk;
  await desk.goTo("Dead letters");
  const row = page.locator("main tbody tr").first();
  await row.getByRole("checkbox").check();
  await page.getByLabel("Reason").fill("the hospital does not want it");
  await page.getByRole("button", { name: "Discard" }).click();
  const said = page.getByText("Given up for good: 1"), proof = page.getByRole("heading", { name: "Prove that it is you" });
  await said.or(proof).first().waitFor();
  if (await proof.isVisible()) {
    await desk.picture("operator-proof");
    await page.getByLabel(/your password/).fill(password);
    await page.getByRole("button", { name: "Go on" }).click();
  }
  await said.waitFor();
  await page.getByText("No dead letter").waitFor();
}

async function invite(desk) {
  const { page } = desk;
  await desk.goTo("Users");
  const form = page.locator("form.decide");
  await form.getByLabel("User").fill("carl");
  await form.getByLabel("Shown name").fill("<img src=x onerror=alert(3)>");
  await form.getByRole("button", { name: "Invite" }).click();
  await page.getByText("I have an invitation").waitFor();
  await page.locator("tbody tr", { hasText: "carl" }).getByRole("button", { name: "Lock carl" }).click();
  await page.getByText("carl is locked").waitFor();
  await desk.picture("administrator-users-changed");
}

const scenarios = {
  /** The program as it is: what it does not offer is not in the navigation. */
  async people(desk, { operator, administrator }) {
    await desk.open();
    await desk.accept(operator);
    desk.expect("an operator sees no accounts", !(await shown(desk)).some(([name]) => name === "Users"));
    await everyPage(desk, "operator");
    await byKeyboard(desk);
    await decide(desk, operator.password);
    await desk.page.getByRole("button", { name: "Sign out" }).click();
    await desk.page.waitForURL("**/console/sign-in");
    await desk.page.locator("#sign-in button:enabled").first().waitFor();
    await desk.accessible("sign-in");
    await desk.picture("sign-in");
    await desk.signIn(operator);
    await desk.open();
    await desk.accept(administrator);
    await everyPage(desk, "administrator");
    await invite(desk);
  },
  /** Every page, also those whose endpoints a stand-in plays, and all their text full of markup. */
  async pages(desk, { auditor, phone }) {
    await desk.open();
    await desk.standIn();
    await desk.accept(auditor);
    await everyPage(desk, "light");
    await oneMessage(desk, "light");
    await links(desk);
    await byKeyboard(desk);
    await desk.open({ colorScheme: "dark", viewport: { width: 320, height: 700 } });
    await desk.standIn();
    await desk.accept(phone);
    await everyPage(desk, "phone", { narrow: true });
    await oneMessage(desk, "phone");
  },
};

const [name, text] = process.argv.slice(2);
const settings = JSON.parse(text), desk = new Desk(settings);
try {
  await scenarios[name](desk, settings);
} catch (error) {
  desk.wrong.push(String(error.stack));
  await desk.picture("failed-" + name).catch(() => {});
} finally {
  await desk.close();
}
for (const one of desk.wrong) console.log(one);
process.exitCode = desk.wrong.length ? 1 : 0;
