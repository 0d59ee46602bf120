// Every page that a role has, light and dark, wide and as narrow as a phone: axe-core judges each.
export const title = "Every page, by role and window";

const all = ["Overview", "Messages", "Live", "Patients", "Dead letters", "Reviews", "Remap", "Follow-up", "Targets", "Senders", "Health", "Users", "Audit"];
const keys = [["m", "Messages"], ["d", "Dead letters"], ["t", "Targets"], ["o", "Overview"]];
const windows = {
  wide: {}, dark: { colorScheme: "dark" },
  phone: { viewport: { width: 320, height: 700 } },
};

async function shown(desk) {
  const names = await desk.page.getByRole("navigation").getByRole("link").allTextContents();
  return all.filter((name) => names.includes(name));
}

async function everyPage(desk, role, view, only = all) {
  for (const name of (await shown(desk)).filter((one) => only.includes(one))) {
    await desk.goTo(name);
    await desk.step(`${name}, as ${role}, ${view}`, async () => {
      await desk.accessible(`${role} ${view} ${name}`);
      await desk.fits(`${role} ${view} ${name}`);
    }, `${role}-${view}-${name.toLowerCase().replace(" ", "-")}`);
  }
}

/** One message and one chart, masked and open. */
async function opened(desk, view, patient) {
  const { page } = desk;
  const judged = async (name) => {
    await desk.accessible(`${view} ${name}`);
    await desk.fits(`${view} ${name}`);
    await desk.picture(`operator-${view}-${name}`);
  };
  await desk.goTo("Messages");
  await page.getByLabel("Control id").fill("N1001");
  await page.getByRole("button", { name: "Search" }).click();
  const row = page.locator("main tbody tr", { hasText: "N1001" });
  await row.waitFor();
  await row.getByRole("link").click();
  await page.getByRole("heading", { level: 1, name: /Message \d+/ }).waitFor();
  await judged("message-masked");
  await desk.openFor("Quality");
  await judged("message");
  await desk.goTo("Patients");
  await page.getByLabel("Patient identifier").fill(patient);
  await page.getByRole("button", { name: "Find" }).click();
  await page.getByRole("heading", { level: 1, name: "Patient chart" }).waitFor();
  await desk.openFor("Treatment");
  await page.locator(".plot svg").first().waitFor();
  await judged("chart");
}

async function byKeyboard(desk) {
  const { page } = desk, here = await shown(desk);
  for (const [key, name] of keys.filter(([, name]) => here.includes(name))) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await page.getByRole("heading", { level: 1, name }).waitFor();
  }
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await desk.accessible("help");
  await desk.picture("help");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.keyboard.press("/");
  await page.locator("[name=control_id]:focus").waitFor();
  await page.keyboard.type("j");
  desk.expect("letters typed are letters", await page.locator("[name=control_id]").inputValue() === "j");
  await page.locator("main h1").focus();
  await page.locator("main [data-row]").first().waitFor();
  for (const key of ["j", "j", "k", "j", "Enter"]) await page.keyboard.press(key);
  await page.getByRole("heading", { level: 1, name: /Message \d+/ }).waitFor();
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
}

export async function play(desk, { view, operator, administrator, auditor, patient }) {
  await desk.open(windows[view]);
  await desk.accept(operator);
  await everyPage(desk, "operator", view);
  await opened(desk, view, patient);
  if (view !== "wide") return;
  await byKeyboard(desk);
  await desk.page.getByRole("button", { name: "Sign out" }).click();
  await desk.page.waitForURL("**/console/sign-in");
  await desk.page.locator("#sign-in button:enabled").first().waitFor();
  await desk.accessible("sign-in");
  await desk.picture("sign-in");
  await desk.open();
  await desk.accept(administrator);
  await everyPage(desk, "administrator", view, ["Users"]);   // what an operator has is judged
  await invite(desk);
  await desk.open();
  await desk.accept(auditor);
  await everyPage(desk, "auditor", view, ["Audit"]);
  await desk.goTo("Messages");
  await desk.page.locator("main tbody tr").first().waitFor();
  desk.expect("an auditor's list leads to no content", await desk.page.locator("main tbody a").count() === 0);
}
