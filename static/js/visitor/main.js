/** Starts the visitor's page: coming back goes straight into the chat, everybody else gives a name. */

import "../browser.js";
import { html, render, signal } from "../lib.js";
import { t } from "../i18n.js";
import { actAs, post, statusOf } from "../api.js";
import { watchLogins, whoami } from "../logins.js";
import { app, shop } from "../shop.js";
import { keepsCookies, session } from "../storage.js";
import { Visit } from "./visit.js";
import { Chat } from "./chat.js";
import { Welcome } from "./welcome.js";
import { remember } from "./nickname.js";

/** @import { Key, Me, Signal } from "../types.d.ts" */

const RETRY_DELAY_MS = 3_000;
/** @type {Signal<{ name: "starting" | "chat" | "welcome" | "unreachable", visit?: Visit, note?: Key }>} */
const state = signal({ name: "starting" });

/** @param {Me} me */
function begin(me) {
  if (state.peek().visit) return;
  /** @param {boolean} left */
  const ended = (left) => {
    if (state.peek().visit !== visit) return;
    actAs(null);
    visit.close();
    if (left) forget();
    state.value = { name: "welcome", note: left ? "welcome.left" : "welcome.ended" };
    logins.look();
  };
  actAs({ uid: me.uid, over: () => ended(false) });
  const visit = new Visit(me, { ended, left: () => logins.tell("left") });
  state.value = { name: "chat", visit };
  logins.tell("came");
}

/** Who leaves on a shared computer leaves nothing. */
function forget() {
  remember("");
  session.clear();
}

const logins = watchLogins("visitor", {
  idle: () => state.peek().name === "welcome",
  found: begin,
  left: () => {
    forget();
    state.peek().visit?.leave();
  },
});

const LINK_PREFIX = "#link=";
let used = ""; // the link that is being used, of which the browser may tell as of a change

/** Somebody who lost the cookie was given a link back in. It works once, so it does not stay in the address. */
async function useLink() {
  if (!keepsCookies()) {
    state.value = { name: "welcome", note: "welcome.cookies" }; // it would be used up for nothing
    return false;
  }
  used = location.hash;
  const secret = used.slice(LINK_PREFIX.length);
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
    const me = await whoami("visitor");
    if (me) begin(me);
    else state.value = { name: "welcome" };
  } catch {
    state.value = { name: "unreachable" };
    setTimeout(start, RETRY_DELAY_MS);
  }
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
addEventListener(
  "hashchange",
  () => location.hash.startsWith(LINK_PREFIX) && location.hash !== used && location.reload(),
);
start();
