/**
 * The chat itself, in a frame on its own origin, and the port to it. The frame says `chatadmin:ready` to whoever frames
 * it; it is answered with a port, by which all else goes, once origin and sender are seen to be right.
 */

/** @import { FromFrame, ToFrame } from "../../types.d.ts" */

const SANDBOX =
  "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads";

export class Frame {
  /** @type {HTMLIFrameElement | undefined} */
  element;
  /** @type {MessagePort | undefined} */
  #port;
  isBegun = false;

  /** @param {string} origin The chat's. @param {(message: FromFrame) => unknown} hear */
  constructor(origin, hear) {
    this.origin = origin;
    this.hear = hear;
  }

  /** The way to the one that is there; another frame has another. */
  get port() {
    return this.#port;
  }

  /** @param {ToFrame} message Before the frame has begun it is not said: `begin` says how all stands then. */
  tell(message) {
    this.isBegun ||= message.type === "begin";
    if (this.isBegun) this.#port?.postMessage(message);
  }

  /**
   * @param {HTMLElement} parent
   * @param {{ title: string, lang: string, theme: string }} its
   */
  make(parent, { title, lang, theme }) {
    this.drop();
    this.element = document.createElement("iframe");
    const its = {
      title,
      sandbox: SANDBOX,
      allow: "autoplay; clipboard-write",
      referrerpolicy: "origin",
      src: `${this.origin}/widget?lang=${lang}&theme=${theme}`,
    };
    for (const [name, value] of Object.entries(its)) this.element.setAttribute(name, value);
    parent.append(this.element);
  }

  drop() {
    this.#port?.close();
    this.element?.remove();
    this.element = this.#port = undefined;
    this.isBegun = false;
  }

  /**
   * Whether a message to the window is our frame's; it is then given a port. One that was loaded anew gets another.
   * @param {MessageEvent} event
   */
  answer({ data, origin, source }) {
    if (data !== "chatadmin:ready" || origin !== this.origin) return false;
    const mine = this.element?.contentWindow;
    if (!mine || source !== mine) return false;
    this.#port?.close();
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event) => this.hear(event.data);
    this.#port = port1;
    this.isBegun = false;
    mine.postMessage("chatadmin:port", origin, [port2]);
    return true;
  }
}
