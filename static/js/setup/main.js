/** One screen: the first administrator, then straight into the console. The secret never leaves the URL's fragment. */

import "../browser.js";
import { html, render, useEffect, useElement, useState } from "../lib.js";
import { reason, t } from "../i18n.js";
import { codeOf, post } from "../api.js";

/** @import { Key, Ref } from "../types.d.ts" */

const SHORTEST_PASSWORD = 10; // as the server asks
/** By score. @type {Key[]} */
const STRENGTH_WORDS = ["strength.0", "strength.1", "strength.2", "strength.3"];
/** It came in the link: the server never sees an address's fragment. */
const fromAddress = () => location.hash.slice(1);

/**
 * 0 too short, 1 to 3 by length and variety: a hint, not a judge.
 * @param {string} password
 */
function strength(password) {
  if (password.length < SHORTEST_PASSWORD) return 0;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(password)).length;
  const variety = new Set(password).size;
  if (variety < 6) return 1;
  if (password.length >= 18 || (password.length >= 14 && kinds >= 3)) return 3;
  return password.length >= 13 || kinds >= 3 ? 2 : 1;
}

function SetUp() {
  const [secret, setSecret] = useState(fromAddress);
  const [trouble, setTrouble] = useState(secret ? "" : t("setup.no_secret"));
  const [closed, setClosed] = useState(false);
  const [busy, setBusy] = useState(false);
  const [password, setPassword] = useState("");
  /** @type {Ref<HTMLInputElement>} */
  const name = useElement();
  /** @type {Ref<HTMLInputElement>} */
  const first = useElement();
  /** @type {Ref<HTMLInputElement>} */
  const again = useElement();
  useEffect(() => {
    name.current.focus();
    /** Another link was pasted into this page's address: what is written already stays. */
    const follow = () => {
      setSecret(fromAddress());
      setTrouble(fromAddress() ? "" : t("setup.no_secret"));
      setClosed(false);
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);

  /**
   * @param {string} words
   * @param {HTMLInputElement} [field]
   */
  const refuse = (words, field) => {
    setTrouble(words);
    field?.focus();
  };
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    if (busy) return undefined;
    if (!secret) return refuse(t("setup.no_secret"));
    const who = name.current.value.trim();
    if ([...who].length < 2) return refuse(t("setup.missing"), name.current);
    if (password.length < SHORTEST_PASSWORD) return refuse(t("setup.short"), first.current);
    if (again.current.value !== password) return refuse(t("setup.differs"), again.current);
    setBusy(true);
    setTrouble("");
    try {
      await post("/setup", { secret, name: who, password, cookie: true });
      location.replace("/admin");
    } catch (error) {
      setBusy(false);
      setClosed(codeOf(error) === "setup_closed");
      refuse(
        codeOf(error) === "setup_closed" ? t("setup.closed") : reason(error, t("setup.unreachable")),
        name.current,
      );
    }
    return undefined;
  };

  const score = strength(password);
  return html`<main class="setup">
    <form class="card" onSubmit=${submit} novalidate aria-busy=${busy}>
      <h1>${t("setup.title")}</h1>
      <p class="quiet">${t("setup.lead")}</p>
      <label for="name">${t("setup.name")}</label>
      <input id="name" class="field" ref=${name} autocomplete="username" maxlength="20" dir="auto" spellcheck=${false} aria-describedby="trouble" />
      <label for="password">${t("setup.password")}</label>
      <input id="password" class="field" ref=${first} type="password" autocomplete="new-password" maxlength="1024" aria-describedby="strength trouble" onInput=${(event) => setPassword(event.currentTarget.value)} />
      <p id="strength" class="strength" data-score=${score} aria-live="polite"><span class="strength-bar" aria-hidden="true"><i></i><i></i><i></i></span>${t(STRENGTH_WORDS[score])}</p>
      <label for="again">${t("setup.again")}</label>
      <input id="again" class="field" ref=${again} type="password" autocomplete="new-password" maxlength="1024" aria-describedby="trouble" />
      <p id="trouble" class="trouble" role="alert">${trouble}${" "}${closed && html`<a href="/admin">${t("setup.console")}</a>`}</p>
      <button class="button button-main" aria-disabled=${busy}>${t(busy ? "setup.busy" : "setup.submit")}</button>
    </form>
  </main>`;
}

document.title = t("setup.title");
render(html`<${SetUp} />`, /** @type {HTMLElement} */ (document.getElementById("app")));
