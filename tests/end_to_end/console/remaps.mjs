// Runs of changed mappings. Where this program does not offer them, a stand-in in the browser answers as openapi.json says.
export const title = "Changed mappings on stored messages";

const markup = "<img src=x onerror=alert(1)>";
const run = { run: 2, kind: "dry-run", state: "done", who: "ada", reason: "a new unit " + markup, instance: "clinic-a", at: 19, last: 19, seen: 19, changed: 3,
  resources: 7, settled: 1, left: 0, refused: 0, failed: 0, begun: "2026-11-30T08:00:00Z", ended: "2026-11-30T08:00:04Z" };
const answers = {
  mappings: { in_force: "abcabcabcabc", in_files: "defdefdefdef", differs: true, problems: [] },
  remaps: { items: [{ ...run, run: 4, kind: "remap", state: "running", at: 12, begun: "2026-11-30T09:00:00Z" },
    { ...run, run: 3, kind: "remap", state: "awaits-approval", who: "ben" }, run] },
  "remaps/2/differences": { items: [{ arrival: 1, resource: "Observation/o1", version: 1, path: "valueQuantity.code", before: markup, after: "%" }] },
  "messages/replay": { ...run, run: 5, kind: "replay", state: "running" },
};
const actions = ["see", "content.open", "remap", "remap.approve", "messages.replay", "account", "account.code"];

async function standIn(desk) {
  const { page } = desk, json = (route, body) => route.fulfill({ contentType: "application/json", body: JSON.stringify(body) });
  await page.route("**/admin/v1/openapi.json", async (route) => {
    const document = await (await route.fetch()).json();
    for (const path of ["mappings", "remaps", "remaps/{run}/differences", "messages/replay"]) document.paths["/admin/v1/" + path] ??= {};
    return json(route, document);
  });
  await page.route("**/admin/v1/session", async (route) => json(route, { ...await (await route.fetch()).json(), may: actions }));
  for (const [path, body] of Object.entries(answers))
    await page.route((url) => url.pathname === "/admin/v1/" + path, (route) => json(route, body));
}

export async function play(desk, { analyst }) {
  const page = await desk.open();
  await desk.accept(analyst);
  await standIn(desk);
  await page.reload();
  await page.getByRole("navigation").waitFor();
  await desk.step("Ada sees that the mapping files differ from those in force, and what was tried before.", async () => {
    await desk.goTo("Remap");
    await page.getByText("differ from those in force").waitFor();
    await page.getByRole("button", { name: "Approve run 3" }).waitFor();
    await desk.accessible("remap");
    await desk.fits("remap");
  });
  await desk.step("What a dry run found, place by place.", async () => {
    await page.getByRole("link", { name: "Differences" }).click();
    await page.getByRole("heading", { level: 1, name: "What run 2 would change" }).waitFor();
    await page.locator("main tbody tr", { hasText: "valueQuantity.code" }).waitFor();
    await desk.accessible("differences");
  });
  await desk.step("A message that was rejected is processed once more, with a reason.", async () => {
    await page.goto(desk.origin + "/console/#/messages/1");
    await page.getByText("Process this message once more").click();
    await page.locator("details").getByLabel("Reason").fill("the mapping is mended");
    await page.getByRole("button", { name: "Replay" }).click();
    await page.getByText("Run 5 has begun").waitFor();
    await desk.accessible("replay");
  });
  desk.expect("markup stands there as text", await page.locator("main img").count() === 0);
}
