/** Starts the console: asks who is there, then shows the log-in or the workspace of the agent. */

import "../browser.js";
import { html, render, signal } from "../lib.js";
import { t } from "../i18n.js";
import { actAs } from "../api.js";
import { watchLogins, whoami } from "../logins.js";
import { app } from "../shop.js"; // whose colour everything has
import { showCount } from "./badge.js";
import { Workspace } from "./workspace.js";
import { Console } from "./components/console.js";
import { Login } from "./components/login.js";
import { Door } from "./mailed/door.js";
import { forgetLink, linkInAddress } from "./mailed/link.js";

/** @import { Me, Signal } from "../types.d.ts" */

const demo = app.dataset.demo === "true";
const vacant = "vacant" in app.dataset;
/** `was`: whose session ended here. @type {Signal<{ name: "starting" | "workspace" | "login" | "door" | "unreachable", workspace?: Workspace, was?: Me }>} */
const state = signal({ name: "starting" });
const RETRY_DELAY_MS = 3_000;

/** @param {Me} me */
function begin(me) {
  const over = () => {
    if (state.peek().workspace !== workspace) return; // several components may notice the same end
    actAs(null);
    workspace.dispose();
    showCount(0, t("title.plain"));
    state.value = { name: "login", was: me };
    logins.look();
  };
  actAs({ uid: me.uid, over });
  const workspace = new Workspace(me, over);
  state.value = { name: "workspace", workspace };
  logins.tell("came");
  return workspace;
}

const logins = watchLogins("agent", {
  idle: () => state.peek().name === "login",
  found: (me) => {
    const { was } = state.peek();
    const { notices } = begin(me);
    if (was && was.uid !== me.uid) notices.say(t("login.other", { name: me.nickname }), "trouble");
  },
});

async function start() {
  if (linkInAddress()) return void (state.value = { name: "door" }); // whoever is here: they come by that link
  try {
    const me = await whoami("agent");
    if (me) begin(me);
    else state.value = { name: "login" };
  } catch {
    state.value = { name: "unreachable" };
    setTimeout(start, RETRY_DELAY_MS);
  }
}

/** Back from there: in, for who is, else to the log-in. */
function leave() {
  forgetLink();
  state.value = { name: "starting" };
  start();
}

function Page() {
  const { name, workspace, was } = state.value;
  const forgot = () => (state.value = { name: "door" });
  if (workspace) return html`<${Console} workspace=${workspace} />`;
  if (name === "login")
    return html`<${Login} demo=${demo} vacant=${vacant} ended=${Boolean(was)} onDone=${begin} onForgot=${forgot} />`;
  if (name === "door") return html`<${Door} link=${linkInAddress()} onDone=${begin} onClose=${leave} />`;
  if (name === "unreachable") return html`<main class="login"><p role="status">${t("lost.server")}</p></main>`;
  return null;
}

render(html`<${Page} />`, app);
addEventListener("hashchange", () => linkInAddress() && location.reload()); // pasted into this page's address
start();
