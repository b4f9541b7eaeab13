/// <reference path="../widget.d.ts" />
/** The shapes that scripts share: what the server says (docs/protocol.md), and what is made of it. No code. */

import type { ReadonlySignal, Signal as PlainSignal } from "@preact/signals";
import type { VNode } from "preact";
import type english from "../messages/en.json";
import type { Conversation } from "./conversation.js";
import type { Upload } from "./files/putting/upload.js";

// -- the page -----------------------------------------------------------------------------------------------------

export type Signal<T> = PlainSignal<T>;
export type Computed<T> = ReadonlySignal<T>;
export type Markup = VNode;
/** What a component may return or be given as its children. */
export type Content = Markup | Markup[] | string | false | null | undefined;
/** What `setTimeout` and `setInterval` give, in a browser as in Node. */
export type Timer = ReturnType<typeof setTimeout> | undefined;
/** An element of the page, from when a component is painted until it is gone. */
export interface Ref<T> {
  current: T;
}
/** What a handler inside `html` is given where it does not say otherwise. */
export type FieldEvent = Event & { currentTarget: HTMLInputElement };
/** What stands in `${}` inside `html`. */
export type Value = ((event: FieldEvent) => unknown) | object | string | number | boolean | null | undefined;
/** Says how a component of the page takes the focus. */
export type TakeFocus = () => unknown;

/** The sections of a catalogue that pages speak from. */
type Words = typeof english.shared &
  typeof english.chunks &
  typeof english.visitor &
  typeof english.console &
  typeof english.console_chunks &
  typeof english.setup;
/** A sentence, by its key. */
export type Key = keyof Words;
/** A sentence for a number, by its key without the form. */
export type CountedKey = Key extends infer Each ? (Each extends `${infer Start}.other` ? Start : never) : never;

// -- people and the shop ------------------------------------------------------------------------------------------

export type Side = "visitor" | "agent";

export interface Named {
  uid: string;
  nickname: string;
}

/** Who has a conversation; `here` while a page of theirs is open. */
export interface Holder extends Named {
  here: boolean;
}

/** Somebody, as frames show them. */
export interface Person extends Named {
  /** What they are called; `nickname` is nobody else's. */
  name: string;
  /** "visitor", or that of an agent. */
  role: string;
  enter_at: string;
  /** Of a visitor: whether the shop's own site vouches for who they are. */
  verified?: boolean;
}

export type Theme = "system" | "light" | "dark";

/** Who is logged in here, as `/v1/me` tells. */
export interface Me extends Person {
  agent_role?: "admin" | "agent";
  /** Of an agent: where mail reaches them, and the address that they were asked to confirm; "" for none. */
  email?: string;
  email_asked?: string;
  /** Of a visitor: their conversations of before that, and the seq at which each is told of in their own. */
  linked?: { uid: string; seq: number }[];
  /** Of a visitor: where they are answered once they have left, "" for nowhere; absent where the shop sends no mail. */
  contact?: string;
  mail_stopped?: true; // they are not asked for another address
}

export interface Agent {
  uid: string;
  nickname: string;
  role: "admin" | "agent";
  online: boolean;
  accepting: boolean;
  disabled: boolean;
  /** Has not come yet. */
  invited: boolean;
  /** As of `Me`; administrators alone are told. */
  email?: string;
  email_asked?: string;
}

/** CSS colours by the names of their custom properties, without dashes. */
export type Shades = Record<string, string>;

export interface Palette {
  light: Shades;
  dark: Shades;
}

/** The shop's own settings. A visitor's page knows all but the last three. */
export interface Shop {
  name: string;
  greeting: string;
  /** Every greeting there is, by language. */
  greetings: Record<string, string>;
  /** `#rrggbb`, or "" for the product's own. */
  accent: string;
  palette: Palette | null;
  /** Id of a picture, or "". */
  logo?: string;
  /** By uid the ids of the faces of agents who have one. */
  faces?: Record<string, string>;
  retention_days?: number;
  /** Null is always open. */
  hours?: Hours | null;
  /** How it stands by them: when that ends, and when it opens (RFC 3339). */
  open?: boolean;
  until?: string | null;
  next?: string | null;
  version?: number;
  /** Who changed them last. */
  by?: Named | null;
}

