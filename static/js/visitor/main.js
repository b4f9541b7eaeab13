/** Starts the visitor's page: coming back goes straight into the chat, everybody else gives a nickname. */

import { html, render, signal } from "../lib.js";
import { add, language, t } from "../i18n.js";
import { get } from "../api.js";
import { Visit } from "./visit.js";
import { Chat } from "./chat.js";
import { Welcome } from "./welcome.js";
import en from "./messages/en.js";
import zh from "./messages/zh.js";

const AGAIN_MS = 3_000;
const root = document.getElementById("app");
const shop = root.dataset.shop;
const state = signal({ name: "starting" });

function begin(me) {
  const visit = new Visit(me, () => {
    if (state.peek().visit !== visit) return;
    visit.close();
    state.value = { name: "welcome", ended: true };
  });
  state.value = { name: "chat", visit };
}

async function start() {
  try {
    begin(await get("/v1/me?as=visitor"));
  } catch (error) {
    if (error.status === 401) {
      state.value = { name: "welcome" };
      return;
    }
    state.value = { name: "unreachable" };
    setTimeout(start, AGAIN_MS);
  }
}

function Page() {
  const { name, visit, ended } = state.value;
  if (name === "chat") return html`<${Chat} key=${visit.me.uid} visit=${visit} shop=${shop} />`;
  if (name === "welcome") return html`<${Welcome} shop=${shop} ended=${ended} onDone=${begin} />`;
  if (name === "unreachable") return html`<main class="welcome"><p class="quiet" role="status">${t("welcome.unreachable")}</p></main>`;
  return null;
}

add(language === "zh" ? zh : en);
render(html`<${Page} />`, root);
start();
