/** Launcher, badge and teaser: made by `createElement` in a closed root, so that no policy of a shop has a say in it. */

import { add } from "./dom.js";
import { emit } from "./life.js";
import { t } from "./language.js";
import { look } from "./sheet.js";
import { session } from "../storage.js";

export const host = document.createElement("chatadmin-widget");
const root = host.attachShadow({ mode: "closed" });

export const dock = add(root, "div", "dock");
const teaser = add(dock, "div", "teaser");
export const launcher = add(dock, "button", "launcher");
const badge = add(launcher, "b");
let unread = 0;

export function show() {
  root.adoptedStyleSheets = [look()];
  dock.setAttribute("role", "region");
  teaser.setAttribute("role", "status");
  label();
  document.documentElement.append(host);
}

/** Says everything in the language of now. */
export function label() {
  const counted = unread ? `, ${t("unread").replace("{count}", `${unread}`)}` : "";
  dock.setAttribute("aria-label", t("launcher"));
  launcher.setAttribute("aria-label", t("launcher") + counted);
}

/** @param {number} count Of answers that nobody has seen. */
export function showUnread(count) {
  if (count === unread) return;
  unread = count;
  badge.textContent = count > 9 ? "9+" : `${count || ""}`;
  label();
  emit("unread", { count });
}

/**
 * What was answered while the panel was closed, or what the shop has to say.
 * @param {string} [text] Nothing takes it away.
 * @param {string} [who]
 */
export function showTeaser(text, who) {
  teaser.replaceChildren();
  if (!text) return;
  const bubble = add(teaser, "button", "bubble");
  bubble.dir = "auto";
  if (who) add(bubble, "strong", "", who);
  add(bubble, "span", "", text);
  bubble.onclick = launcher.onclick;
  const dismiss = add(teaser, "button", "x", "×");
  dismiss.setAttribute("aria-label", t("dismiss"));
  dismiss.onclick = () => {
    showTeaser();
    session.set("chatadmin.open", "0");
    launcher.focus();
  };
}
