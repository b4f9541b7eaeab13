/** Leader election among the pages of a browser: with locks, without, and where nothing can be kept. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { LeaderElection } from "../../static/js/leader_election.js";
import { keptDraft } from "../../static/js/draft.js";
import { local, parsed, session } from "../../static/js/storage.js";

const turn = () => new Promise((resolve) => setImmediate(resolve));
const refusing = () => assert.fail("storage is refused here");

/** As a browser's: one holder, the others wait in their order. */
class Locks {
  #last = Promise.resolve();

  /**
   * @param {string} _name
   * @param {{ signal: AbortSignal }} options
   * @param {() => unknown} held
   */
  async request(_name, { signal }, held) {
    const before = this.#last;
    let release = () => {};
    this.#last = new Promise((resolve) => (release = resolve));
    await before;
    if (signal.aborted) return release();
    await held();
    return release();
  }
}

class Kept {
  /** @type {Map<string, string>} */
  #texts = new Map();
  /** @param {string} key */
  getItem = (key) => this.#texts.get(key) ?? null;
  /**
   * @param {string} key
   * @param {string} text
   */
  setItem = (key, text) => void this.#texts.set(key, text);
  /** @param {string} key */
  removeItem = (key) => void this.#texts.delete(key);
}

/**
 * @param {Pick<Locks, "request"> | undefined} locks
 * @param {() => Kept} storage
 */
const browser = (locks, storage) => {
  Object.defineProperty(globalThis, "navigator", { value: { locks }, configurable: true });
  for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(globalThis, name, { get: storage, configurable: true });
};

beforeEach(() => mock.timers.enable({ apis: ["setInterval", "Date"], now: 1_000_000 }));
afterEach(() => mock.timers.reset());

/** @type {[string, () => Locks | undefined][]} */
const ways = [
  ["by a lock", () => new Locks()],
  ["by a lease, on plain HTTP", () => undefined],
];
for (const [name, locks] of ways) {
  test(`one has it, the next takes it over: ${name}`, async () => {
    const kept = new Kept();
    browser(locks(), () => kept);
    /** @type {string[]} */
    const won = [];
    const first = new LeaderElection("noise", () => won.push("first"));
    const second = new LeaderElection("noise", () => won.push("second"));
    await turn();
    assert.deepEqual([first.leads, second.leads, won], [true, false, ["first"]]);
    mock.timers.tick(60_000);
    assert.deepEqual([first.leads, second.leads], [true, false]);
    first.resign();
    await turn();
    mock.timers.tick(2_000);
    assert.deepEqual([first.leads, second.leads, won], [false, true, ["first", "second"]]);
    second.resign();
  });
}

test("a page that is put to sleep loses its lease", async () => {
  const kept = new Kept();
  browser(undefined, () => kept);
  kept.setItem("noise", `sleeper|${Date.now() + 5_000}`);
  const awake = new LeaderElection("noise");
  await turn();
  assert.equal(awake.leads, false);
  mock.timers.tick(6_000);
  assert.equal(awake.leads, true);
  awake.resign();
});

test("every page has it where locks and storage are refused", async () => {
  for (const locks of [undefined, { request: () => Promise.reject(new Error("refused")) }]) {
    browser(locks, refusing);
    const pages = [new LeaderElection("noise"), new LeaderElection("noise")];
    await turn();
    assert.deepEqual(
      pages.map((page) => page.leads),
      [true, true],
    );
    for (const page of pages) page.resign();
  }
});

test("what storage refuses lasts as long as the page, and what it holds may be anything", () => {
  browser(undefined, refusing);
  local.set("name", "Mara");
  session.clear();
  assert.equal(local.get("name"), null);
  const draft = keptDraft("draft");
  draft.value = "half a sentence";
  assert.equal(draft.value, "half a sentence");
  const kept = new Kept();
  browser(undefined, () => kept);
  keptDraft("draft").value = "a whole one";
  assert.equal(keptDraft("draft").value, "a whole one");
  keptDraft("draft").value = "";
  assert.equal(kept.getItem("draft"), null);
  assert.deepEqual(
    [null, "{", "[1]"].map((text) => parsed(text, [])),
    [[], [], [1]],
  );
});

test("a lease of a clock that was set back since is over", async () => {
  const kept = new Kept();
  browser(undefined, () => kept);
  kept.setItem("early", `somebody|${Date.now() + 3_600_000}`);
  kept.setItem("fresh", `somebody|${Date.now() + 5_000}`);
  const [early, fresh] = [new LeaderElection("early"), new LeaderElection("fresh")];
  await turn();
  assert.deepEqual([early.leads, fresh.leads], [true, false]);
  early.resign();
  fresh.resign();
});
