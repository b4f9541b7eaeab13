/**
 * Some of the shop's settings while they are written: what was written stays, whoever changes the rest meanwhile. Kept
 * for as long as the desk is, so that a look at a conversation loses nothing.
 */

import { effect, signal } from "../../lib.js";
import { reason } from "../../i18n.js";
import { call, codeOf, get } from "../../api.js";
import { learn, shop } from "../../shop.js";

const pick = (from, names) => Object.fromEntries(names.map((name) => [name, from[name]]));
const same = (one, other) => Object.keys(one).every((name) => one[name] === other[name]);

class Form {
  /** What stands in the fields. */
  values = signal({});
  /** What became of the last attempt: `{saved}`, or `{trouble, code}`; null while there was none since the last letter. */
  outcome = signal(null);
  busy = signal(false);
  /** Who changed the same settings while they were written here, and to what: `{name, words}`, or null. */
  rival = signal(null);
  #names;
  #seen;

  constructor(names) {
    this.#names = names;
    effect(() => this.#follow(shop.value));
  }

  set = (name, value) => {
    this.values.value = { ...this.values.peek(), [name]: value };
    this.outcome.value = null;
  };

  /** Whether something is written that is not saved. */
  get dirty() {
    return !same(this.values.value, pick(shop.value, this.#names));
  }

  async save() {
    if (this.busy.peek()) return false;
    const wanted = Object.entries(this.values.peek()).filter(([name, value]) => value !== this.#seen[name]);
    this.busy.value = true;
    try {
      learn(
        (await call("PATCH", "/v1/shop?as=agent", { version: this.#seen.version, ...Object.fromEntries(wanted) }))
          .value,
      );
      this.#take();
      this.outcome.value = { saved: true };
      return true;
    } catch (error) {
      if (codeOf(error) === "changed_meanwhile") await get("/v1/shop?as=agent").then(learn, () => {}); // which names the rival
      this.outcome.value = { trouble: reason(error), code: codeOf(error) };
      return false;
    } finally {
      this.busy.value = false;
      this.#follow(shop.peek());
    }
  }

  /** Drops what is written for what the shop has now. */
  takeTheirs = () => {
    this.#take();
    this.outcome.value = null;
  };

  /** Goes on with what is written: saving it replaces what the rival saved. */
  keepMine = () => {
    this.#seen = shop.peek();
    this.rival.value = null;
    this.outcome.value = null;
  };

  #take() {
    this.#seen = shop.peek();
    this.values.value = pick(this.#seen, this.#names);
    this.rival.value = null;
  }

  #follow(now) {
    if (!this.#seen) return this.#take();
    if (this.busy.peek()) return undefined; // it may be ours: looked at again when the answer is here
    const written = this.values.peek();
    const was = pick(this.#seen, this.#names);
    const is = pick(now, this.#names);
    if (same(was, is))
      this.#seen = now; // something else has changed, or nothing
    else if (same(written, was) || same(written, is)) this.#take();
    else
      this.rival.value = {
        name: now.by?.nickname,
        words: this.#names.filter((name) => is[name] !== was[name]).map((name) => is[name]),
      };
    return undefined;
  }
}

const forms = new WeakMap();

/** The form of a desk for these settings. */
export function formOf(desk, ...names) {
  if (!forms.has(desk)) forms.set(desk, new Map());
  const known = forms.get(desk);
  const key = names.join();
  if (!known.has(key)) known.set(key, new Form(names));
  return known.get(key);
}
