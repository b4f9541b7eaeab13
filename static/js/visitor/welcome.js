/** One field, one button. The nickname is remembered for the next visit. */

import { html, useEffect, useRef, useState } from "../lib.js";
import { t } from "../i18n.js";
import { post } from "../api.js";

const KEY = "chatadmin.nickname";

export function Welcome({ shop, ended, onDone }) {
  const [trouble, setTrouble] = useState(ended ? t("welcome.ended") : "");
  const [busy, setBusy] = useState(false);
  const field = useRef(null);
  useEffect(() => {
    field.current.value = remembered();
    if (matchMedia("(hover: hover)").matches) field.current.focus(); // a phone's keyboard would hide the page
  }, []);

  const submit = async (event) => {
    event.preventDefault();
    const nickname = field.current.value.trim();
    if (busy) return;
    if ([...nickname].length < 2) return refuse(t("welcome.short"));
    setBusy(true);
    setTrouble("");
    try {
      await post("/login", { nickname });
      remember(nickname);
      onDone(await (await fetch("/v1/me?as=visitor")).json().then((answer) => answer.value));
    } catch (error) {
      setBusy(false);
      refuse(error.status ? error.message : t("welcome.lost"));
    }
  };
  const refuse = (words) => {
    setTrouble(words);
    field.current.focus();
    field.current.select();
  };

  return html`<main class="welcome">
    <form class="card" onSubmit=${submit} novalidate aria-busy=${busy}>
      <h1><bdi>${shop || t("welcome.title")}</bdi></h1>
      <p class="quiet">${t("welcome.lead")}</p>
      <label for="nickname">${t("welcome.name")}</label>
      <input id="nickname" class="field" ref=${field} dir="auto" autocomplete="nickname" maxlength="20" spellcheck="false" aria-describedby="trouble" aria-invalid=${trouble ? "true" : undefined} />
      <p id="trouble" class="trouble" role="alert">${trouble}</p>
      <button class="button button-main" aria-disabled=${busy}>${t(busy ? "welcome.busy" : "welcome.start")}</button>
    </form>
  </main>`;
}

function remembered() {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

function remember(nickname) {
  try {
    localStorage.setItem(KEY, nickname);
  } catch {
    // no storage: asked again next time
  }
}
