/** Canned replies: the shop's, which administrators write, and one's own. */

import { html, useEffect, useElement, useLayoutEffect, useState } from "../../lib.js";
import { reason, t } from "../../i18n.js";
import { call, codeOf, post } from "../../api.js";
import { Linked } from "../../components/words.js";
import { Icon } from "../components/icons.js";
import { Field, Section, useAsked } from "./controls.js";

/** @import { FieldEvent, Key, Ref, Reply } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

const TEXT_CODES = ["bad_reply", "too_long"];
const SHORTCUT_CODES = ["bad_shortcut", "shortcut_taken"];

/** @param {{ workspace: Workspace }} props */
export function Replies({ workspace }) {
  const replies = workspace.replies.list.value;
  useEffect(() => workspace.replies.want(), [workspace]);
  const shared = replies.filter((reply) => reply.shared);
  const own = replies.filter((reply) => !reply.shared);
  return html`<${Section} name="replies" title=${t("settings.replies")} lead=${t("settings.replies.lead", { name: "{name}", agent: "{agent}", shop: "{shop}" })}>
    <${Group} workspace=${workspace} title=${t("settings.replies.shared")} none=${t("settings.replies.none")} replies=${shared} shared writes=${workspace.isBoss()} />
    <${Group} workspace=${workspace} title=${t("settings.replies.own")} none=${t("settings.replies.noneOwn")} replies=${own} writes />
  <//>`;
}

/** @param {{ workspace: Workspace, title: string, none: string, replies: Reply[], shared?: boolean, writes: boolean }} props */
function Group({ workspace, title, none, replies, shared = false, writes }) {
  const [open, set] = useState(/** @type {string | null} */ (null)); // the id of the one that is edited, "" for a new one
  const [said, say] = useState("");
  const [ask, asking] = useAsked();
  /** @type {Ref<HTMLElement>} */
  const box = useElement();
  /** @param {string} [id] */
  const leave = (id) => {
    set(null);
    requestAnimationFrame(() =>
      /** @type {HTMLElement | null} */ (
        box.current?.querySelector(id ? `[data-reply="${id}"] button` : ":scope > .button")
      )?.focus(),
    );
  };
  /**
   * @param {string} words
   * @param {string} [id]
   */
  const done = (words, id) => {
    leave(id);
    say(words);
    workspace.replies.load();
  };
  /** @param {Reply} reply */
  const remove = (reply) =>
    ask({
      title: t("settings.replies.delete.title", { name: `/${reply.shortcut}` }),
      text: t(shared ? "settings.replies.delete.shared" : "settings.replies.delete.own"),
      does: t("settings.replies.delete"),
      run: () =>
        call("DELETE", `/v1/replies/${reply.id}?as=agent`).then(
          () => done(t("settings.replies.deleted")),
          (error) => say(reason(error)),
        ),
    });
  return html`<div class="settings-group" ref=${box}>
    <h4>${title}</h4>
    ${replies.length === 0 && open !== "" && html`<p class="quiet">${none}</p>`}
    <ul class="settings-rows">
      ${replies.map((reply) =>
        open === reply.id
          ? html`<li key=${reply.id}><${Editor} now=${reply} shared=${shared} onDone=${(/** @type {string} */ words) => done(words, reply.id)} onClose=${() => leave(reply.id)} /></li>`
          : html`<${Row} key=${reply.id} reply=${reply} writes=${writes} onEdit=${() => set(reply.id)} onDelete=${() => remove(reply)} />`,
      )}
    </ul>
    ${open === "" && html`<${Editor} shared=${shared} onDone=${done} onClose=${() => leave()} />`}
    ${writes && open !== "" && html`<button type="button" class="button" onClick=${() => (say(""), set(""))}><${Icon} name="plus" />${t("settings.replies.add")}</button>`}
    <p class="settings-state" role="status">${said}</p>
    ${asking}
  </div>`;
}

