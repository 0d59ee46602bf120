// A reviewer takes up what a site's own convention asks for, and ends it.
export const title = "The follow-up list";

export async function play(desk, { reviewer, others }) {
  const page = await desk.open();
  await desk.accept(reviewer);
  const row = page.locator("main tbody tr", { hasText: "Site convention of Clinic A" });
  await desk.step("Rita’s list: each entry says that it is the site’s convention, and quotes it.", async () => {
    await desk.goTo("Follow-up");
    await row.first().waitFor();
    await desk.accessible("follow-up");
  });
  const before = await row.count();
  await desk.step("She chooses one, takes it up and says what she does.", async () => {
    await row.first().getByRole("radio").check();
    await desk.accessible("follow-up chosen");
    await page.getByLabel("Note").fill("repeat ordered");
    await page.getByRole("button", { name: "Say so" }).click();
    await page.getByText(": in-progress.").waitFor();
    await row.filter({ hasText: "in-progress" }).filter({ hasText: "repeat ordered" }).filter({ hasText: reviewer.user }).waitFor();
  });
  await desk.step("Later it is done, and leaves the list of what is open.", async () => {
    await row.filter({ hasText: "in-progress" }).getByRole("radio").check();
    await page.getByLabel("What becomes of it").selectOption("completed");
    await page.getByRole("button", { name: "Say so" }).click();
    await page.getByText(": completed.").waitFor();
    await row.filter({ hasText: "in-progress" }).waitFor({ state: "detached" });
    desk.expect("one fewer is open", await row.count() === before - 1);
    await page.getByRole("button", { name: "Ended" }).click();
    await row.filter({ hasText: "completed" }).waitFor();
  });
  await desk.open();
  await desk.accept(others);
  await desk.goTo("Follow-up");
  await desk.page.locator("main tbody tr").first().waitFor().catch(() => {});
  desk.expect("an operator decides nothing here", await desk.page.getByRole("radio").count() === 0);
}
