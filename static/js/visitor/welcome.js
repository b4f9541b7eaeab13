/** One field, one button. */

import { html, useEffect, useElement, useState } from "../lib.js";
import { reason, t } from "../i18n.js";
import { get, post, statusOf } from "../api.js";
import { PresenceLine, askPresence } from "./presence.js";
import { Mark } from "./header.js";
import { cameFrom } from "./referrer.js";
import { remember, remembered } from "./nickname.js";

/** @import { Key, Me, Ref } from "../types.d.ts" */

const PRESENCE_INTERVAL_MS = 20_000;

/**
 * `note`: why the visitor is here again, if they are; `onDone(me)` once they are logged in.
 * @param {{ shop: string, note?: Key, onDone: (me: Me) => void }} props
 */
export function Welcome({ shop, note, onDone }) {
  const [trouble, setTrouble] = useState("");
  const [busy, setBusy] = useState(false);
  /** @type {Ref<HTMLInputElement>} */
  const field = useElement();
  useEffect(() => {
    askPresence();
    const timer = setInterval(() => document.hidden || askPresence(), PRESENCE_INTERVAL_MS); // there is no socket yet to tell of a change
    field.current.value = remembered();
    if (matchMedia("(hover: hover)").matches) field.current.focus(); // a phone's keyboard would hide the page
    return () => clearInterval(timer);
  }, []);

  /** @param {string} words */
  const refuse = (words) => {
    setBusy(false);
    setTrouble(words);
    field.current.focus();
    field.current.select();
  };
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    const name = field.current.value.trim();
    if (busy) return;
    if (!name) return refuse(t("welcome.short"));
    setBusy(true);
    setTrouble("");
    try {
      await post("/login", { name, page: cameFrom(), cookie: true });
    } catch (error) {
      return refuse(reason(error, t("welcome.lost")));
    }
    remember(name);
    try {
      onDone(await get("/v1/me?as=visitor"));
    } catch (error) {
      refuse(t(statusOf(error) === 401 ? "welcome.cookies" : "welcome.lost"));
    }
  };

  return html`<main class="welcome">
    <form class="card" onSubmit=${submit} novalidate aria-busy=${busy}>
      <${Mark} shop=${shop} />
      <h1><bdi>${shop || t("welcome.title")}</bdi></h1>
      <${PresenceLine} />
      <p class="quiet">${t(note ?? "welcome.lead")}</p>
      <label for="nickname">${t("welcome.name")}</label>
      <input id="nickname" class="field" ref=${field} dir="auto" autocomplete="name" maxlength="60" spellcheck=${false} aria-describedby="trouble" aria-invalid=${trouble ? "true" : undefined} />
      <p id="trouble" class="trouble" role="alert">${trouble}</p>
      <button class="button button-main" aria-disabled=${busy}>${t(busy ? "welcome.busy" : "welcome.start")}</button>
    </form>
  </main>`;
}
