/** Line icons on a 24 px grid, drawn here so that nothing is fetched. Decoration: the control beside them has the name. */

import { html } from "../../lib.js";

const PATHS = {
  visitors:
    "M16 19v-1.5a3.5 3.5 0 0 0-3.5-3.5h-5A3.5 3.5 0 0 0 4 17.5V19M10 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M20 19v-1.5a3.5 3.5 0 0 0-2.6-3.4M15.5 4.2a3.5 3.5 0 0 1 0 6.6",
  reports: "M4 20h16M6.5 16.5v-5M12 16.5v-11M17.5 16.5v-8",
  bell: "M18 9a6 6 0 0 0-12 0c0 6-2.5 7.5-2.5 7.5h17S18 15 18 9M10 20a2.2 2.2 0 0 0 4 0",
  bellOff: "M17.9 10.5C17.7 5 13 2.2 9 3.9M6.2 7.6C6 13.5 3.5 16.5 3.5 16.5H16M10 20a2.2 2.2 0 0 0 4 0M3 3l18 18",
  keys: "M4.5 6h15A1.5 1.5 0 0 1 21 7.5v9a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 16.5v-9A1.5 1.5 0 0 1 4.5 6M7 10h.01M10.3 10h.01M13.7 10h.01M17 10h.01M8 14h8",
  leave: "M10 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h4M15 16l4-4-4-4M19 12H9",
  back: "M15 5l-7 7 7 7",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 11v5M12 8h.01",
  unsure: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M9.6 9.4a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.2.9-1.2 1.7M12 16.4h.01",
  check: "M5 12.5l4.5 4.5L19 7.5",
  hand: "M4 12h14M13 7l5 5-5 5",
  queue: "M9 14l-5-5 5-5M4 9h10a6 6 0 0 1 0 12h-3",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7v5l3.5 2",
  save: "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14",
  link: "M9.5 14.5l5-5M11 6.5l1.6-1.6a4 4 0 0 1 5.6 5.6L16.5 12M13 17.5l-1.6 1.6a4 4 0 0 1-5.6-5.6L7.5 12",
  block: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M5.8 5.8l12.4 12.4",
  plus: "M12 5v14M5 12h14",
  settings:
    "M4 7h9M17 7h3M15 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5M4 17h3M11 17h9M9 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M20 20l-4.8-4.8",
  close: "M6 6l12 12M18 6L6 18",
  replies:
    "M20 4H8a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h1.5v3.5L13 15h7a2 2 0 0 0 2-2V6a2 2 0 0 0-2-2M10.5 8.2h7M10.5 11.2h4.5M2 9v9",
  verified:
    "M12 3l2.3 1.7 2.8-.1.8 2.7 2.3 1.7-1 2.7 1 2.7-2.3 1.7-.8 2.7-2.8-.1L12 21l-2.3-1.7-2.8.1-.8-2.7L3.8 15l1-2.7-1-2.7 2.3-1.7.8-2.7 2.8.1ZM8.7 12.2l2.3 2.3 4.3-4.4",
  chevron: "M6 9.5l6 6 6-6",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6",
};

/** @typedef {keyof typeof PATHS} IconName */

/** @param {{ name: IconName }} props */
export function Icon({ name }) {
  return html`<svg class="icon" data-icon=${name} viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
    <path d=${PATHS[name]} />
  </svg>`;
}
