// A patient's chart: over cycle day and over weeks of gestation, with the laboratory's range, unknown days and corrections.
export const title = "A patient’s chart";

export async function play(desk, { operator, patient }) {
  const page = await desk.open();
  await desk.accept(operator);
  await desk.goTo("Patients");
  await desk.step("Olga looks for the patient by the number on paper. The chart is masked until she says why.", async () => {
    await page.getByLabel("Patient identifier").fill(patient);
    await page.getByRole("button", { name: "Find" }).click();
    await page.getByRole("heading", { level: 2, name: "Why do you open this chart?" }).waitFor();
    desk.expect("the number is in no address", !page.url().includes(patient));
    desk.expect("no value is shown yet", await page.locator(".plot svg").count() === 0);
  });
  await desk.step("One panel for each analyte and sample type.", async () => {
    await desk.openFor("Treatment");
    await page.locator(".plot svg").first().waitFor();
  });
  const blood = page.locator(".panel", { hasText: "cells/cells in Blood" });
  const texts = await blood.locator("svg text").allTextContents();
  desk.expect("days and weeks have an axis each: " + texts, texts.includes("cycle day") && texts.includes("week of gestation"));
  desk.expect("an unknown day stands apart", texts.includes("day unknown"));
  desk.expect("digits are the laboratory's: " + texts, texts.includes("12.40"));
  desk.expect("a correction is marked", texts.includes("12.9 (corrected)"));
  desk.expect("what was corrected is struck", await blood.locator("svg .strike").count() === 1);
  desk.expect("the laboratory's range is a band", await blood.locator("svg .band").count() > 0);
  desk.expect("below a limit points down", await blood.locator("svg path.mark").count() >= 1);
  await desk.step("The table beside it has every value as it was sent; what was corrected is struck out.", async () => {
    await blood.locator("summary").click();
    await blood.locator("del", { hasText: "11.9" }).waitFor();
    await blood.locator("td", { hasText: "day unknown" }).first().waitFor();
    await desk.accessible("chart with table");
  });
  await desk.step("From the chart she goes to a message that it came by.", async () => {
    await page.locator("section", { hasText: "Came by these messages" }).getByRole("link").first().click();
    await page.getByRole("heading", { level: 1, name: /Message \d+/ }).waitFor();
  });
}
