/** Where the visitor is: which page they look at, what time it is there, and how they came. */

import { html } from "../../lib.js";
import { t } from "../../i18n.js";
import { named, timeIn } from "../place.js";
import { Block } from "./block.js";
import { Facts, knownOf } from "./facts.js";
import { PageLink } from "./page_link.js";

/** @import { Visitor } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @param {{ workspace: Workspace, item: Pick<Visitor, "page" | "browser" | "context" | "online"> }} props */
export function Now({ workspace, item }) {
  const {
    page = item.page,
    title = "",
    referrer = "",
    utm = {},
    languages = [],
    tz = "",
    country = "",
  } = item.context ?? {};
  const facts = knownOf([
    [t("context.page"), page && html`<${PageLink} page=${page} title=${title} whole />`],
    [t("context.local"), tz && clockIn(tz)],
    [t("context.country"), country && named("region", country)],
    [t("context.languages"), languages.map((code) => named("language", code)).join(" · ")],
    [t("context.browser"), item.browser],
    [t("context.referrer"), referrer && html`<${PageLink} page=${referrer} />`],
    [t("context.campaign"), Object.values(utm).filter(Boolean).join(" · ")],
  ]);
  if (!facts.length) return null;
  return html`<${Block} workspace=${workspace} name="now" title=${t(item.online ? "context.now" : "context.then")}><${Facts} facts=${facts} /><//>`;
}

/**
 * The day and time it is there now, and where that is; "" for a time zone that this browser does not know.
 * @param {string} tz
 */
function clockIn(tz) {
  const time = timeIn(tz, { weekday: "short" });
  return time && html`${time}<small>${tz.replace(/_/g, " ")}</small>`;
}
