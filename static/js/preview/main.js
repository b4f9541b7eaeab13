/** A pretend shop's page in a frame of the console: it carries the tag as a shop's own page does, with what is edited. */

import { session } from "../storage.js";

const OPEN = "chatadmin.open"; // the loader keeps "0" there for a teaser that was put away

/** @type {HTMLScriptElement | undefined} */
let tag;
let loading = false;
let wanted = ""; // the tag's `data-...`, as JSON

/** Takes the widget away and puts its tag in anew; what is wanted before that has come is put in then. */
function wear() {
  if (loading) return;
  const worn = wanted;
  window.chatadmin?.("destroy");
  tag?.remove();
  if (session.get(OPEN) === "0") session.set(OPEN, null);
  const called = { q: [["consent", "denied"]] }; // nobody shops here: no beacon
  window.chatadmin = Object.assign(/** @type {any} */ (() => {}), called);
  tag = Object.assign(document.createElement("script"), { src: "/widget.js", async: true });
  tag.onload = tag.onerror = () => {
    loading = false;
    if (wanted !== worn) wear();
  };
  loading = true;
  Object.assign(tag.dataset, JSON.parse(worn));
  document.documentElement.dataset.theme = tag.dataset.theme ?? "system";
  document.head.append(tag);
}

/** @param {string} data */
function want(data) {
  if (data === wanted) return;
  wanted = data;
  wear();
}

if (parent === window) {
  want("{}"); // opened by itself: the chat as everybody has it
} else {
  addEventListener("message", ({ data, origin, source }) => {
    if (source === parent && origin === location.origin) want(data);
  });
  parent.postMessage("chatadmin:preview", location.origin);
}