/** From when to when, as `09:00` to `24:00`, on the clock of a shop; "" while it is being written. */
export type Times = [opens: string, closes: string];
export type Day = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";

/** When it is open on one date, `on`, or on each of several: `2026-12-24`. */
export interface Dates {
  on?: string;
  from?: string;
  to?: string;
  yearly?: boolean;
  ranges: Times[];
}

/** A shop's hours, by the clock of an IANA zone. */
export interface Hours {
  zone: string;
  week: Partial<Record<Day, Times[]>>;
  dates: Dates[];
}

/** What the shop decided about the chat on its own site, as `/v1/widget` tells. */
/** Whose servers send mail for shops. */
export interface MailProvider {
  id: string;
  name: string;
  host: string;
  port: number;
  tls: boolean;
}

/** `GET /v1/mail`. */
export interface MailSetup {
  /** "" where the configuration has none. */
  url: string;
  sender: string;
  server: { host: string; port: number; tls: boolean; user: boolean } | null;
  sends: boolean;
  providers: MailProvider[];
}

/** A mail server as it is typed; `provider` is an id, or `other`. */
export interface MailServer {
  provider: string;
  host: string;
  port: number;
  tls: boolean;
  user: string;
  password: string;
  sender: string;
}

/** What came of one step of a trial. */
export interface MailFinding {
  step: string;
  verdict: "ok" | "warn" | "fail";
  outcome: string;
  said: string;
  needed: string;
}

export interface Widget {
  sites: string[];
  /** Those of the configuration. */
  fixed_sites: string[];
  /** When (RFC 3339) the chat was last seen where, by origin. */
  seen: Record<string, string>;
  /** Sites that wanted to show it lately and may not, the newest first. */
  refused: { site: string; at: string }[];
  look: {
    /** `#rrggbb`, or "" for the shop's. */
    colour: string;
    side: "right" | "left";
    /** CSS pixels from its corner. */
    offset_x: number;
    offset_y: number;
    words: Record<string, { launcher: string; teaser: string }>;
  };
  /** At most three a language. */
  quick: Record<string, string[]>;
  form: {
    name: "no" | "optional" | "required";
    email: "no" | "optional" | "required";
    choice: { required: boolean; label: Record<string, string>; options: Record<string, string[]> } | null;
    consent: Record<string, string>;
  };
  beacons: boolean;
  /** At most five. */
  triggers: Trigger[];
  rating: boolean;
  trail: boolean;
  /** For administrators: with which the shop's server signs who its customer is. */
  keys: IdentityKey[];
  version: number;
  by: Named | null;
}

/** Times are RFC 3339; `used` is null while nobody came by it. */
export interface IdentityKey {
  kid: string;
  since: string;
  used: string | null;
}

/** What a shop says by itself to who has looked at a page for a while. */
export interface Trigger {
  id: string;
  text: Record<string, string>;
  seconds: number;
  /** Of the page's address; "" for any. */
  part: string;
  /** In a visit; else on each page. */
  once: boolean;
  /** Only while an agent is there. */
  attended: boolean;
  on: boolean;
}

/** Whether the shop is open and somebody of the team is there, as a frame `desk` tells; an older node, the first alone. */
export interface Desk {
  agents_online: boolean;
  open?: boolean;
  /** When it opens or closes, and when it opens: RFC 3339. */
  until?: string | null;
  next?: string | null;
  agents_connected?: boolean;
  /** Whether one of them takes conversations. */
  accepting?: boolean;
}

/** The same as `/v1/desk` tells. */
export interface Presence extends Desk {
  answer_minutes: number | null;
  /** Whether answers can come by mail; an older node does not say. */
  by_mail?: boolean;
}

