/** What a visitor writes arrives once and in order, whatever happens to the connection. */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Tab, history, login, logout, until } from "./visitor.mjs";

const TEXT_FRAME_START = 0x81; // how a whole text frame begins
/** @type {Tab[]} */
const open = [];
after(() => open.forEach((tab) => tab.close()));

/** @param {string} token */
async function enter(token) {
  const tab = await Tab.open(token);
  open.push(tab);
  return tab;
}

test("a burst is stored in order, also where the server asks to slow down, and the other tab agrees", async () => {
  const token = await login("burst");
  const first = await enter(token);
  const second = await enter(token);
  const written = Array.from({ length: 60 }, (_, n) => `line ${n}`); // more than the burst of 40
  for (const text of written) first.conversation.send(text);
  await first.stored(30);
  await until(() => second.texts().length === 60, "the other tab's copy");
  assert.deepEqual(first.texts(), written);
  assert.deepEqual(second.texts(), written);
  assert.deepEqual(await history(token), written);
});

test("nothing is lost or doubled when the connection is cut behind what was sent", async () => {
  const token = await login("tunnel");
  const tab = await enter(token);
  const other = await enter(token);
  let frames = 0;
  /** @type {string[]} */
  const cuts = [];
  tab.relay.cuts = (chunk) => {
    if (chunk[0] !== TEXT_FRAME_START || ++frames % 7) return "";
    return cuts[cuts.push(cuts.length % 2 ? "before" : "behind") - 1];
  };
  const written = Array.from({ length: 24 }, (_, n) => `through ${n}`);
  for (const text of written) tab.conversation.send(text);
  await tab.stored(60);
  tab.relay.cuts = () => "";
  await until(() => other.texts().length === written.length, "the other tab's copy");
  assert.ok(cuts.length >= 3, `the connection was cut ${cuts.length} times`);
  assert.deepEqual(await history(token), written);
  assert.deepEqual(tab.texts(), written);
  assert.deepEqual(other.texts(), written);
  assert.equal(new Set(tab.seqs()).size, tab.seqs().length);
});

test("what others write while we are away is there when we are back, in its place", async () => {
  const token = await login("sleeper");
  const asleep = await enter(token);
  const awake = await enter(token);
  asleep.relay.swallows = true;
  awake.conversation.send("while you slept");
  asleep.conversation.send("from the sleeper");
  await awake.stored();
  asleep.relay.swallows = false;
  asleep.relay.cut();
  await asleep.stored();
  await until(() => awake.texts().length === 2, "the sleeper's words");
  assert.deepEqual(asleep.texts(), ["while you slept", "from the sleeper"]);
  assert.deepEqual(awake.texts(), asleep.texts());
});

test("a socket that looks open and is dead is found out by a probe within seconds", async () => {
  const tab = await enter(await login("laptop"));
  tab.relay.swallows = true;
  const began = Date.now();
  tab.connection.probe();
  await until(() => tab.connection.state.value === "lost", "the doubt", 5);
  tab.relay.swallows = false;
  tab.relay.cut();
  await until(() => tab.connection.state.value === "live", "the new connection");
  assert.ok(Date.now() - began < 10_000);
});

test("older history is put above without a gap or a repeat", async () => {
  const token = await login("talker");
  const first = await enter(token);
  const written = Array.from({ length: 70 }, (_, n) => `old ${n}`);
  for (const text of written) first.conversation.send(text);
  await first.stored(30);
  const later = await enter(token);
  assert.ok(later.texts().length <= 50);
  assert.equal(later.conversation.history.older.value, true);
  await Promise.all([later.conversation.loadOlder(), later.conversation.loadOlder()]); // as scrolling does
  assert.deepEqual(later.texts(), written);
  assert.equal(later.conversation.history.older.value, false);
});

test("a text that is too long stays, with its reason, and holds nothing up", async () => {
  const tab = await enter(await login("novelist"));
  const { conversation } = tab;
  conversation.send("x".repeat(8_001));
  conversation.send("short");
  await until(() => tab.texts().length === 1, "the short one");
  const [kept] = conversation.outbox.items.value;
  assert.equal(kept.failed, "too_long");
  assert.equal(kept.content.length, 8_001);
  conversation.outbox.retry(kept.key);
  await until(() => Boolean(conversation.outbox.items.value[0]?.failed), "the second refusal");
  conversation.outbox.drop(kept.key);
  assert.deepEqual(conversation.outbox.items.value, []);
  assert.deepEqual(tab.texts(), ["short"]);
});

test("what goes with a file waits for a server that knows files, and is whole or refused", async () => {
  const tab = await enter(await login("mixed"));
  const { connection, conversation } = tab;
  assert.ok(connection.knowsFiles);
  connection.knowsFiles = false; // as a hello without a ticket says
  const file = { id: `${conversation.uid}.${"a".repeat(22)}`, name: "tea.txt", type: "text/plain", size: 3 };
  conversation.send("with a file", { file });
  assert.equal(conversation.outbox.items.value[0].id, undefined);
  connection.knowsFiles = true;
  conversation.outbox.flush();
  await until(() => conversation.outbox.items.value[0].failed === "bad_file", "a word of the file");
  assert.deepEqual(tab.texts(), []);
});

test("what was read before the conversation was joined is told after it", async () => {
  const token = await login("reader");
  const writer = await enter(token);
  writer.conversation.send("to be read");
  await writer.stored();
  const seq = writer.conversation.history.seen.value;
  const reader = await enter(token);
  reader.relay.cut();
  await until(() => reader.connection.state.value === "lost", "the cut");
  reader.conversation.saw(seq);
  await until(() => writer.conversation.receipts.marks.value.visitor >= seq, "the read mark");
  assert.equal(writer.conversation.receipts.marks.value.visitor, seq);
});

test("logging out ends every tab, those without a connection as soon as they have one", async () => {
  const token = await login("leaver");
  const here = await enter(token);
  const away = await enter(token);
  away.relay.swallows = true;
  await logout(token);
  await until(() => here.ended, "the end here", 5);
  away.relay.swallows = false;
  away.relay.cut();
  await until(() => away.ended, "the end there", 10);
  assert.ok(here.ended && away.ended);
});
