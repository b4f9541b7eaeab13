/**
 * Some settings of a document that several may change, while they are written: what was written stays, whoever changes
 * the rest meanwhile. Kept for as long as the workspace is, so that a look at a conversation loses nothing.
 */

import { effect, signal, useEffect, useState } from "../../lib.js";
import { reason } from "../../i18n.js";
import { call, codeOf, get } from "../../api.js";
import { learn, shop } from "../../shop.js";

/** @import { Named, Signal } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** What is written, by the names of the settings. @typedef {Record<string, any>} Written */

/**
 * A document: `now` is how it stands, `change` asks for some of it to be otherwise and `load` for how it stands on the
 * server; both put that into `now`.
 * @typedef {{
 *   now: Signal<any>,
 *   change: (asked: Written) => Promise<unknown>,
 *   load: () => Promise<unknown>,
 * }} Source
 */

/** The shop's own settings. @type {Source} */
export const SHOP = {
  now: shop,
  change: async (asked) => learn((await call("PATCH", "/v1/shop?as=agent", asked)).value),
  load: () => get("/v1/shop?as=agent").then(learn),
};

/** Whether they are known: a page is served with what visitors may know, and the stream, or this question, brings the rest. */
export function useSettings() {
  const [failed, fail] = useState(false);
  const ready = shop.value.version !== undefined;
  useEffect(() => {
    if (!ready) SHOP.load().catch(() => fail(true));
  }, []);
  return ready ? "ready" : failed ? "failed" : "loading";
}

/**
 * @param {Written} from
 * @param {string[]} names
 * @returns {Written}
 */
const pick = (from, names) => Object.fromEntries(names.map((name) => [name, from[name]]));

/** The same text for the same value, in whatever order its parts were written. @param {any} value */
const plain = (value) =>
  JSON.stringify(value, (_, part) =>
    part && typeof part === "object" && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort()) : part,
  );
/**
 * @param {any} one
 * @param {any} other
 */
const equal = (one, other) => plain(one) === plain(other);

/** What of a setting is words. @param {any} value @returns {string[]} */
const said = (value) =>
  typeof value === "string" ? [value].filter(Boolean) : Object.values(Object(value)).flatMap((part) => said(part));

export class Form {
  /** What stands in the fields. @type {Signal<Written>} */
  values = signal({});
  /**
   * What became of the last attempt: `{saved}`, or `{trouble, code}`; null while there was none since the last letter.
   * @type {Signal<{ saved: true, trouble?: undefined, code?: undefined } | { saved?: undefined, trouble: string, code?: string } | null>}
   */
  outcome = signal(null);
  busy = signal(false);
  /**
   * Who changed the same settings while they were written here, and to what: `{name, words}`, or null.
   * @type {Signal<{ name?: string, words: string[] } | null>}
   */
  rival = signal(null);
  #source;
  #names;
  #seen; // as it was when the fields were last filled from it

  /**
   * @param {Source} source
   * @param {string[]} names
   */
  constructor(source, names) {
    this.#source = source;
    this.#names = names;
    this.#seen = source.now.peek();
    this.#take();
    effect(() => this.#follow(source.now.value));
  }

  /**
   * @param {string} name
   * @param {any} value
   */
  set = (name, value) => {
    this.values.value = { ...this.values.peek(), [name]: value };
    this.outcome.value = null;
  };

  /** Whether something is written that is not saved. */
  get dirty() {
    return !equal(this.values.value, pick(this.#source.now.value, this.#names));
  }

  async save() {
    if (this.busy.peek()) return false;
    const values = this.values.peek();
    const wanted = pick(
      values,
      this.#names.filter((name) => !equal(values[name], this.#seen[name])),
    );
    this.busy.value = true;
    try {
      await this.#source.change({ version: this.#seen.version, ...wanted });
      this.#seen = this.#source.now.peek();
      this.#tell(values, { saved: true });
      return true;
    } catch (error) {
      if (codeOf(error) === "changed_meanwhile") await this.#source.load().catch(() => {}); // which names the rival
      this.#tell(values, { trouble: reason(error), code: codeOf(error) });
      return false;
    } finally {
      this.busy.value = false;
      this.#follow(this.#source.now.peek());
    }
  }

  /**
   * What became of an attempt to save `values`. Who has written on meanwhile keeps what they wrote, and it is not that
   * which was saved or refused.
   * @param {Written} values
   * @param {NonNullable<typeof this.outcome.value>} outcome
   */
  #tell(values, outcome) {
    if (this.values.peek() !== values) return;
    if (outcome.saved) this.#take();
    this.outcome.value = outcome;
  }

  /** Drops what is written for what there is now. */
  takeTheirs = () => {
    this.#take();
    this.outcome.value = null;
  };

  /** Goes on with what is written: saving it replaces what the rival saved. */
  keepMine = () => {
    this.#seen = this.#source.now.peek();
    this.rival.value = null;
    this.outcome.value = null;
  };

  #take() {
    this.#seen = this.#source.now.peek();
    this.values.value = pick(this.#seen, this.#names);
    this.rival.value = null;
  }

  /** @param {Written & { by?: Named | null }} now */
  #follow(now) {
    if (this.busy.peek()) return undefined; // it may be ours: looked at again when the answer is here
    const written = this.values.peek();
    const was = pick(this.#seen, this.#names);
    const is = pick(now, this.#names);
    if (equal(was, is))
      this.#seen = now; // something else has changed, or nothing
    else if (equal(written, was) || equal(written, is)) this.#take();
    else
      this.rival.value = {
        name: now.by?.nickname,
        words: this.#names.filter((name) => !equal(is[name], was[name])).flatMap((name) => said(is[name])),
      };
    return undefined;
  }
}

/** @type {WeakMap<Workspace, Map<string, Form>>} */
const forms = new WeakMap();

/**
 * The form of a workspace for these settings of a document.
 * @param {Workspace} workspace
 * @param {Source} source
 * @param {string[]} names
 */
export function formOf(workspace, source, ...names) {
  const known = forms.get(workspace) ?? new Map();
  forms.set(workspace, known);
  const key = names.join();
  const form = known.get(key) ?? new Form(source, names);
  known.set(key, form);
  return form;
}
