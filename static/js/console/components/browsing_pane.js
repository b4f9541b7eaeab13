/** Somebody who browses: what their page tells, and a word to them, which they may answer. */

import { html, useEffect, useElement } from "../../lib.js";
import { t } from "../../i18n.js";
import { brief, minutes, since } from "../clock.js";
import { Now } from "../context/now.js";
import { Trail } from "../context/trail.js";
import { titleOf } from "./browsing_row.js";
import { Greeting } from "./greeting.js";
import { Icon } from "./icons.js";

/** @import { Onlooker, Ref } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace, item: Onlooker }} props */
export function BrowsingPane({ workspace, item }) {
  /** @type {Ref<HTMLElement>} */
  const pane = useElement();
  useEffect(() => workspace.focuses("case", () => pane.current?.focus()), [workspace]);
  const title = titleOf(item);
  return html`<section ref=${pane} class="case" id="case" tabindex="-1" aria-label=${t("browsing.label", { page: title })}>
    <header class="case-head">
      <button type="button" class="icon-button case-back" aria-label=${t("case.back")} onClick=${() => workspace.close({ focus: true })}><${Icon} name="back" /></button>
      <div class="case-who">
        <h2><bdi>${title}</bdi></h2>
        <p class="quiet"><i class="case-dot" data-online=${item.visible && !item.gone ? "" : undefined}></i><span class="case-presence">${presence(item)}</span></p>
      </div>
    </header>
    <div class="browsing">
      <${Greeting} workspace=${workspace} item=${item} />
      <div>
        <${Now} workspace=${workspace} item=${{ context: item.context, browser: item.browser, online: !item.gone }} />
        <${Trail} workspace=${workspace} item=${item} />
      </div>
    </div>
  </section>`;
}

/** @param {Onlooker} item */
function presence({ gone, uid, visible, since: start }) {
  if (gone) return t(uid ? "browsing.wrote" : "browsing.gone");
  const time = brief(since(start ?? "", minutes.value));
  return t(visible ? "browsing.since" : "browsing.behind", { time });
}