type Wish = "no" | "optional" | "required";

/** What the shop offers and asks of who writes for the first time, in the page's language. */
export interface Opening {
  /** Texts that a press sends. */
  quick: string[];
  form: {
    name: Wish;
    email: Wish;
    choice: { required: boolean; label: string; options: string[] } | null;
    /** What is to be agreed to, or "". */
    consent: string;
  };
}

/** What was entered with the first message. */
export interface Entered {
  name: string;
  email: string;
  choice: string;
  consent: boolean;
  /** Whether it was said beside the address that answers come there. */
  mail: boolean;
}

/** The names of its fields. */
export type FieldName = Exclude<keyof Entered, "mail">;

/** What a visitor's page does at the word of where its session is kept. */
export interface Host {
  /** Whether nobody is here. */
  idle: () => boolean;
  /** Somebody is, by another page. */
  found: (me: Me) => void;
  /** Somebody is, and it has to be found out who. */
  look: () => unknown;
  /** They have left on another page, for good. */
  left: () => void;
  /** Their session is over. */
  over: () => void;
  /** Says why nobody is here. */
  noted: (note?: Key) => void;
  /** Fills the field, if it is empty. */
  suggest: (text: string) => void;
  /** Nothing is left of who was here; and it has to be found out who is. `note` says why. */
  anew: (note?: Key) => void;
  /** Who writes here is known to be somebody: they go on as that, with what is not sent yet. */
  becomes: (me: Me) => void;
  /** They pressed a word that was said to them, and want to see it. */
  invited: (invite: Invite) => void;
  /** Fills the form, where it is empty: the page around the chat knows who looks at it. */
  introduced: (known: { name?: string; email?: string }) => void;
}

/** What is told of a visit to where its session is kept. */
export interface Visiting {
  me: Me;
  unread: Computed<number>;
  conversation: { outbox: { items: Signal<Unsent[]> } };
  connection: {
    listen: (listener: (frame: Frame) => unknown) => () => unknown;
    send: (frame: Said) => boolean;
    rest: () => void;
    probe: () => void;
  };
  until: (close: () => unknown) => void;
  over: () => void;
  /** Has the shop say anew who that is, where it did and its word has expired; whether it is good now. */
  renew: () => Promise<boolean>;
}

/** Where the session of a visitor's page is kept. */
export interface Home {
  /** Who is here; null for nobody. Throws where the server is out of reach. */
  whoami: () => Promise<Me | null>;
  /** Makes a visitor, or goes on as who is here; null where the browser does not keep the session. */
  enter: (entered: object) => Promise<Me | null>;
  /** This page is somebody's now. */
  came: (visit: Visiting) => void;
  /** They have left here, for good. */
  left: () => void;
  /** It is nobody's any more. */
  over: () => void;
  /** Closes the panel that the page is in, if it is in one. */
  close?: () => void;
}

export type Status = "here" | "waiting" | "held" | "snoozed" | "resolved" | "blocked";

