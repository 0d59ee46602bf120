// The console in Debian's Chromium: what every scenario of console.mjs uses.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { answers } from "./stand_in.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export class Desk {
  constructor(settings) {
    this.settings = settings;
    this.origin = settings.origin;
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

  /** Endpoints that this program does not offer yet are played by stand_in.mjs, in the browser alone. */
  async standIn() {
    const offered = (await (await this.context.request.get(this.origin + "/admin/v1/openapi.json")).json()).paths;
    const missing = Object.keys(answers).filter((path) => !("/admin/v1/" + path in offered));
    const json = (route, body) => route.fulfill({ contentType: "application/json", body: JSON.stringify(body) });
    await this.page.route("**/admin/v1/openapi.json", (route) => {
      for (const path of missing) offered["/admin/v1/" + path] = {};
      return json(route, { paths: offered });
    });
    for (const path of missing)
      await this.page.route((url) => new RegExp("^/admin/v1/" + path.replace("{arrival}", "\\d+") + "$").test(url.pathname),
        (route) => json(route, answers[path]));
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
    await page.locator("main h1").waitFor();
  }

  async signIn({ user, password }) {
    const { page } = this;
    await page.goto(this.origin + "/console/");
    await page.waitForURL("**/console/sign-in");
    const form = page.locator("#sign-in");
    await form.getByLabel("Name").fill(user);
    await form.getByLabel("Password").fill(password);
    await form.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.locator("main h1").waitFor();
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
