/** The desk as the team sees it: whether the shop is open, who of them is here, and who takes conversations. */

import { t } from "../i18n.js";
import { shop } from "../shop.js";
import { upcoming } from "../upcoming.js";

/** How the shop stands by its hours: `{open, words}`. */
export function standing() {
  const { open = true, until } = shop.value;
  const when = until && upcoming(until);
  if (open) return { open, words: when ? t("desk.openUntil", { when }) : t("desk.open") };
  return { open, words: when ? t("desk.closedUntil", { when }) : t("desk.closed") };
}
