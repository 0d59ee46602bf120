// An operator's day: did it arrive, where is it, what is wrong?
import { send } from "./mllp.mjs";

export const title = "An operator’s day";

export async function play(desk, { operator, plain, late, wanted }) {
  const page = await desk.open();
  const verdict = page.locator(".verdict");

  await desk.step("Olga was invited. She sets a password, and the console opens with its overview: something needs her.", async () => {
    await desk.accept(operator);
    await verdict.getByText("Something needs you.").waitFor();
  });

  await desk.step("The verdict names the cause and leads to it: a delivery that the hospital refused, with the hospital’s own words.", async () => {
    await verdict.getByRole("link", { name: /dead letter/ }).click();
    await page.getByRole("heading", { level: 1, name: "Dead letters" }).waitFor();
    await page.locator("main tbody").getByText("422").first().waitFor();
  });

  await desk.step("She goes to the message it came by. What stands in it is masked; what became of it is not.", async () => {
    await page.locator("main tbody tr").first().getByRole("link").click();
    await page.getByRole("heading", { level: 2, name: /Why do you open/ }).waitFor();
    desk.expect("a name is masked", await page.getByText("Aksoy").count() === 0);
    await page.getByRole("heading", { name: "Deliveries" }).waitFor();
  });

  await desk.step("She says why and sees the message, each field by its fate, the answer to the sender, the loss account and the resources.", async () => {
    await desk.openFor("Fault-finding");
    await page.getByText("Aksoy").first().waitFor();
  });

  await desk.step("Pointing at a value shows where it went: its line of the account and its line of the resource.", () => links(desk));

  await desk.step("She gives the letter up, says why, and proves that it is she.", () => discard(desk, operator.password));

  await desk.step("A laboratory asks for a message by its control id. “/” goes to the search.", async () => {
    await page.locator("main h1").focus();
    await page.keyboard.press("g");
    await page.keyboard.press("m");
    await page.getByRole("heading", { level: 1, name: "Messages" }).waitFor();
    await page.keyboard.press("/");
    await page.locator("[name=control_id]:focus").waitFor();
    await page.keyboard.type(wanted);
    await page.keyboard.press("Enter");
    await page.getByText("1 rows, all there is.").waitFor();
    await page.locator("main tbody tr", { hasText: wanted }).waitFor();
  });

  await desk.step("Which messages could not be read? They were refused with AE, and are kept.", async () => {
    await page.getByLabel("Control id").fill("");
    await page.getByLabel("State").selectOption("error");
    await page.getByRole("button", { name: "Search" }).click();
    await page.locator("main tbody tr", { hasText: "AE error" }).first().waitFor();
  });

  await desk.step("By the patient’s number: that she looked goes into the audit trail.", async () => {
    await page.getByLabel("State").selectOption("");
    await page.getByLabel("Patient identifier").fill("P0008");
    await page.getByRole("button", { name: "Search" }).click();
    await page.locator("main tbody tr", { hasText: "N2002" }).waitFor();
  });

  await desk.step("She watches what arrives, as it arrives.", async () => {
    await desk.goTo("Live");
    await page.locator("main tbody tr").first().waitFor();
    await send(plain, late);
    await page.locator("main tbody tr", { hasText: "LATE1" }).waitFor();
    await page.getByText("1 came since").waitFor();
  });

  await desk.step("Is the gateway itself well? When was it backed up?", () => desk.goTo("Health"));
  await desk.step("Nothing is left that needs her today; what waits for a reviewer is named.", async () => {
    await desk.goTo("Overview");
    await verdict.getByText(/All is well|Worth a look/).waitFor();
  });
}

async function links(desk) {
  const { page } = desk;
  const value = page.locator(".hl7 .field", { hasText: "5.10" });
  await value.hover();
  await page.locator(".account tr[data-hot]", { hasText: "OBX[3]-5" }).waitFor();
  await page.locator(".json .line[data-hot]", { hasText: "5.10" }).waitFor();   // with the digits that were sent
  await page.locator(".hot", { hasText: "mapped" }).waitFor();
  desk.expect("a fate has a letter", (await value.textContent()).endsWith("M"));
  await page.locator(".json button.line", { hasText: "8112-5" }).first().focus();
  await page.locator(".hl7 .field[data-hot]", { hasText: "8112-5" }).waitFor();
}

async function discard(desk, password) {
  const { page } = desk;
  await desk.goTo("Dead letters");
  await page.locator("main tbody tr").first().getByRole("checkbox").check();
  await page.getByLabel("Reason").fill("the hospital does not want it");
  await page.getByRole("button", { name: "Discard" }).click();
  const said = page.getByText("Given up for good: 1"), proof = page.getByRole("heading", { name: "Prove that it is you" });
  await said.or(proof).first().waitFor();
  if (await proof.isVisible()) {
    await page.getByLabel(/your password/).fill(password);
    await page.getByRole("button", { name: "Go on" }).click();
  }
  await said.waitFor();
}
