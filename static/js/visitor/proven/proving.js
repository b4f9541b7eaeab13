/**
 * Who the shop's page says is here, by a token that its server signed: their session lasts, in this tab, as long as the
 * page presents them. What was written before in the same tab becomes theirs, or is linked to what is.
 */

import { effect } from "../../lib.js";
import { actAs, carry, codeOf, get, post, statusOf } from "../../api.js";
import { now } from "../../server_time.js";
import { session } from "../../storage.js";

/** @import { Me, Visiting } from "../../types.d.ts" */
/** @import { Framed } from "../framed.js" */

/**
 * Who that is; null for who is new, or of whom the page says nothing. Throws where the server is out of reach.
 * @param {Framed} frame
 */
export async function whoami(frame) {
  if (!frame.jwt) return end(frame);
  try {
    carry(frame.proven || frame.anonymous.token);
    return await logIn(frame, frame.place);
  } catch (error) {
    if (statusOf(error) !== 403) throw error;
    frame.report(error); // and so it stays: they are who they are
    return null;
  }
}

/**
 * @param {Framed} frame
 * @param {object} body
 * @returns {Promise<Me | null>}
 */
export async function logIn(frame, body) {
  for (let isLast = false; ; isLast = true) {
    try {
      const { adopt } = frame.anonymous;
      return await taken(frame, await post("/login/widget", { ...body, identity: frame.jwt, adopt }));
    } catch (error) {
      if (codeOf(error) !== "bad_identity") throw error;
      const jwt = isLast ? "" : await frame.renewed();
      if (!isSame(jwt, frame.jwt)) return refused(frame);
      frame.jwt = jwt;
    }
  }
}

/**
 * The server takes the shop's word.
 * @param {Framed} frame
 * @param {Me & { token: string, linked?: unknown, adopted?: boolean }} answer
 * @returns {Promise<Me | null>}
 */
async function taken(frame, { uid, token, linked, adopted }) {
  if (frame.proven && frame.proven !== token) session.clear(); // of somebody else, whose session is over by this
  prove(frame, token);
  if (linked || adopted) frame.hold("");
  carry(token);
  frame.isLapsed = false;
  if (uid && token !== frame.told) frame.tell({ type: "identified" });
  frame.told = token;
  if (uid) return get("/v1/me?as=visitor");
  frame.introduce(claims(frame.jwt)); // what they need not be asked
  frame.host.noted(); // what was said to whoever was here before
  return null;
}

/** It does not: so nobody is presented. @param {Framed} frame */
async function refused(frame) {
  frame.tell({ type: "error", code: "bad_identity" });
  frame.introduce();
  frame.jwt = "";
  const isOver = Boolean(frame.proven) || frame.isLapsed;
  frame.isLapsed = false;
  if (frame.proven && frame.visit) frame.host.anew("note.unproven");
  else if (isOver) frame.host.noted("note.unproven");
  await end(frame);
  carry(frame.anonymous.token);
  return null;
}

/** Ends the session of who is presented no more, and what this tab has of them. @param {Framed} frame */
async function end(frame) {
  if (!frame.proven) return null;
  carry(frame.proven);
  await post("/logout?as=visitor").catch((error) => {
    if (statusOf(error) !== 401) throw error;
  });
  session.clear();
  prove(frame, "");
  return null;
}

/** @param {Framed} frame @param {string} token */
function prove(frame, token) {
  frame.proven = token;
  frame.tell({ type: "token", token, identified: true });
}

/**
 * The page presents somebody, or nobody any more.
 * @param {Framed} frame
 * @param {string} jwt
 */
export async function present(frame, jwt) {
  const before = frame.jwt;
  if (jwt === before) return;
  frame.jwt = jwt;
  if (before) frame.introduce();
  if (before && !isSame(jwt, before)) frame.host.anew(jwt ? undefined : "note.left");
  else if (frame.visit) await presentTo(frame, frame.visit, before);
  else frame.host.look();
}

/**
 * The same, in the midst of a conversation: that of the same person, or of nobody yet.
 * @param {Framed} frame
 * @param {Visiting} visit
 * @param {string} before
 */
async function presentTo(frame, visit, before) {
  const { connection, me } = visit;
  if (!before) {
    await sent(visit);
    connection.rest(); // whose session it has may end by this
  }
  actAs(null);
  const now = await logIn(frame, frame.place).catch((error) => {
    frame.jwt = before;
    if (statusOf(error) === 403) frame.report(error);
    else frame.presentLater();
    return undefined;
  });
  const isSettled = now !== undefined && frame.jwt !== "";
  if (frame.visit !== visit) {
    frame.host.look(); // they have left meanwhile
  } else if (isSettled && now?.uid !== me.uid) {
    if (now) frame.host.becomes(now);
    else frame.host.anew();
  } else {
    Object.assign(me, now);
    actAs({ uid: me.uid, over: visit.over });
    connection.probe();
  }
}

/**
 * Whether the shop's word for who is here is good now, anew if need be.
 * @param {Framed} frame
 */
export async function renew(frame) {
  const jwt = isPast(frame.jwt) ? await frame.renewed() : frame.jwt;
  if (isSame(jwt, frame.jwt)) await present(frame, jwt);
  return !isPast(frame.jwt);
}

/** The session is over: of age, or since the shop ended its key. @param {Framed} frame */
export async function ended(frame) {
  prove(frame, "");
  carry("");
  frame.isLapsed = true;
  const jwt = await frame.renewed();
  if (isSame(jwt, frame.jwt)) {
    frame.jwt = jwt;
    frame.host.look();
  } else await refused(frame);
}

/** Resolves once all that was written is stored, so that none of it is written twice. @param {Visiting} visit */
const sent = ({ conversation: { outbox } }) =>
  new Promise((resolve) => {
    const stop = effect(() => {
      if (outbox.items.value.every(({ failed }) => failed)) queueMicrotask(() => (stop(), resolve(undefined)));
    });
  });

/** @param {string} one @param {string} other */
const isSame = (one, other) => one !== "" && claims(one).sub === claims(other).sub;

/** @param {string} jwt */
const isPast = (jwt) => claims(jwt).exp * 1000 < now();

/** What a token says, as far as it can be read: whether it is true the server knows. @param {string} jwt @returns {any} */
function claims(jwt) {
  try {
    const bytes = atob(jwt.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))));
  } catch {
    return {};
  }
}
