/** The outbox by itself, against the server's counting: `n` is 1, 2, 3... for each tab, a repeat is stored once. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "../../static/js/outbox.js";

/** @import { Refused } from "../../static/js/types.d.ts" */
/** @typedef {{ id: string, content: string }} Sent */
/** @typedef {{ type: "ack", id: string, repeat?: boolean } | (Refused & { id: string })} Answer */

/** The counting of the contract, in memory. */
class Counting {
  /** @type {string[]} */
  stored = [];
  /** @type {Map<string, string[]>} */
  tabs = new Map();

  /**
   * The answer to a send: `ack` or `error`, as a frame.
   * @param {Sent} sent
   * @returns {Answer}
   */
  take({ id, content }) {
    const [tab, n] = [id.slice(0, id.lastIndexOf(".")), Number(id.slice(id.lastIndexOf(".") + 1))];
    const texts = this.tabs.get(tab) ?? [];
    if (n <= texts.length)
      return texts[n - 1] === content ? { type: "ack", id, repeat: true } : { type: "error", id, code: "mismatch" };
    if (!texts.length && n > 1) return { type: "error", id, code: "unknown_tab" };
    if (n !== texts.length + 1) return { type: "error", id, code: "out_of_order", expected: texts.length + 1 };
    this.tabs.set(tab, [...texts, content]);
    this.stored.push(content);
    return { type: "ack", id };
  }
}

/** @param {Counting} server */
function dialogue(server) {
  /** @type {Sent[]} */
  const frames = [];
  const outbox = new Outbox("test", (frame) => frames.push(frame) > 0);
  /** @param {Answer} frame */
  const answer = (frame) => (frame.type === "ack" ? (outbox.stored(frame.id), outbox.flush()) : outbox.refused(frame));
  const next = () => {
    const frame = frames.shift();
    assert.ok(frame, "nothing is on its way");
    return frame;
  };
  return {
    outbox,
    frames,
    next,
    answer,
    settle: () => {
      while (frames.length) answer(server.take(next()));
    },
  };
}

test("one at a time, in order, numbered from 1", () => {
  const server = new Counting();
  const { outbox, frames, settle } = dialogue(server);
  for (const text of ["a", "b", "c"]) outbox.add(text);
  assert.equal(frames.length, 1);
  settle();
  assert.deepEqual(server.stored, ["a", "b", "c"]);
  assert.deepEqual(outbox.items.value, []);
});

test("an answer that was lost is asked for again by the same id", () => {
  const server = new Counting();
  const { outbox, frames, next, settle } = dialogue(server);
  outbox.add("a");
  outbox.add("b");
  const { id } = frames[0];
  server.take(next()); // stored, but nobody told us
  outbox.lost();
  outbox.flush();
  assert.equal(frames[0].id, id);
  settle();
  assert.deepEqual(server.stored, ["a", "b"]);
});

test("a server that has forgotten this tab is offered the rest by another", () => {
  const server = new Counting();
  const { outbox, frames, settle } = dialogue(server);
  outbox.add("a");
  settle();
  server.tabs.clear();
  outbox.add("b");
  outbox.add("c");
  const [tab] = frames[0].id.split(".");
  settle();
  assert.deepEqual(server.stored, ["a", "b", "c"]);
  assert.ok(!server.tabs.has(tab));
});

test("miscounting is set right, and an id that means another text is not insisted on", () => {
  const server = new Counting();
  const { outbox, frames, settle } = dialogue(server);
  outbox.add("a");
  settle();
  outbox.add("b");
  const [tab] = frames[0].id.split(".");
  server.tabs.set(tab, ["a", "a stranger's"]);
  settle();
  assert.deepEqual(server.stored, ["a", "b"]);
});

test("a refusal for good keeps the text and lets the next one pass; the number is used again", () => {
  const server = new Counting();
  const { outbox, frames, next, answer, settle } = dialogue(server);
  outbox.add("fenced off");
  outbox.add("next");
  answer({ type: "error", id: next().id, code: "fenced" });
  assert.match(frames[0].id, /\.1$/);
  settle();
  assert.deepEqual(server.stored, ["next"]);
  const [item] = outbox.items.value;
  assert.deepEqual([item.content, item.failed], ["fenced off", "fenced"]);
  outbox.retry(item.key);
  settle();
  assert.deepEqual(server.stored, ["next", "fenced off"]);
});

test("a store that is away is asked again, by the same id, when it said", async () => {
  const server = new Counting();
  const { outbox, frames, next, answer, settle } = dialogue(server);
  outbox.add("patience");
  const { id } = next();
  answer({ type: "error", id, code: "slow_down", retry_ms: 5 });
  assert.equal(frames.length, 0);
  await new Promise((resolve) => {
    const look = setInterval(() => frames.length && resolve(clearInterval(look)), 1);
  });
  assert.equal(frames[0].id, id);
  settle();
  assert.deepEqual(server.stored, ["patience"]);
});

test("what history shows to be stored is not sent again", () => {
  const server = new Counting();
  const { outbox, next, settle } = dialogue(server);
  outbox.add("a");
  const sent = next();
  server.take(sent);
  outbox.lost();
  outbox.stored(sent.id); // read in the history
  outbox.add("b");
  settle();
  assert.deepEqual(server.stored, ["a", "b"]);
});
