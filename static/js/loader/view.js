/** Launcher and teaser: made by `createElement` in a closed root, so that no policy of a shop has a say in it. */

import { add } from "./dom.js";
import { rememberOpen } from "./kept.js";
import { language, t } from "./language.js";
import { look } from "./sheet.js";

/** @import { Invite } from "../types.d.ts" */

export const host = document.createElement("chatadmin-widget");
const root = host.attachShadow({ mode: "closed" });
export const dock = add(root, "aside", "dock");
const teaser = add(dock, "output", "teaser"); // it is read out as it changes
export const launcher = add(dock, "button", "launcher");

/**
 * What happened, for the shop's code (`ready open close message unread identified error`): events of the dock, which none leaves.
 * @param {string} event
 * @param {(detail: any) => unknown} act What it throws is its own affair.
 * @returns {() => void} Ends it.
 */
export function on(event, act) {
  const heard = (/** @type {any} */ { detail }) => act(detail);
  dock.addEventListener(event, heard);
  return () => dock.removeEventListener(event, heard);
}

export function show() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(look());
  root.adoptedStyleSheets = [sheet];
  label();
  document.documentElement.append(host);
}

/** Says what is to be pressed, in the language of now. */
export function label() {
  dock.lang = language();
  launcher.setAttribute("aria-label", t("launcher"));
}

/**
 * What the shop has to say, or what was answered while the panel was closed.
 * @param {string} [text] Nothing takes it away.
 * @param {Invite} [invite] What is answered by who presses it.
 */
export function showTeaser(text, invite) {
  teaser.textContent = "";
  if (!text) return;
  const bubble = Object.assign(add(teaser, "button", "bubble"), { invite, onclick: launcher.onclick });
  if (invite?.by) add(bubble, "b", "", invite.by.nickname);
  bubble.append(text);
  const dismiss = add(teaser, "button", "x", "×");
  dismiss.setAttribute("aria-label", t("dismiss"));
  dismiss.onclick = () => {
    showTeaser();
    rememberOpen(false);
    launcher.focus();
  };
}