/** A visitor and their conversation, as the agents' list shows them. Times are RFC 3339. */
export interface Visitor {
  uid: string;
  nickname: string;
  name: string;
  /** Whether somebody of the team is called so. */
  namesake: boolean;
  /** What we call them (console/called.js), once they are on our list. */
  called: string;
  status: Status;
  holder: Named | null;
  online: boolean;
  enter_at: string;
  left_at: string | null;
  first_seen: string | null;
  waiting_since: string | null;
  snoozed_until: string | null;
  tags?: string[];
  last: { by: Side; user: Named; content: string; file?: Glimpse; msg_time: string; seq: number } | null;
  /** What they wrote and no agent has seen. */
  unread: number;
  /** How its holder came by it, until they answer. */
  handed_over?: { seq: number; by: Named; to: Named; note: string; at: string } | null;
  page?: string;
  browser?: string;
  /** Whether the shop's own site vouches for who they are. */
  verified?: boolean;
  /** What it vouches for; `name` and `email` are these where there are such. */
  identity?: Vouched;
  /** What is not of `identity` they entered, proven by nothing; "" and {} where nothing. */
  email?: string;
  fields?: Stated;
  /** Whether mail may go to `email`: `at` (unix ms) and `by` whom that was said ("" for the visitor), and what is in its
   * way: why it came back, or that no more is wanted. */
  mail?: { agreed: boolean; at?: number; by?: string; bounced?: string; stopped?: true };
  /** What they were looking at as they wrote first. */
  context?: Context | null;
  /** The uids of conversations that were theirs before it was known who they are. */
  linked?: string[];
  /** Whose conversation this is since that is known: a uid, or "". */
  linked_to?: string;
  /** No longer on the live list. */
  gone?: boolean;
}

/** What a visitor entered in the shop's form. */
export interface Stated {
  name?: string;
  email?: string;
  choice?: string;
  /** The sentence they agreed to, and when (RFC 3339). */
  consent?: { text: string; at: string };
  attributes?: Attributes;
  /** That mail to `email` was agreed to: when (unix ms), and who noted it, "" for the visitor; and whether its reader wants
   * no more. Empty where an address was taken back. */
  mail?: { agreed?: number; by?: string; stopped?: true };
}

/** What a shop's page tells of a customer, as it names it. */
export type Attributes = Record<string, string | number | boolean>;

/** What the shop vouches for. */
export interface Vouched {
  name?: string;
  email?: string;
  attributes?: Attributes;
}

/** A page of the shop's, and when it was opened (RFC 3339). */
export interface Visited {
  page: string;
  title: string;
  at: string;
}

/** What a visitor looks at, where and with what. */
export interface Context {
  page?: string;
  title?: string;
  referrer?: string;
  /** Of `source`, `medium`, ... as the address had them. */
  utm?: Record<string, string>;
  languages?: string[];
  tz?: string;
  /** ISO 3166, two letters. */
  country?: string;
  /** The newest last. */
  pages?: Visited[];
}

/** What has changed of a visitor. */
export type VisitorChange = Partial<Visitor> & { uid: string };

/** Somebody who looks at a page of the shop's and has not written; of who has gone only `id`, and the `uid` of who wrote. */
export interface Onlooker {
  id: string;
  context?: Context;
  browser?: string;
  since?: string;
  /** Whether the page is before their eyes, and not behind others. */
  visible?: boolean;
  /** They have closed the chat, or what it said, in that tab: nothing is said to them there. */
  quiet?: boolean;
  invited?: Invited;
  gone?: boolean;
  uid?: string;
}

/** An agent's word to somebody who browses. `shown`: their page has it. */
export interface Invited {
  text: string;
  at: string;
  by: Named;
  shown: boolean;
}

/** The live list, whole. */
export interface Snapshot {
  browsing?: Onlooker[];
  visitors: Visitor[];
  agents: Agent[];
  shop?: Shop;
  /** Whether there is no room for more files. */
  full?: boolean;
}

/** A canned reply. */
export interface Reply {
  id: string;
  shortcut: string;
  text: string;
  shared: boolean;
  version: number;
  /** Who wrote it last. */
  by: string;
}

// -- the console --------------------------------------------------------------------------------------------------

/** Whether what is shown is current. */
export type Liveness = "live" | "lost";
/** What the composer of a conversation is for. */
export type Mode = "reply" | "note";
export type GroupName = "mine" | "waiting" | "held" | "here" | "snoozed" | "left";
/** The live list: uids, in order. */
export type Groups = Record<GroupName, string[]>;
/** The same, and the keys of those who browse. */
export type ListedGroups = Groups & { browsing: string[] };
/** The same as it is painted; `fresh` are those who came while the order stood still. */
export type ShownGroups = ListedGroups & { fresh: string[] };

