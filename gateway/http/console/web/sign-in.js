// The sign-in page. Text goes into the page as text alone; nothing here makes markup.
"use strict";
(() => {
  const by = (id) => document.getElementById(id);
  const views = ["sign-in", "invitation", "home", "prove", "confirm-code"];
  // At /console/ itself this page stands where the program was built without the console's pages.
  const isDoor = location.pathname !== "/console/";
  let session = {};
  let afterProof = null;

  const show = (view) => {
    for (const one of views) by(one).hidden = one !== view;
    const first = by(view).querySelector("input, button");
    if (first) first.focus();
  };
  const say = (text, wrong) => {
    by("said").textContent = text;
    by("said").className = wrong ? "wrong" : "";
    by("said").hidden = !text;
  };

  async function ask(path, body) {
    const headers = { "Content-Type": "application/json" };
    if (session.csrf) headers["X-CSRF-Token"] = session.csrf;
    const answer = await fetch("/admin/v1/" + path, body === undefined
      ? { headers: { Accept: "application/json" } }
      : { method: "POST", headers, body: JSON.stringify(body) });
    const json = await answer.json();
    if (answer.ok) return json;
    const error = json.error || {};
    const said = new Error([error.what, error.remedy].filter(Boolean).join(": ") || "The gateway refused.");
    said.code = error.code;
    throw said;
  }

  // What needs a proof is done once it is given; what was typed stays where it is.
  async function tried(work) {
    say("");
    for (const button of document.querySelectorAll("button")) button.disabled = true;
    try {
      await work();
    } catch (error) {
      if (error.code === "proof-needed" && (session.user || "").startsWith("oidc:")) {
        location.assign("/admin/v1/provider?anew=true");   // proved where the person is known
      } else if (error.code === "proof-needed") {
        afterProof = work;
        show("prove");
      } else {
        say(error.message, true);
      }
    } finally {
      for (const button of document.querySelectorAll("button")) button.disabled = false;
    }
  }

  function welcome(found) {
    session = found;
    by("provider").hidden = !found.provider;
    if (!found.signed_in) return show("sign-in");
    by("who").textContent = found.name ? found.name + " (" + found.user + ")" : found.user;
    by("role").textContent = found.role;
    by("begin-code").hidden = found.user.startsWith("oidc:");
    by("may").replaceChildren(...found.may.map((action) => {
      const item = document.createElement("li");
      item.textContent = action;
      return item;
    }));
    show("home");
  }

  const values = (form) => Object.fromEntries(new FormData(form));
  const on = (id, work) => by(id).addEventListener("submit", (event) => {
    event.preventDefault();
    tried(() => work(values(event.target), event.target));
  });

  on("sign-in", async (typed, form) => {
    welcome(await ask("session", typed));
    form.reset();
    if (isDoor) location.assign("/console/");
  });
  on("invitation", async (typed, form) => {
    welcome(await ask("invitation", typed));
    form.reset();
    say("Your password is set. Set up a code as well: it keeps the account yours if the password is found out.");
  });
  on("prove", async (typed, form) => {
    session = await ask("session/proof", typed);
    form.reset();
    show("home");
    const work = afterProof;
    afterProof = null;
    if (work) await work();
  });
  on("confirm-code", async (typed, form) => {
    session = await ask("account/code/confirm", typed);
    form.reset();
    show("home");
    say("The code is set up. From now on it is asked for beside the password.");
  });

  by("begin-code").addEventListener("click", () => tried(async () => {
    const code = await ask("account/code", {});
    by("secret").textContent = code.secret.replace(/(.{4})/g, "$1 ").trim();
    by("address").href = code.address;
    show("confirm-code");
  }));
  by("sign-out").addEventListener("click", () => tried(async () => {
    await ask("session/end", {});
    session = {};
    welcome(await ask("session"));
    say("You are signed out.");
  }));
  for (const button of document.querySelectorAll("[data-show]"))
    button.addEventListener("click", () => { say(""); show(button.dataset.show); });

  by("place").textContent = location.host;
  by("open").hidden = !isDoor;
  by("alone").hidden = isDoor;
  tried(async () => {
    const given = new URLSearchParams(location.search);
    const back = location.pathname === "/console/provider";
    if (back) history.replaceState(null, "", "/console/");
    if (back && given.get("error")) {
      welcome(await ask("session"));
      throw new Error("Your organisation did not sign you in: " + given.get("error"));
    }
    if (!back) return welcome(await ask("session"));
    session = await ask("session");   // one that still stands wants its token shown
    try {
      welcome(await ask("provider", { code: given.get("code") || "", state: given.get("state") || "",
        iss: given.get("iss") || "" }));
      location.assign("/console/");
    } catch (error) {
      welcome(await ask("session"));
      throw error;
    }
  });
})();
