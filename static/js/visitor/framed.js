/**
 * Where the session of a frame on a shop's own site is: with the loader, as a token, since browsers let a frame on
 * another's site keep nothing for sure. No cookie is used, and the panel that the frame is in may be closed.
 */

import { batch, effect } from "../lib.js";
import { carry, codeOf, get, post, statusOf } from "../api.js";
import { shown, wanted } from "../looking.js";
import { nameOf } from "../names.js";
import { session } from "../storage.js";
import { portOfLoader } from "./port.js";

/** @import { Frame, Home, Host, Me, Visiting } from "../types.d.ts" */

const TEASER_CHARACTERS = 200;
const KNOWN_KEY = "chatadmin.known";

/**
 * @typedef {{ name?: string, email?: string }} Known What the shop's page knows of who looks at it.
 * @typedef {{ token: string, page: { url: string, title: string, referrer: string }, tz: string, known: Known }} Begun
 */

/**
 * @param {Host} host
 * @returns {Home}
 */
export function framed(host) {
  /** @type {Begun} */
  let now;
  /** @type {MessagePort} */
  let port;
  let held = ""; // the token
  shown.value = false; // until the loader says that it is
  if (parent === window) location.replace("/"); // the address was opened by itself

  /** @param {{ type: string, [detail: string]: unknown }} message */
  const tell = (message) => port.postMessage(message);
  /** @param {string} token */
  const hold = (token) => {
    held = token;
    carry(token);
  };
  const forget = () => {
    if (held) tell({ type: "token", token: "" });
    hold("");
  };
  const close = () => {
    shown.value = false;
    tell({ type: "close" });
  };

  /** What the loader asks for. @type {Record<string, (said: any) => unknown>} */
  const deeds = {
    /** @param {{ text?: string }} asked */
    open({ text }) {
      if (text) host.suggest(text);
      batch(() => {
        shown.value = true;
        wanted.value = true;
      });
    },
    close: () => (shown.value = false),
    /** @param {Begun["page"]} page */
    page: ({ url, title }) => (now.page = { ...now.page, url, title }),
    /** @param {Known} known */
    known({ name, email }) {
      now.known = { ...now.known, ...given({ name, email }) };
      host.introduced(now.known);
      introduce();
    },
    /** Another page of the shop's has another visitor, or none any more. @param {{ token: string }} other */
    token({ token }) {
      if (token === held) return;
      held = ""; // what is over is not ours to tell
      host.over();
      hold(token);
      if (token) host.look();
    },
  };

  /** Tells the shop what its page knows of this visitor, unless it was told. */
  const introduce = () => {
    const told = JSON.stringify(now.known);
    if (!held || told === "{}" || told === session.get(KNOWN_KEY)) return;
    session.set(KNOWN_KEY, told);
    post("/login/widget", now.known).catch(report);
  };

  const others = between(() => host.left());

  /** @param {unknown} error */
  const report = (error) => tell({ type: "error", code: codeOf(error) ?? "unreachable" });

  const begun = portOfLoader().then(
    (found) =>
      new Promise((resolve) => {
        port = found;
        port.onmessage = ({ data: { type, ...said } }) => {
          if (type === "begin") {
            now = said;
            hold(said.token);
            shown.value = said.open;
            host.introduced(now.known);
            resolve(undefined);
          } else if (now && Object.hasOwn(deeds, type)) deeds[type](said);
        };
        closeByEscape(close);
      }),
  );

  return {
    async whoami() {
      await begun;
      if (!held) return null;
      try {
        return await get(`/v1/me?as=visitor&page=${encodeURIComponent(now.page.url)}`);
      } catch (error) {
        if (statusOf(error) !== 401) throw error;
        forget();
        host.noted("note.ended");
        return null;
      }
    },
    async enter(entered) {
      const { url: page, title, referrer } = now.page;
      try {
        /** @type {Me & { token: string }} */
        const me = await post("/login/widget", { ...now.known, ...given(entered), page, title, referrer, tz: now.tz });
        hold(me.token);
        session.set(KNOWN_KEY, JSON.stringify(now.known));
        tell({ type: "token", token: me.token });
        return me;
      } catch (error) {
        report(error);
        throw error;
      }
    },
    came(visit) {
      introduce();
      visit.until(effect(() => tell({ type: "unread", count: visit.unread.value })));
      visit.until(visit.connection.listen((frame) => heard(frame, visit, tell)));
    },
    left() {
      forget();
      others?.postMessage("left");
    },
    over: forget,
    close,
  };
}

/**
 * Tells the loader of messages, its own visitor's once they are stored.
 * @param {Frame} frame
 * @param {Visiting} visit
 * @param {(message: { type: string, [detail: string]: unknown }) => void} tell
 */
function heard(frame, { me }, tell) {
  if (frame.type === "ack" && !frame.repeat) {
    tell({ type: "wrote" });
    tell({ type: "message", by: "visitor" });
  }
  if (frame.type !== "message" || frame.user.uid === me.uid) return;
  tell({ type: "message", by: "agent" });
  const text = [...frame.content].slice(0, TEASER_CHARACTERS).join("");
  if (!shown.peek()) tell({ type: "said", who: nameOf(frame.user), text });
}

/**
 * Escape closes the panel, unless it closes something in it, or ends a composition.
 * @param {() => void} close
 */
function closeByEscape(close) {
  addEventListener("keydown", (event) => {
    const { key, isComposing, keyCode } = event;
    if (key !== "Escape" || isComposing || keyCode === 229) return;
    if (!document.querySelector("dialog[open], select:focus")) close(); // a list of options is not seen from here
  });
}

/**
 * Between the frames of one shop's pages in this browser, where it lets them talk: what is said is that somebody has left.
 * The loaders tell as well that a session is no more, but not why.
 * @param {() => void} left
 */
function between(left) {
  try {
    const channel = new BroadcastChannel("chatadmin.frame");
    channel.onmessage = left;
    return channel;
  } catch {
    return null; // refused with all that a frame on another's site may keep
  }
}

/**
 * What of it is given.
 * @param {object} asked
 */
const given = (asked) => Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
