/**
 * The commands of the chat on a shop's own page. Save this as chatadmin.d.ts beside your sources; it needs no import.
 *
 *     chatadmin("open", { text: "I have a question about my order" });
 *     const off = chatadmin("on", "unread", ({ count }) => { document.title = count ? `(${count}) Tea` : "Tea"; });
 *
 * The tag loads when it may. What is called before it has is done then, after this one line:
 *
 *     window.chatadmin ||= (...call) => (chatadmin.q ||= []).push(call);
 *
 * Without a script of your own on the page, wait for the event `chatadmin:ready` of `document`.
 */

interface ChatadminEvents {
  /** The launcher is there; at once, where it is already. */
  ready: undefined;
  /** The chat was opened, or closed. */
  open: undefined;
  close: undefined;
  /** Somebody wrote. What they wrote is theirs, and not told. */
  message: { by: "visitor" | "agent" };
  /** So many answers have not been seen. */
  unread: { count: number };
  /** The chat is that of whom you identified. */
  identified: undefined;
  /**
   * Something was refused. `code`: see docs/protocol.md. `bad_identity`: the token is none, or has expired; `no_identity`:
   * your function failed, or took more than ten seconds. Whoever is here can write all the same, as a guest.
   */
  error: { code: string };
}

interface Chatadmin {
  /** Open the chat. `text` is put into the composer if that is empty, and never sent. */
  (method: "open", given?: { text?: string }): void;
  (method: "close" | "toggle"): void;
  /** Show the launcher, or hide it: the chat can be opened all the same. */
  (method: "show" | "hide"): void;
  /**
   * Who is here, by a token (JWT) that your server signed; the console has the code for that. Or a function that fetches
   * one: it is called when the chat is first needed, and again where its token has expired. `null` is nobody.
   *
   * Say it on every page. On one that does not, within ten seconds of its `load` or until the chat is opened, the
   * customer's session ends. Whoever is identified after another, or writes before, needs no page load.
   */
  (method: "identify", token: string | null | (() => string | null | Promise<string | null>)): void;
  /** Whom you identified has left: of them nothing stays in this browser. */
  (method: "logout"): void;
  /**
   * What you know of who is here beside that, or without it: their form is filled in, and agents see it marked as not
   * verified. `attributes`: at most 20, 2 KB as JSON.
   */
  (method: "set", known: { name?: string; email?: string; attributes?: Record<string, string | number | boolean> }): void;
  /** The language of the chat, by its tag: "en", "pt-BR". Else it is that of your page, or of its reader. */
  (method: "locale", tag: string): void;
  /**
   * Whether your team may see who looks at the shop. Until it is asked they may, unless the browser objects; which pages
   * somebody looked at before is kept only once it was granted.
   */
  (method: "consent", answer: "granted" | "denied"): void;
  /** Which page this is, where the address bar and the title do not say so. `url`: the whole of it. */
  (method: "page", page?: { url?: string; title?: string }): void;
  /** Be told of what happens, until the function that is returned is called. */
  <Event extends keyof ChatadminEvents>(
    method: "on",
    event: Event,
    act: (detail: ChatadminEvents[Event]) => unknown,
  ): () => void;
  /** Take it all away, as if it had never been here. */
  (method: "destroy"): void;
  /** What was called before the chat was loaded. */
  q?: any;
}

interface Window {
  chatadmin?: Chatadmin;
}

/** There once the tag has loaded, or the line above has run. */
declare let chatadmin: Chatadmin;