/** Something that an agent can do; `may: false` where it cannot be done now. */
export interface Command {
  /** What it is called. */
  words: Key;
  may?: boolean;
  run: () => unknown;
}

/** What of the console is up, as its address says. */
export interface Route {
  screen: string | null;
  uid: string | null;
}

// -- conversations ------------------------------------------------------------------------------------------------

/** Where an entry stands in its conversation. */
export interface Place {
  epoch: number;
  seq: number;
  id?: string;
}

interface Logged extends Place {
  conversation: string;
  user: Person;
  msg_time: string;
}

/** A file that the server keeps. */
export interface FileInfo {
  id: string;
  name: string;
  /** Its media type, by the server's own table. */
  type: string;
  /** Bytes. */
  size: number;
  /** Of a picture as it is shown; pixels. */
  width?: number;
  height?: number;
}

/** One that somebody sent, and where in the conversation. */
export interface SentFile extends FileInfo {
  seq: number;
  by: Side;
  /** When, RFC 3339. */
  at: string;
  /** Whether it is in a private note. */
  note: boolean;
}

/** As much of one as says what it is. */
export type Glimpse = Pick<FileInfo, "name" | "type">;

/** The conversation that a file is of, as far as it takes to show that and others. */
export type FilesOf = Pick<Told, "as" | "history" | "loadOlder">;

/** What somebody says. */
interface Spoken extends Logged {
  /** May be empty where there is a file. */
  content: string;
  file?: FileInfo;
  /** The seq of the entry that it answers. */
  reply_to?: number;
}

export interface Message extends Spoken {
  type: "message";
  kind?: undefined;
}

/** What one agent says to the others. */
export interface Note extends Spoken {
  type: "event";
  kind: "note";
}

/** What happened in a conversation. */
export interface Happening extends Logged {
  type: "event";
  kind:
    | "entered"
    | "left"
    | "claimed"
    | "released"
    | "transferred"
    | "resolved"
    | "tagged"
    | "snoozed"
    | "woke"
    | "blocked"
    | "unblocked"
    | "form"
    | "identified"
    | "linked"
    | "rated"
    | "invited"
    | "mail.sent"
    | "mail.delayed"
    | "mail.failed"
    | "hidden";
  reason?: string;
  to?: Named;
  /** Of a claim that was handed over: who had it before. */
  from?: Named;
  /** Of a transfer: for whoever takes over. */
  note?: string;
  /** Of a snooze: unix ms. */
  until?: number;
  added?: string;
  removed?: string;
  /** Whether it says nothing that is worth a line of its own: it was told before, or only attributes are others. */
  again?: true;
  fields?: Stated;
  /** Of a rating: whether it was good, what was said beside it, and whether that was added to one of before. */
  good?: boolean;
  comment?: string;
  adds?: boolean;
  /** Of an invitation: what was said, and by whom, if not by a trigger. Of a form: which agent noted it. */
  text?: string;
  by?: Named;
  /** Of what went by mail, or did not: the seqs of the first and the last message meant; when it was tried first
   * (RFC 3339); and what their mail server said. */
  first?: number;
  through?: number;
  since?: string;
  told?: string;
  file?: undefined;
}

/** How a message reached who had left: when that was, or since when it is tried (RFC 3339); why not: "bounced",
 * "refused" or "gave_up". */
export interface Mailed {
  how: "sent" | "delayed" | "failed" | "read";
  at: string;
  reason: string;
}

export type Entry = Message | Note | Happening;

/** What a thread shows: a conversation, or the beginning of one. */
export type Told = Pick<
  Conversation,
  "as" | "history" | "outbox" | "uploads" | "typing" | "receipts" | "unfolded" | "target" | "saw" | "unfold"
> & { loadOlder: () => unknown };

/** Up to which seq each side has read. */
export type ReadMarks = Record<Side, number>;

