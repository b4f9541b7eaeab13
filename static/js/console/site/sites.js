/** Which sites may show the chat: added and removed at once; those that were refused lately need one press. */

import { html, useElement, useState } from "../../lib.js";
import { reason, t } from "../../i18n.js";
import { codeOf } from "../../api.js";
import { ago } from "../clock.js";
import { Icon } from "../components/icons.js";
import { Field, Section } from "../settings/controls.js";
import { WIDGET, widget } from "./document.js";
import { seenAt } from "./seen.js";

/** @import { FieldEvent, Key, Ref, Widget } from "../../types.d.ts" */

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;

export function Sites() {
  const { sites, fixed_sites: fixed, seen, refused } = /** @type {Widget} */ (widget.value);
  const [said, say] = useState("");
  const [trouble, setTrouble] = useState("");
  const [typed, type] = useState("");
  /** @type {Ref<HTMLElement>} */
  const box = useElement();
  /**
   * @param {string[]} wanted
   * @param {string} words What to say once it is so.
   */
  const keep = async (wanted, words) => {
    say("");
    setTrouble("");
    try {
      await WIDGET.change({ version: widget.peek()?.version, sites: wanted });
      say(words);
      return true;
    } catch (error) {
      if (codeOf(error) === "changed_meanwhile") WIDGET.load();
      setTrouble(reason(error));
      return false;
    } finally {
      box.current?.querySelector("input")?.focus(); // the button that was pressed may be gone
    }
  };
  /** @param {string} site */
  const allow = (site) => keep([...sites, site], t("site.allowed", { site }));
  /** @param {Event} event */
  const add = async (event) => {
    event.preventDefault();
    const site = typed.trim();
    if (site && (await allow(SCHEME.test(site) ? site : `https://${site}`))) type("");
  };
  return html`<${Section} name="sites" title=${t("site.sites")} lead=${t("site.sites.lead")}>
    <div ref=${box}>
      <ul class="settings-rows">
        ${fixed.map((site) => html`<${Row} key=${site} site=${site} note=${[t("site.fixed"), lastSeen(seen, site)]} />`)}
        ${sites.map(
          (site) =>
            html`<${Row} key=${site} site=${site} note=${[lastSeen(seen, site)]} does="site.remove" onDo=${() =>
              keep(
                sites.filter((one) => one !== site),
                t("site.removed", { site }),
              )} />`,
        )}
      </ul>
      <form class="site-add" onSubmit=${add} novalidate>
        <${Field}
          label=${t("site.add.label")}
          hint=${t("site.add.hint", { example: "https://*.example.com" })}
          trouble=${trouble}
          control=${(tied) => html`<span class="site-typed"><input class="field" ...${tied} value=${typed} onInput=${(/** @type {FieldEvent} */ event) => (type(event.currentTarget.value), setTrouble(""))} placeholder="https://shop.example.com" dir="ltr" inputmode="url" autocapitalize="none" autocomplete="off" spellcheck=${false} maxlength="300" /><button class="button"><${Icon} name="plus" />${t("site.add")}</button></span>`}
        />
      </form>
      <p class="settings-state" role="status">${said}</p>
      ${
        refused.length > 0 &&
        html`<div class="settings-group">
          <h4>${t("site.refused")}</h4>
          <p class="quiet">${t("site.refused.lead")}</p>
          <ul class="settings-rows">
            ${refused.map(({ site, at }) => html`<${Row} key=${site} site=${site} note=${[ago(at)]} does="site.allow" onDo=${() => allow(site)} />`)}
          </ul>
        </div>`
      }
    </div>
  <//>`;
}

/**
 * @param {Widget["seen"]} seen
 * @param {string} site
 */
function lastSeen(seen, site) {
  const [last] = seenAt(seen, site);
  return last ? t("site.row.seen", { time: ago(last[1]) }) : t("site.row.unseen");
}

/** @param {{ site: string, note: string[], does?: Key, onDo?: () => unknown }} props */
function Row({ site, note, does, onDo }) {
  return html`<li class="settings-row">
    <p class="settings-reply"><b><bdi dir="ltr">${site}</bdi></b><span>${note.join(" · ")}</span></p>
    ${does && html`<button type="button" class="button" aria-label=${t("settings.of", { does: t(does), name: site })} onClick=${onDo}>${t(does)}</button>`}
  </li>`;
}
