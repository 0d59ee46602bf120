// TRUST T15: fields full of markup and script stand in the console as text, and do nothing.
export const title = "Markup in messages does nothing";

export async function play(desk, { operator, arrivals, pages }) {
  const page = await desk.open();
  await desk.accept(operator);
  for (const name of pages) {
    await desk.goTo(name);
    desk.expect(`no element of a message on ${name}`, await page.locator("main img, main script, main iframe, main [onerror], main a[href^='javascript']").count() === 0);
  }
  for (const [turn, arrival] of arrivals.entries()) {
    await page.goto(`${desk.origin}/console/#/messages/${arrival}`);
    await page.getByRole("heading", { level: 1, name: `Message ${arrival}` }).waitFor();
    await desk.openFor("Fault-finding");
    await page.locator(".hl7").first().waitFor();
    const shown = await page.locator("main").textContent();
    desk.expect(`markup of message ${arrival} stands there as text`, /[<"][^<]*alert\(\d+\)/.test(shown));
    desk.expect(`no element of message ${arrival}`, await page.locator("main img, main script, main iframe, main object, main meta, main base, main style, main [onload], main [onerror], main a[href^='javascript']").count() === 0);
    if (turn > 1) continue;
    for (const field of (await page.locator(".hl7 .field").all()).slice(0, 12)) await field.hover();
    await desk.step(`Message ${arrival}: every field holds markup.`, async () => {});
  }
  await desk.goTo("Patients");
  await page.getByLabel("Patient identifier").fill("<img src=x onerror=alert(9)>");
  await page.getByRole("button", { name: "Find" }).click();
  await page.getByText("Nobody here has this identifier").or(page.getByRole("alert")).first().waitFor();
}
