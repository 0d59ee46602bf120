// A real OpenID Connect provider (oidc-provider, certified) for test_people.py. Settings as JSON: port, certificate,
// key, client, secret, redirect. GET /next?sub=…&acr=…&groups=a,b says who signs in next, and how; no page is shown.
import crypto from "node:crypto";
import fs from "node:fs";
import https from "node:https";
import { Provider } from "oidc-provider";

const settings = JSON.parse(process.argv[2]);
const issuer = `https://127.0.0.1:${settings.port}/realm`;
let next = { sub: "anna", acr: "mfa", groups: ["ig-admins"] };
const groupsOf = new Map();

const { privateKey } = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
const provider = new Provider(issuer, {
  clients: [{
    client_id: settings.client, client_secret: settings.secret, redirect_uris: [settings.redirect],
    response_types: ["code"], grant_types: ["authorization_code"], token_endpoint_auth_method: "client_secret_basic",
    id_token_signed_response_alg: "RS256",
  }],
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "k1", alg: "RS256", use: "sig" }] },
  pkce: { required: () => true },
  scopes: ["openid", "profile", "groups"],
  claims: { openid: ["sub", "auth_time"], profile: ["name"], groups: ["groups"] },
  conformIdTokenClaims: false,
  acrValues: ["mfa", "pwd"],
  features: { devInteractions: { enabled: false } },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  cookies: { keys: [crypto.randomBytes(16).toString("hex")] },
  findAccount: (ctx, sub) => ({
    accountId: sub,
    claims: () => ({ sub, name: `The one called ${sub}`, groups: groupsOf.get(sub) ?? [] }),
  }),
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid profile groups");
    await grant.save();
    return grant;
  },
});

const answer = provider.callback();
https.createServer({ cert: fs.readFileSync(settings.certificate), key: fs.readFileSync(settings.key) }, async (req, res) => {
  const url = new URL(req.url, issuer);
  if (url.pathname === "/next") {
    next = { sub: url.searchParams.get("sub"), acr: url.searchParams.get("acr"),
      groups: url.searchParams.get("groups").split(",") };
    res.end();
  } else if (url.pathname.startsWith("/interaction/")) {
    groupsOf.set(next.sub, next.groups);
    await provider.interactionFinished(req, res, { login: { accountId: next.sub, acr: next.acr, remember: true } },
      { mergeWithLastSubmission: false });
  } else if (url.pathname.startsWith("/realm/")) {
    req.originalUrl = req.url;
    req.url = req.url.slice("/realm".length);
    answer(req, res);
  } else {
    res.statusCode = 404;
    res.end();
  }
}).listen(settings.port, "127.0.0.1", () => console.log("ready"));
