/** Who the shop's page says is here: by a token that it signed, or by a function that fetches one. */

const PROMISED_WITHIN_MS = 10_000;
const MOST_CHARACTERS = 4_096; // app/chat/identity.py

export class Identity {
  /** What the page presents; undefined as long as it has not said. @type {unknown} */
  #given;
  /** What has come of it. @type {Promise<string> | undefined} */
  #jwt;
  /** Whether it is waited for no more, be it that the page has said. @type {Promise<void>} */
  #decided;
  #fail;
  #late;
  decide = () => {};

  /**
   * `fail()` is told that a function of the page's threw, or took too long; `late(jwt)` what it gave after all.
   * @param {{ fail: () => void, late: (jwt: string) => void }} told
   */
  constructor({ fail, late }) {
    this.#fail = fail;
    this.#late = late;
    this.#decided = new Promise((resolve) => {
      this.decide = resolve;
    });
    const wait = () => setTimeout(this.decide, PROMISED_WITHIN_MS);
    if (document.readyState === "complete") wait();
    else addEventListener("load", wait, { once: true });
  }

  /** @param {unknown} given A token, a function, or nothing, for nobody. */
  present(given) {
    this.#given = given ?? "";
    this.#jwt = undefined;
    this.decide();
  }

  /**
   * What to begin with.
   * @param {boolean} isOwed Whether somebody is identified in this tab: the page is given a while to say that they still are.
   */
  async first(isOwed) {
    if (isOwed) await this.#decided;
    return this.jwt();
  }

  /** The token of now; "" for nobody. @returns {Promise<string>} */
  async jwt() {
    const given = this.#given;
    this.#jwt ??= this.#fetched(given);
    const jwt = await this.#jwt;
    return given === this.#given ? jwt : this.jwt(); // the page says somebody else meanwhile
  }

  /** Another one than that which has expired; "" where there is no way to one. */
  async another() {
    if (typeof this.#given !== "function") return "";
    this.#jwt = undefined;
    return this.jwt();
  }

  /** @param {unknown} given */
  async #fetched(given) {
    if (typeof given !== "function") return text(given);
    const coming = (async () => text(await given()))();
    try {
      return await Promise.race([coming, after(PROMISED_WITHIN_MS)]);
    } catch {
      this.#fail();
      coming.then(
        (jwt) => given === this.#given && this.#late(jwt),
        () => {}, // told already
      );
      return "";
    }
  }
}

/**
 * What is no token is for the server to refuse, in as many characters as it takes, unless it says that nobody is here.
 * @param {unknown} jwt
 */
function text(jwt) {
  if (typeof jwt === "string") return jwt.slice(0, MOST_CHARACTERS + 1);
  return jwt === undefined || jwt === null ? "" : typeof jwt;
}

/** @param {number} ms @returns {Promise<never>} */
const after = (ms) => new Promise((_, reject) => setTimeout(reject, ms));
