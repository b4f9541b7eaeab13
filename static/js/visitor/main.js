/** Starts the visitor's page: coming back goes straight into the chat, everybody else gives a nickname. */

import { html, render, signal } from "../lib.js";
import { t } from "../i18n.js";
import { get, post, statusOf } from "../api.js";
import { app, shop } from "../shop.js";
import { Visit } from "./visit.js";
import { Chat } from "./chat.js";
import { Welcome } from "./welcome.js";
import { remember } from "./nickname.js";

/** @import { Key, Me, Signal } from "../types.d.ts" */

const ME_PATH = "/v1/me?as=visitor";
const RETRY_DELAY_MS = 3_000;
/** @type {Signal<{ name: "starting" | "chat" | "welcome" | "unreachable", visit?: Visit, note?: Key }>} */
const state = signal({ name: "starting" });

/** @param {Me} me */
function begin(me) {
  if (state.peek().visit) return;
  const visit = new Visit(me, (left) => {
    if (state.peek().visit !== visit) return;
    visit.close();
    if (left) remember("");
    state.value = { name: "welcome", note: left ? "welcome.left" : "welcome.ended" };
  });
  state.value = { name: "chat", visit };
}

const LINK_PREFIX = "#link=";

/** Somebody who lost the cookie was given a link back in. It works once, so it does not stay in the address. */
async function useLink() {
  const secret = location.hash.slice(LINK_PREFIX.length);
  const over = await post("/login/link", { secret, cookie: true }).then(
    () => false,
    (error) => {
      const status = statusOf(error);
      if (!status || status === 429 || status >= 500) throw error; // not used up: tried again
      return true;
    },
  );
  history.replaceState(null, "", location.pathname);
  if (over) state.value = { name: "welcome", note: "welcome.linkOver" };
  return !over;
}

async function start() {
  try {
    if (location.hash.startsWith(LINK_PREFIX) && !(await useLink())) return;
    begin(await get(ME_PATH));
  } catch (error) {
    if (statusOf(error) === 401) {
      state.value = { name: "welcome" };
      return;
    }
    state.value = { name: "unreachable" };
    setTimeout(start, RETRY_DELAY_MS);
  }
}

/** Tabs agree: whoever logged in meanwhile in another one is logged in here. */
async function lookAgain() {
  if (document.hidden || state.peek().name !== "welcome") return;
  const me = await get(ME_PATH).catch(() => null);
  if (me) begin(me);
}

function Page() {
  const { name, visit, note } = state.value;
  const { name: shopName } = shop.value;
  if (visit) return html`<${Chat} key=${visit.me.uid} visit=${visit} shop=${shopName} />`;
  if (name === "welcome") return html`<${Welcome} shop=${shopName} note=${note} onDone=${begin} />`;
  if (name === "unreachable")
    return html`<main class="welcome"><p class="quiet" role="status">${t("welcome.unreachable")}</p></main>`;
  return null;
}

render(html`<${Page} />`, app);
document.addEventListener("visibilitychange", lookAgain);
addEventListener("hashchange", () => location.hash.startsWith(LINK_PREFIX) && location.reload());
start();
