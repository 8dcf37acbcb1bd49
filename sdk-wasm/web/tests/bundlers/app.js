// The app that every bundler gets: signed in, with data, in ten lines.

import { createClient } from "@secureflows/web";

const { origin, redirectUri } = globalThis.given;
const sf = createClient({ origin, workspace: "acme", appId: "acme-notes", redirectUri });
document.querySelector("#in").onclick = () => sf.signIn();
const { signedIn } = await sf.handleRedirect();
if (signedIn) await sf.set("theme", "dark");
document.body.dataset.shown = signedIn ? (await sf.get("theme")) : sf.state.status;
