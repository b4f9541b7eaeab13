/** Starts the console: asks who is there, then shows the log-in or the desk. */

import { html, render, signal } from "../lib.js";
import { t } from "../i18n.js";
import { app } from "../shop.js"; // whose colour everything has
import { Desk } from "./desk.js";
import { Console } from "./parts/console.js";
import { Login } from "./parts/login.js";
import { whoami } from "./session.js";

/** @import { Me, Signal } from "../types.d.ts" */

const demo = app.dataset.demo === "true";
/** @type {Signal<{ name: "starting" | "desk" | "login" | "unreachable", desk?: Desk, ended?: boolean }>} */
const state = signal({ name: "starting" });
const AGAIN_MS = 3_000;

/** @param {Me} me */
function begin(me) {
  const desk = new Desk(me, () => {
    if (state.peek().desk !== desk) return; // several parts may notice the same end
    desk.dispose();
    state.value = { name: "login", ended: true };
    document.title = t("title.plain");
  });
  state.value = { name: "desk", desk };
}

async function start() {
  try {
    const me = await whoami();
    if (me) begin(me);
    else state.value = { name: "login" };
  } catch {
    state.value = { name: "unreachable" };
    setTimeout(start, AGAIN_MS);
  }
}

function Page() {
  const { name, desk, ended } = state.value;
  if (desk) return html`<${Console} desk=${desk} />`;
  if (name === "login") return html`<${Login} demo=${demo} ended=${ended} onDone=${begin} />`;
  if (name === "unreachable") return html`<main class="login"><p role="status">${t("lost.server")}</p></main>`;
  return null;
}

render(html`<${Page} />`, app);
start();
