/** Starts the console: asks who is there, then shows the log-in or the workspace of the agent. */

import { html, render, signal } from "../lib.js";
import { t } from "../i18n.js";
import { app } from "../shop.js"; // whose colour everything has
import { Workspace } from "./workspace.js";
import { Console } from "./components/console.js";
import { Login } from "./components/login.js";
import { whoami } from "./session.js";

/** @import { Me, Signal } from "../types.d.ts" */

const demo = app.dataset.demo === "true";
/** @type {Signal<{ name: "starting" | "workspace" | "login" | "unreachable", workspace?: Workspace, ended?: boolean }>} */
const state = signal({ name: "starting" });
const RETRY_DELAY_MS = 3_000;

/** @param {Me} me */
function begin(me) {
  const workspace = new Workspace(me, () => {
    if (state.peek().workspace !== workspace) return; // several components may notice the same end
    workspace.dispose();
    state.value = { name: "login", ended: true };
    document.title = t("title.plain");
  });
  state.value = { name: "workspace", workspace };
}

async function start() {
  try {
    const me = await whoami();
    if (me) begin(me);
    else state.value = { name: "login" };
  } catch {
    state.value = { name: "unreachable" };
    setTimeout(start, RETRY_DELAY_MS);
  }
}

function Page() {
  const { name, workspace, ended } = state.value;
  if (workspace) return html`<${Console} workspace=${workspace} />`;
  if (name === "login") return html`<${Login} demo=${demo} ended=${ended} onDone=${begin} />`;
  if (name === "unreachable") return html`<main class="login"><p role="status">${t("lost.server")}</p></main>`;
  return null;
}

render(html`<${Page} />`, app);
start();