/** @param {{ reply: Reply, writes: boolean, onEdit: () => void, onDelete: () => void }} props */
function Row({ reply, writes, onEdit, onDelete }) {
  const name = `/${reply.shortcut}`;
  /**
   * @param {Key} key
   * @param {() => void} run
   */
  const does = (key, run) => {
    const words = t(key);
    return html`<button type="button" class="button" aria-label=${t("settings.of", { does: words, name })} onClick=${run}>${words}</button>`;
  };
  return html`<li class="settings-row" data-reply=${reply.id}>
    <p class="settings-reply"><b><bdi>${name}</bdi></b><span dir="auto"><${Linked} text=${reply.text} /></span></p>
    ${
      writes &&
      html`<span class="settings-does">
      ${does("settings.replies.edit", onEdit)}${does("settings.replies.delete", onDelete)}
    </span>`
    }
  </li>`;
}

/**
 * `now`: the reply as everybody has it, which may change while it is edited; none for a new one.
 * @param {{ now?: Reply, shared: boolean, onDone: (words: string) => void, onClose: () => void }} props
 */
function Editor({ now, shared, onDone, onClose }) {
  const [seen, see] = useState(now);
  const theirs = { shortcut: now?.shortcut ?? "", text: now?.text ?? "" };
  const [words, write] = useState(theirs);
  const [trouble, setTrouble] = useState(/** @type {{ code?: string, words: string } | null} */ (null));
  const [busy, setBusy] = useState(false);
  /** @type {Ref<HTMLFormElement>} */
  const form = useElement();
  useLayoutEffect(() => form.current.querySelector("input")?.focus(), []);
  const rival = now?.version !== seen?.version;
  /**
   * @param {"shortcut" | "text"} name
   * @returns {(event: FieldEvent) => void}
   */
  const set = (name) => (event) => (write({ ...words, [name]: event.currentTarget.value }), setTrouble(null));
  /** @param {Event} event */
  const save = async (event) => {
    event.preventDefault();
    if (busy || rival) return;
    setBusy(true);
    try {
      if (now) await call("PUT", `/v1/replies/${now.id}?as=agent`, { ...words, version: seen?.version });
      else await post("/v1/replies?as=agent", { ...words, shared });
      onDone(t("settings.saved"));
    } catch (error) {
      setBusy(false);
      setTrouble({ code: codeOf(error), words: reason(error) });
    }
  };
  /** @param {string[]} codes */
  const of = (codes) => (trouble && codes.includes(trouble.code ?? "") ? trouble.words : "");
  const other = trouble && ![...TEXT_CODES, ...SHORTCUT_CODES].includes(trouble.code ?? "");
  const takeTheirs = () => (see(now), write(theirs), setTrouble(null));
  return html`<form ref=${form} class="settings-editor" onSubmit=${save} novalidate>
    <${Field}
      label=${t("settings.replies.shortcut")}
      hint=${t("settings.replies.shortcut.hint")}
      trouble=${of(SHORTCUT_CODES)}
      control=${(tied) => html`<input class="field" ...${tied} value=${words.shortcut} onInput=${set("shortcut")} maxlength="33" autocapitalize="none" autocomplete="off" spellcheck=${false} />`}
    />
    <${Field}
      label=${t("settings.replies.text")}
      trouble=${of(TEXT_CODES)}
      control=${(tied) => html`<textarea class="field" ...${tied} value=${words.text} onInput=${set("text")} dir="auto" rows="3"></textarea>`}
    />
    ${
      rival &&
      html`<div class="settings-rival" role="alert">
      <p>${t("settings.rival", { name: now?.by || t("settings.somebody") })}</p>
      <blockquote dir="auto">${now?.text}</blockquote>
      <button type="button" class="button" onClick=${() => (see(now), setTrouble(null))}>${t("settings.keepMine")}</button>
      <button type="button" class="button" onClick=${takeTheirs}>${t("settings.takeTheirs")}</button>
    </div>`
    }
    <div class="settings-foot">
      <button class="button button-main" aria-disabled=${busy || rival}>${t(busy ? "settings.saving" : "settings.save")}</button>
      <button type="button" class="button" onClick=${onClose}>${t("transfer.cancel")}</button>
    </div>
    ${other && html`<p class="trouble" role="alert">${trouble.words}</p>`}
  </form>`;
}
