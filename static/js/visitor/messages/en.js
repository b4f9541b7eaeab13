/** The visitor's page in English. */
export default {
  "welcome.title": "Chat with us",
  "welcome.lead": "Tell us your name and ask away.",
  "welcome.name": "Your name",
  "welcome.start": "Start chatting",
  "welcome.busy": "One moment…",
  "welcome.short": "Please enter a name of at least 2 characters.",
  "welcome.lost": "We cannot be reached right now. Check your connection and try again.",
  "welcome.cookies": "Your browser does not keep our cookie. Please allow cookies for this site and try again.",
  "welcome.ended": "Your chat has ended here. Enter your name to start again.",
  "welcome.left": "You have left the chat. You can come back any time.",
  "welcome.unreachable": "We cannot be reached right now. This page tries again by itself.",

  "chat.write": "Write a message…",
  "chat.loading": "Loading your conversation",
  "chat.empty": "Hello {name}! Write your question; your messages and our answers stay here for your next visit.",
  "chat.leave": "Leave",

  "leave.ask": "Leave the chat? The name {name} becomes free and you will not see this conversation again.",
  "leave.failed": "You are still here: the server cannot be reached. Try again in a moment.",
  "leave.stay": "Stay",
  "leave.go": "Leave",

  "desk.with": "{name} is here",
  "desk.here": "We are here",
  "desk.minutes.one": "We usually answer in a minute",
  "desk.minutes.other": "We usually answer in {count} minutes",
  "desk.nobody": "Nobody is here right now: write, we will see it first thing",
};
