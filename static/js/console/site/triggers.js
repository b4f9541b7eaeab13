/** What the shop says by itself, and when: a word at the right moment, at most five of them. */

import { html, signal, useElement, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { random } from "../../random.js";
import { Icon } from "../components/icons.js";
import { said } from "../settings/by_language.js";
import { Foot, Section, submit, troubleOf } from "../settings/controls.js";
import { formOf } from "../settings/form.js";
import { WIDGET, widget } from "./document.js";
import { Editor } from "./trigger.js";

/** @import { Ref, Trigger } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

const MOST = 5; // as the server takes them
/** @type {Omit<Trigger, "id">} */
const NEW = { text: {}, seconds: 20, part: "", once: true, attended: true, on: true };

/** The id of the one that the preview shows beside the button, "" for none. */
const tried = signal("");

/** @param {Workspace} workspace */
const triggersForm = (workspace) => formOf(workspace, WIDGET, "triggers");

/**
 * What the preview says beside the button while one is tried; undefined while none is.
 * @param {Workspace} workspace
 * @returns {Trigger["text"] | undefined}
 */
export const triedText = (workspace) =>
  triggersForm(workspace).values.value.triggers.find((/** @type {Trigger} */ one) => one.id === tried.value)?.text;

/** @param {{ workspace: Workspace }} props */
export function Triggers({ workspace }) {
  const form = triggersForm(workspace);
  const [open, set] = useState(""); // the id of the one that is edited
  /** @type {Ref<HTMLElement>} */
  const box = useElement();
  /** @type {Trigger[]} */
  const triggers = form.values.value.triggers;
  /** @param {string} place */
  const focus = (place) => /** @type {HTMLElement | null} */ (box.current?.querySelector(place))?.focus();
  /** @param {Trigger[]} all */
  const write = (all) => form.set("triggers", all);
  /** @param {Trigger} changed */
  const change = (changed) => write(triggers.map((one) => (one.id === changed.id ? changed : one)));
  const add = () => {
    const id = random(8);
    write([...triggers, { id, ...NEW }]);
    set(id);
    requestAnimationFrame(() => focus("li:last-child input"));
  };
  /** @param {Trigger} gone */
  const remove = (gone) => {
    write(triggers.filter((one) => one !== gone));
    focus(":scope > .button"); // the one that was pressed is gone
  };
  return html`<${Section} name="triggers" title=${t("site.triggers")} lead=${t("site.triggers.lead")}>
    ${!widget.value?.beacons && html`<p class="settings-hint">${t("site.triggers.blind")}</p>`}
    <form ref=${box} onSubmit=${submit(form)} novalidate>
      <ul class="settings-rows">
        ${triggers.map((trigger) => html`<li key=${trigger.id} class="site-trigger"><${Row} trigger=${trigger} open=${open === trigger.id} onOpen=${() => set(open === trigger.id ? "" : trigger.id)} onChange=${change} onRemove=${() => remove(trigger)} /></li>`)}
      </ul>
      <button type="button" class="button" aria-disabled=${triggers.length >= MOST} onClick=${() => triggers.length < MOST && add()}><${Icon} name="plus" />${t("site.triggers.add")}</button>
      ${triggers.length >= MOST && html`<p class="settings-hint">${t("site.triggers.full")}</p>`}
      <p class="trouble" role="alert">${troubleOf(form, "bad_text") || (troubleOf(form, "bad_request") && t("site.trigger.lacking"))}</p>
      <${Foot} form=${form} codes=${["bad_text", "bad_request"]} />
    </form>
  <//>`;
}

/** @param {{ trigger: Trigger, open: boolean, onOpen: () => void, onChange: (changed: Trigger) => void, onRemove: () => void }} props */
function Row({ trigger, open, onOpen, onChange, onRemove }) {
  const name = said(trigger.text) || t("site.trigger.new");
  const after = trigger.seconds ? t("site.trigger.after", { n: trigger.seconds }) : t("site.trigger.at_once");
  const when = [
    trigger.on ? after : t("site.trigger.off"),
    trigger.part && t("site.trigger.where", { part: trigger.part }),
  ];
  return html`<div class="settings-row">
      <p class="settings-reply" data-off=${trigger.on ? undefined : ""}><b dir="auto">${name}</b><span>${when.filter(Boolean).join(" · ")}</span></p>
      <span class="settings-does">
        <button type="button" class="button" aria-expanded=${open} aria-label=${t("settings.of", { does: t("settings.replies.edit"), name })} onClick=${onOpen}>${t("settings.replies.edit")}</button>
        <button type="button" class="button" aria-label=${t("settings.of", { does: t("site.remove"), name })} onClick=${onRemove}>${t("site.remove")}</button>
      </span>
    </div>
    ${open && html`<${Editor} trigger=${trigger} onChange=${onChange} tried=${tried.value === trigger.id} onTry=${() => (tried.value = tried.value === trigger.id ? "" : trigger.id)} />`}`;
}
