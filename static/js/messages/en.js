/** What both pages say, in English. */
export default {
  "thread.label": "Conversation",
  "thread.today": "Today",
  "thread.yesterday": "Yesterday",
  "thread.new": "New messages",
  "thread.latest": "Latest messages",
  "thread.older": "Loading earlier messages…",
  "thread.failed": "Not sent.",
  "thread.retry": "Retry",
  "thread.discard": "Discard",
  "thread.typing": "{name} is typing",

  "tick.sending": "On its way",
  "tick.stored": "Delivered",
  "tick.read": "Read",

  "event.entered": "{name} is here",
  "event.left": "{name} left",
  "event.claimed": "{name} joined",
  "event.released": "{name} put the conversation back in the queue",
  "event.away": "{name} lost the connection; the conversation waits for a colleague",
  "event.taken_over": "{to} took the conversation over from {name}",
  "event.transferred": "{name} handed over to {to}",
  "event.resolved": "{name} closed the conversation",

  "failed.not_yours": "The conversation is not yours any more. Take it again, then retry.",
  "failed.fenced": "The conversation is not yours any more. Take it again, then retry.",
  "failed.too_long": "Not sent: the text is too long. Copy it, shorten it and send it again.",
  "failed.other": "Not sent: the server did not accept this text.",

  "composer.send": "Send",
  "composer.over.one": "{count} character too many. Please shorten the text.",
  "composer.over.other": "{count} characters too many. Please shorten the text.",
  "lost.banner": "No connection. We keep trying; what you write is kept.",
};