/** A page of the log, as `/v1/msgs?frames=1` tells it. */
export interface Page extends Place {
  value: Entry[];
  holder: Holder | null;
  status: Status;
  read: ReadMarks;
}

/** What goes with a text. */
export interface With {
  file?: FileInfo;
  /** The seq of the entry that it answers. */
  replyTo?: number;
}

/** A file that was chosen and is not sent yet. */
export interface Attached {
  key: string;
  file: File;
  caption: Signal<string>;
}

/** What a text and files are sent to; false where it takes nothing yet. */
export interface Takes {
  send: (content: string, how: With & { note?: boolean }) => unknown;
  attach: (file: File, content: string, how: { note?: boolean; replyTo?: number }) => unknown;
}

/** Where files are on their way from; once it is a conversation, they go. */
export interface Uploads {
  uploads: Signal<Upload[]>;
}

/** What is written and not acknowledged. */
export interface Unsent {
  key: string;
  content: string;
  note?: boolean;
  file?: FileInfo;
  reply_to?: number;
  /** `<tab>.<n>`, once it was offered. */
  id?: string;
  /** The code of a refusal that sending again does not change. */
  failed?: string;
}

// -- frames -------------------------------------------------------------------------------------------------------

export interface Limits {
  message_chars: number;
  /** The largest file, in bytes; none are taken where it is left out. */
  file_bytes?: number;
}

export interface Hello {
  type: "hello";
  conversation?: string;
  user: Person;
  limits: Limits;
  /** What stands for the session in the address of a file. */
  ticket?: string;
  /** The server's, RFC 3339. */
  time: string;
}

export interface Joined extends Place {
  type: "joined";
  conversation: string;
  holder: Holder | null;
  status: Status;
  read: ReadMarks;
}

export interface Ack extends Place {
  type: "ack";
  conversation: string;
  id: string;
  msg_time: string;
  repeat?: boolean;
}

export interface Typing {
  type: "typing";
  conversation: string;
  user: Person;
  on: boolean;
}

export interface Read {
  type: "read";
  conversation: string;
  by: Side;
  seq: number;
}

/** Who holds the conversation has gone, or come back. */
export interface Moved {
  type: "holder";
  conversation: string;
  holder: Holder | null;
}

export interface Reset {
  type: "reset";
  conversation: string;
  reason: string;
}

/** What the server does not take; the details are named after their codes. */
export interface Refused {
  type: "error";
  code: string;
  msg?: string;
  id?: string;
  conversation?: string;
  expected?: number;
  retry_ms?: number;
}

/** Whatever a connection tells its listeners; `lost` is its own. */
export type Frame =
  | Message
  | Note
  | Happening
  | Hello
  | Joined
  | Ack
  | Typing
  | Read
  | Moved
  | Reset
  | Refused
  | { type: "bye"; retry_ms: number }
  | ({ type: "shop" } & Shop)
  | ({ type: "desk" } & Desk)
  | { type: "pong"; time: string }
  | { type: "lost" };

/** What a client sends. */
export type Said =
  | { type: "join"; conversation: string; epoch: number; after: number; id?: string }
  | { type: "leave"; conversation: string }
  | {
      type: "send";
      conversation?: string;
      id: string;
      content: string;
      note?: boolean;
      /** The id of one that was uploaded. */
      file?: string;
      reply_to?: number;
    }
  | { type: "typing"; conversation: string; on: boolean }
  | { type: "read"; conversation: string; seq: number }
  | { type: "context"; page: string; title: string; seen: string; consent?: boolean }
  | { type: "ping" };

// -- what is looked up --------------------------------------------------------------------------------------------

/** A message that a search has found. */
export interface Hit {
  conversation: string;
  nickname: string;
  name: string;
  namesake: boolean;
  /** Whether the shop vouches for `name`. */
  verified?: boolean;
  seq: number;
  kind: "message" | "note";
  by: Side;
  user?: Person;
  content: string;
  /** Where in `content` the first word stands. */
  match: [number, number];
  msg_time: string;
}

