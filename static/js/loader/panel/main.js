/** What the launcher loads once somebody opens the chat, or has answers to come: the panel, and the chat in it. */

import { Widget } from "./widget.js";

/** @import { LoaderShared, ShopCall } from "../../types.d.ts" */

/** @param {LoaderShared} shared */
export default function panelOf(shared) {
  const { calls } = shared;
  const widget = new Widget(shared);
  const { turns, others } = commandsOf(widget);
  const act = (/** @type {ShopCall} */ [method, ...given]) => (turns[method] ?? others[method])?.(...given);
  const isTurn = (/** @type {ShopCall} */ [method]) => Object.hasOwn(turns, method);
  for (const call of calls) if (!isTurn(call)) act(call);
  const turn = calls.filter(isTurn).at(-1); // who saw nothing come may have pressed twice
  if (turn) act(turn);
  else widget.reopen();
  calls.push = (call) => (act(call), 0);
}

/**
 * What is done here of `chatadmin(method, ...)`: what opens and closes the panel, and all else.
 * @param {Widget} widget
 * @returns {Record<"turns" | "others", Record<string, (...given: any[]) => unknown>>}
 */
const commandsOf = (widget) => ({
  turns: {
    open: (given, pressed) => widget.open(given, pressed),
    close: (pressed) => widget.close(pressed),
    toggle: (pressed, invite) => (widget.isOpen ? widget.close(pressed) : widget.open({ invite }, pressed)),
  },
  others: {
    set: (known) => widget.know(known),
    identify: (given) => widget.present(given),
    logout: () => widget.logout(),
    consent: (answer) => widget.consent(answer),
    page: () => widget.moved(),
    locale: () => widget.speak(),
  },
});
