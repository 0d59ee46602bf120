// The console in Debian's Chromium: what every scenario of console.mjs uses.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export class Desk {
  constructor(settings) {
    this.settings = settings;
    this.origin = settings.origin;
    this.steps = [];
    this.wrong = [];   // what must not happen: scripts of messages, other origins, refusals of the policy
  }

  async open(options = {}) {
    this.chromium ??= await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
    await this.context?.close();
    this.context = await this.chromium.newContext({ ignoreHTTPSErrors: true, reducedMotion: "reduce", viewport: { width: 1280, height: 860 }, ...options });
    const page = this.page = await this.context.newPage();
    page.setDefaultTimeout(20_000);
    page.on("dialog", (dialog) => { this.wrong.push("dialog " + dialog.message()); dialog.dismiss(); });
    page.on("request", (request) => { if (!request.url().startsWith(this.origin) && !request.url().startsWith("data:")) this.wrong.push("asked " + request.url()); });
    page.on("pageerror", (error) => this.wrong.push("script " + error.message));
    page.on("console", (said) => { if (/Content Security Policy|TrustedHTML/i.test(said.text())) this.wrong.push(said.text()); });
    return page;
  }

  async close() { await this.chromium?.close(); }

  /** One step of a written scenario: what somebody does, and what it looked like then. */
  async step(words, work, picture) {
    await work();
    const name = `${this.settings.scenario}-${String(this.steps.length + 1).padStart(2, "0")}`;
    await this.picture(picture ?? name);
    this.steps.push(`${this.steps.length + 1}. ${words}\n\n   ![](${picture ?? name}.png)\n`);
  }

  /** The scenario as it was played, beside its pictures. */
  write(title) {
    writeFileSync(`${this.settings.pictures}/${this.settings.scenario}.md`, `# ${title}\n\n${this.steps.join("\n")}`);
  }

  async accept({ user, invitation, password }) {
    const { page } = this;
    await page.goto(this.origin + "/console/");
    await page.waitForURL("**/console/sign-in");
    await page.getByRole("button", { name: "I have an invitation" }).click();
    const form = page.locator("#invitation");
    await form.getByLabel("Name").fill(user);
    await form.getByLabel("Invitation").fill(invitation);
    await form.getByLabel("New password").fill(password);
    await form.getByRole("button").first().click();
    await page.getByRole("link", { name: "Open the console" }).click();
    await page.getByRole("navigation").waitFor();   // the console's own: the sign-in page has none
  }

  async signIn({ user, password }) {
    const { page } = this;
    await page.goto(this.origin + "/console/");
    await page.waitForURL("**/console/sign-in");
    const form = page.locator("#sign-in");
    await form.getByLabel("Name").fill(user);
    await form.getByLabel("Password").fill(password);
    await form.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("navigation").waitFor();   // the console's own: the sign-in page has none
  }

  /** Opens what is masked, as somebody who says why; who said it before is not asked again. */
  async openFor(reason) {
    const open = this.page.getByText("Visible until");
    await open.or(this.page.getByRole("radio", { name: reason })).first().waitFor();
    if (await open.isVisible()) return;
    await this.page.getByRole("radio", { name: reason }).check();
    await this.page.getByRole("button", { name: "Open", exact: true }).click();
    await open.waitFor();
  }

  async fits(where) {
    const wide = await this.page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    this.expect(`${where} fits the window`, !wide);
  }

  async goTo(name, title = name) {
    await this.page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
    await this.page.getByRole("heading", { level: 1, name: title }).waitFor();
    await this.settled();
  }

  async settled() { await this.page.locator("main").getByText("Asking the gateway").waitFor({ state: "detached" }); }

  /** Kept beside the build, to be looked at. */
  async picture(name) { await this.page.screenshot({ path: `${this.settings.pictures}/${name}.png`, fullPage: true }); }

  async accessible(where) {
    await this.page.evaluate(axe);
    const found = await this.page.evaluate(() => window.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
    for (const one of found.violations)
      this.wrong.push(`${where}: ${one.id}: ${one.nodes.slice(0, 2).map((node) => node.html.slice(0, 160)).join(" | ")}`);
  }

  expect(what, truth) { if (!truth) this.wrong.push("expected: " + what); }
}