/** Where in each of a visitor's names a word that was sought stands. */
export interface Marks {
  name?: [number, number];
  nickname?: [number, number];
  email?: [number, number];
}

/** A page of visitors that a search has found. */
export interface FoundPeople {
  value: (Visitor & { match: Marks })[];
  more: boolean;
  cursor: string;
}

/** An earlier conversation of a visitor. */
export interface Episode {
  first: number;
  begun: string;
  by: Named;
  messages: number;
  rating: { good: boolean; comment?: string } | null;
}

/** How long something took: how often, in all, and by class of length. */
export interface Lengths {
  count: number;
  ms: number;
  classes: number[];
}

export interface Figures {
  conversations: number;
  from_visitors: number;
  from_team: number;
  first: Lengths;
  resolved: Lengths;
  /** Ratings. */
  good: number;
  bad: number;
}

/** The names of those figures that are single numbers. */
export type Count = "conversations" | "from_visitors" | "from_team" | "good" | "bad";

/** A row of figures on a chart, and what it is called. */
export interface Series {
  key: Count;
  name: Key;
}

/** The figures of one hour of the day (0 to 23), or of one day (`2026-03-29`). */
export type Slot = Figures & { key: number | string };

/** Days, both included, written `2026-03-29`. */
export interface Days {
  from: string;
  to: string;
}

/** Days and what they were chosen by. */
export type Range = Days & { name: string };

export interface Report extends Days {
  total: Figures;
  hours: (Figures & { at: string })[];
  agents: (Omit<Figures, "conversations" | "from_visitors"> & Named)[];
  /** How often each trigger was shown, and how often somebody wrote in answer. */
  triggers: { id: string; shown: number; answered: number }[];
}

/** Who is to be told something: a visitor, or by name alone somebody of the team, "" where that is known no more. */
export type Whom = Pick<Visitor, "uid" | "nickname" | "name" | "namesake" | "verified" | "identity">;

/** What waits to go out to one of them, in its order; times are RFC 3339. */
export interface Lane {
  lane: string;
  /** "mail", "alert" or "account". */
  endpoint: string;
  whom: Whom;
  jobs: number;
  since: string;
  /** When it is tried next. */
  next: string | null;
  tries: number;
  /** What the last try came to, as the other side said it. */
  reason: string;
}

/** What was given up, until it is tried again. */
export interface Undelivered {
  lane: string;
  endpoint: string;
  whom: Whom;
  jobs: number;
  since: string;
  at: string;
  reason: string;
}

/** All of it, as `/v1/delivery` tells. */
export interface Outgoing {
  by_mail: boolean;
  waiting: number;
  oldest: string | null;
  lanes: Lane[];
  more_lanes: number;
  dead: Undelivered[];
  more_dead: number;
  /** Endpoints that are only probed, as too many of their lanes fail. */
  breakers: { endpoint: string; since: string; reason: string }[];
}

/** The shop's backups, as `/v1/backups` tells. `busy`: one is being made; `overdue`: a newer one should be there. */
export interface Backups {
  /** Where they go, "" where nobody said; and when each day, "" for never by itself. */
  to: string;
  at: string;
  /** How many are kept. */
  keep: number;
  busy: boolean;
  overdue: boolean;
  last: { at: string; name: string; place: string; bytes: number; verified: boolean; encrypted: boolean } | null;
  failure: { at: string; reason: string } | null;
}

// -- the loader, on the shop's own page -------------------------------------------------------------------------------

export type LoaderKey = keyof typeof english.loader | "teaser";
export type PanelKey = keyof typeof english.panel;

