/**
 * Some of the shop's settings while they are written: what was written stays, whoever changes the rest meanwhile. Kept
 * for as long as the workspace is, so that a look at a conversation loses nothing.
 */

import { effect, signal } from "../../lib.js";
import { reason } from "../../i18n.js";
import { call, codeOf, get } from "../../api.js";
import { learn, shop } from "../../shop.js";

/** @import { Shop, Signal } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

/** @typedef {"name" | "greetings" | "accent" | "retention_days"} Name */
/** @type {Name[]} */
const FIELD_NAMES = ["name", "greetings", "accent", "retention_days"];
/** @typedef {Partial<Pick<Shop, Name>>} Written */

/**
 * @param {Written} from
 * @param {Name[]} names
 * @returns {Written}
 */
const pick = (from, names) => Object.fromEntries(names.map((name) => [name, from[name]]));
/**
 * @param {Written} one
 * @param {Written} other
 */
const same = (one, other) => FIELD_NAMES.every((name) => equal(one[name], other[name]));
/**
 * @param {Written[Name]} one
 * @param {Written[Name]} other
 */
const equal = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** What of a setting is words. @param {Written[Name]} value */
const said = (value) =>
  Object.values(typeof value === "object" ? value : { value })
    .filter((one) => typeof one === "string")
    .filter(Boolean);

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
  #names;
  #seen = shop.peek(); // as it was when the fields were last filled from it

  /** @param {Name[]} names */
  constructor(names) {
    this.#names = names;
    this.#take();
    effect(() => this.#follow(shop.value));
  }

  /**
   * @param {Name} name
   * @param {Written[Name]} value
   */
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
    const values = this.values.peek();
    const wanted = pick(
      values,
      this.#names.filter((name) => !equal(values[name], this.#seen[name])),
    );
    this.busy.value = true;
    try {
      learn((await call("PATCH", "/v1/shop?as=agent", { version: this.#seen.version, ...wanted })).value);
      this.#seen = shop.peek();
      this.#tell(values, { saved: true });
      return true;
    } catch (error) {
      if (codeOf(error) === "changed_meanwhile") await get("/v1/shop?as=agent").then(learn, () => {}); // which names the rival
      this.#tell(values, { trouble: reason(error), code: codeOf(error) });
      return false;
    } finally {
      this.busy.value = false;
      this.#follow(shop.peek());
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

  /** @param {Shop} now */
  #follow(now) {
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
        words: this.#names.filter((name) => !equal(is[name], was[name])).flatMap((name) => said(is[name])),
      };
    return undefined;
  }
}

/** @type {WeakMap<Workspace, Map<string, Form>>} */
const forms = new WeakMap();

/**
 * The form of a workspace for these settings.
 * @param {Workspace} workspace
 * @param {Name[]} names
 */
export function formOf(workspace, ...names) {
  const known = forms.get(workspace) ?? new Map();
  forms.set(workspace, known);
  const key = names.join();
  const form = known.get(key) ?? new Form(names);
  known.set(key, form);
  return form;
}
