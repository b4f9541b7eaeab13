/** When a conversation is to come back: the usual times at one press, any other by the clock. */

import { html, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { moment } from "../../time.js";
import { now as serverNow } from "../../server_time.js";
import { minutes } from "../clock.js";
import { Dialog } from "./dialog.js";

/** @import { Key, Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

const HOUR_MS = 3_600_000;
const MORNING_HOUR = 9; // o'clock
const LONGEST_SNOOZE_MS = 90 * 24 * HOUR_MS; // as the server takes it

/** @param {{ workspace: Workspace, item: Visitor, onClose: () => void }} props */
export function SnoozeDialog({ workspace, item, onClose }) {
  const [own, setOwn] = useState("");
  minutes.value; // "in an hour" goes on while the dialog is open
  const now = new Date(serverNow());
  const until = new Date(own);
  const fits = own && until > now && until.getTime() - now.getTime() <= LONGEST_SNOOZE_MS;
  /** @param {Date} time */
  const sleep = (time) => {
    onClose();
    workspace.actions.snooze(item, time);
  };
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    if (fits) sleep(until);
  };
  return html`<${Dialog} name="snooze" title=${t("snooze.title", { name: item.called })} onClose=${onClose}>
    <p class="dialog-note">${t("snooze.lead")}</p>
    <ul class="choices">
      ${usual(now).map(
        ([words, time]) => html`<li key=${words}>
          <button type="button" class="choice" onClick=${() => sleep(time)}><span>${t(words)}</span><span class="quiet">${moment(time)}</span></button>
        </li>`,
      )}
    </ul>
    <form class="snooze-own" onSubmit=${submit}>
      <label for="snooze-until">${t("snooze.own")}</label>
      <input id="snooze-until" class="field" type="datetime-local" value=${own} min=${local(now)} onInput=${(event) => setOwn(event.currentTarget.value)} aria-describedby="snooze-trouble" aria-invalid=${own && !fits ? "true" : undefined} />
      <p id="snooze-trouble" class="trouble" role="alert">${own && !fits && t("snooze.range")}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick=${onClose}>${t("transfer.cancel")}</button>
        <button class="button button-main" aria-disabled=${!fits}>${t("case.snooze")}</button>
      </div>
    </form>
  <//>`;
}

/**
 * @param {Date} now
 * @returns {[words: Key, time: Date][]}
 */
function usual(now) {
  /** @param {number} days */
  const morning = (days) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, MORNING_HOUR);
  const toMonday = (8 - now.getDay()) % 7 || 7;
  /** @type {[Key, Date][]} */
  const choices = [
    ["snooze.hour", new Date(now.getTime() + HOUR_MS)],
    ["snooze.hours", new Date(now.getTime() + 3 * HOUR_MS)],
    ["snooze.tomorrow", morning(1)],
  ];
  return toMonday === 1 ? choices : [...choices, ["snooze.monday", morning(toMonday)]];
}

/**
 * As the field wants it: local time without seconds.
 * @param {Date} date
 */
const local = (date) => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