/** What `/widget.js` has in it, and what the tag's `data-...` overrule. */
export interface LoaderOptions {
  side: "left" | "right";
  /** Pixels from the window's side and from its bottom. */
  x: number;
  y: number;
  /** CSS colours: of the launcher, and of what is drawn on it. */
  accent: string;
  onAccent: string;
  /** The shop's. */
  name: string;
  /** By what it is, then by language: section `loader`, and what the shop wrote itself. */
  words: Record<LoaderKey, Record<string, string>>;
  /** Whether the team may be told who looks at the shop. */
  beacons: boolean;
  lang?: string;
  theme?: "light" | "dark";
  launcher?: string;
  teaser?: string;
  dismiss?: string;
}

/** A call of `chatadmin(...)`: a command, and what it was given. */
export type ShopCall = [command: string, ...given: any[]];

/** What an agent or a trigger says to who has not written: shown after so many seconds, in words of its language. */
export interface Invite {
  id: string;
  text: string;
  after_s: number;
  by?: Named;
}

/** A page of the shop's: its address without its secrets, its title, where its reader came from, their time zone. */
export interface PlaceSeen {
  page: string;
  title: string;
  referrer: string;
  tz: string;
}

/** What the shop says of who is here; nobody has to believe it. */
export interface Known {
  name?: string;
  email?: string;
  attributes?: Attributes;
}

/** What the shop's browser keeps for us. */
export interface Remembered {
  /** Of this tab: "1" where the panel was left open, "0" where it or a teaser was closed. */
  open?: string;
  /** Of this tab: `Proven`, as JSON. */
  identity?: string;
  /** The session of who is not identified, from the first message on. */
  token?: string;
  /** When the last message was sent; milliseconds since 1970, by this browser's clock. */
  wrote?: number;
}

/** What a tab knows, and no other: the session of who is identified, and what takes over one that was begun here. */
export interface Proven {
  token?: string;
  adopt?: string;
}

/** What the panel, which is loaded later, has of the loader. */
export interface LoaderShared {
  /** All that was called, in order; what is called from now on is given to its `push`, which the panel replaces. */
  calls: ShopCall[];
  /** Launcher and teaser; `lang` is the language of all there is to read, and what happens is an event here. */
  dock: HTMLElement;
  options: LoaderOptions;
  /** Over once the shop says `destroy`. */
  life: AbortSignal;
  place: () => PlaceSeen;
  /** By what the beacons call this page. */
  seen: string;
  /** Nothing takes it away. */
  showTeaser: (text?: string) => void;
}

/** How all stands when the chat begins. */
export interface Begun {
  /** Of who is not identified. */
  token: string;
  /** What takes that one over, if it was begun in this tab. */
  adopt: string;
  /** Of who was identified in this tab. */
  proven: string;
  /** The token by which the page says who is here; "" for nobody. */
  jwt: string;
  /** Of the beacons. */
  seen: string;
  /** Whether the page may be told of: `true` where its reader agreed, `false` where they object. */
  consent?: boolean;
  page: { url: string; title: string; referrer: string };
  tz: string;
  known: Known;
  open: boolean;
  phone: boolean;
}

/** What goes to the chat by its port. */
export type ToFrame =
  | ({ type: "begin" } & Begun)
  | { type: "open"; text?: string; invite?: Invite }
  | { type: "identity"; jwt: string }
  | { type: "consent"; consent?: boolean }
  | { type: "close" }
  | { type: "page"; url: string; title: string }
  | ({ type: "known" } & Known)
  | { type: "phone"; on: boolean }
  | { type: "token"; token: string };

/** What comes from it. */
export type FromFrame =
  | { type: "token"; token: string; adopt?: string; identified?: boolean }
  | { type: "identified" }
  | { type: "ask" }
  | { type: "wrote" }
  | { type: "unread"; count: number }
  | { type: "said"; who: string; text: string }
  | { type: "message"; by: "visitor" | "agent" }
  | { type: "close" }
  | { type: "error"; code: string };

declare global {
  const CHATADMIN_CONFIG: LoaderOptions;
  const CHATADMIN_WORDS: Record<string, Record<PanelKey, string>>;
  interface Navigator {
    globalPrivacyControl?: boolean;
  }
}
