/** Starts the visitor's page: the chat, in which whoever writes becomes a visitor, and who comes back sees what was said. */

import "../browser.js";
import { batch, html, render, signal } from "../lib.js";
import { actAs } from "../api.js";
import { shown } from "../looking.js";
import { app, shop } from "../shop.js";
import { session } from "../storage.js";
import { Beginning } from "./beginning.js";
import { Chat } from "./chat.js";
import { body } from "./entered.js";
import { Framed } from "./framed.js";
import { hosted } from "./hosted.js";
import { isFrame } from "./port.js";
import { askPresence, opening } from "./presence.js";
import { Visit } from "./visit.js";

/** @import { Attachments } from "../files/attachments.js" */
/** @import { Entered, Home, Host, Key, Me, Signal } from "../types.d.ts" */

/** What the page around the chat knows of who looks at it. @type {Signal<Partial<Entered>>} */
const known = signal({});
const RETRY_DELAY_MS = 3_000;
const PRESENCE_INTERVAL_MS = 20_000;

/** @param {{ draft?: string, attachments?: Attachments, note?: Key }} [how] */
const anew = (how) =>
  new Beginning({
    known,
    logIn: (entered, id) => home.enter({ ...body(entered, opening.peek()?.form), id }),
    begin,
    ...how,
  });

/** @type {Host} */
const host = {
  idle: () => !chat.peek().visit,
  found: begin,
  look: start,
  left() {
    session.clear();
    const { beginning, visit } = chat.peek();
    if (visit) visit.leave();
    else if (beginning.note.peek() === "note.ended") open({ note: "note.left" }); // the socket told us first, and not why
  },
  over: () => chat.peek().visit?.over(),
  noted: (note) => (chat.peek().beginning.note.value = note),
  introduced: (now) => (known.value = now),
  suggest(text) {
    const { draft } = chat.peek().visit ?? chat.peek().beginning;
    draft.value ||= text;
  },
};
/** @type {Home} */
const home = isFrame ? new Framed(host) : hosted(host);

/** @type {Signal<{ beginning: Beginning, visit: Visit | null }>} */
const chat = signal({ beginning: anew(), visit: null });

/** @param {{ draft?: string, attachments?: Attachments, note: Key }} how */
function open(how) {
  chat.value = { beginning: anew(how), visit: null };
  chat.peek().beginning.opens();
}

/** @param {Me} me */
function begin(me) {
  const { beginning, visit: present } = chat.peek();
  if (present) return;
  /** @param {boolean} left */
  const ended = (left) => {
    if (chat.peek().visit !== visit) return;
    actAs(null);
    visit.close();
    if (left) session.clear(); // who leaves on a shared computer leaves nothing
    open(left ? { note: "note.left" } : { note: "note.ended", ...visit.takeUnsent() });
    home.over();
  };
  const visit = new Visit(me, { ended, left: home.left });
  actAs({ uid: me.uid, over: visit.over });
  batch(() => {
    beginning.handTo(visit);
    chat.value = { beginning, visit };
  });
  home.came(visit);
}

async function start() {
  const { beginning, visit } = chat.peek();
  if (visit) return;
  try {
    const me = await home.whoami();
    if (me) begin(me);
    else beginning.opens();
  } catch {
    beginning.waits();
    setTimeout(start, RETRY_DELAY_MS);
  }
}

/** There is no socket yet to tell of a change. */
const look = () => chat.peek().visit || document.hidden || !shown.peek() || askPresence();
setInterval(look, PRESENCE_INTERVAL_MS);
document.addEventListener("visibilitychange", look);
if (isFrame) shown.subscribe(look);

const Page = () => html`<${Chat} ...${chat.value} shop=${shop.value.name} onClose=${home.close} />`;

render(html`<${Page} />`, app);
start();
