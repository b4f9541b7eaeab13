/**
 * Which parts of a text are links: addresses of the web and of e-mail, and telephone numbers. The same rule as
 * app/chat/links.py; tests/links.json holds both to it.
 *
 * A link leads where it says, and to nothing that runs: `https:`, `http:`, `mailto:` and `tel:` alone. What pretends to
 * another host (a name before an `@`, see also link_host.js) stays text. Each character is looked at a few times at most,
 * whatever stands there.
 */

import { EAST_ASIAN, hostAt } from "./link_host.js";
import { numberAt } from "./telephone.js";

const SPACE = "\\u0000-\\u0020\\u007F-\\u00A0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000";
const UNSEEN =
  "\\u00AD\\u061C\\u180E\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u206F\\uFEFF\\uFFF9-\\uFFFD\\u{E0000}-\\u{E0FFF}";
const QUOTES = '"<>`\\\\\\u00AB\\u00BB\\u2018-\\u201F\\u2026\\u2039\\u203A';
const WIDE_MARKS =
  "\\u3001-\\u3003\\u3008-\\u3011\\u3014-\\u301F\\uFE10-\\uFE1F\\uFE30-\\uFE6F\\uFF01-\\uFF0F\\uFF1A-\\uFF20\\uFF3B-\\uFF40\\uFF5B-\\uFF65";
const ENDS = SPACE + UNSEEN + QUOTES + WIDE_MARKS; // what no link holds

const WORD = /[0-9A-Za-z_\u00AA\u00B5\u00BA\u00C0-\u1FFF\u2C00-\u2DFF\uA640-\uABFF\uFB00-\uFDFF\uFE70-\uFEFE]/;
const HINT = /:\/\/|[Ww]{3}\.|@|\+\d|\(\d|\d/g;
const RUN = new RegExp(`[^${ENDS}]*`, "uy");
const AUTHORITY = new RegExp(`[^${ENDS}/?#]*`, "uy");
const SCHEME = /(?:^|[^0-9A-Za-z_])([Hh][Tt][Tt][Pp][Ss]?)$/;
const PORT = /:(\d{1,5})(?!\d)/y;
const MOST_PORT = 65_535;
const AFTER_HOST = new RegExp(
  `^(?:$|[${ENDS}${EAST_ASIAN}\\u2600-\\u27BF\\u{1F000}-\\u{1FAFF}!$&'()*+,;=\\[\\]^{|}~._-])`,
  "u",
);
const GOES_ON_UNSEEN = new RegExp(`[${UNSEEN}]{1,64}[^${ENDS}${EAST_ASIAN}]`, "uy");
const LONGEST_ADDRESS = 2_048; // characters; browsers and servers take no longer ones

const LOCAL_PART = /[0-9A-Za-z._%+-]/;
const LONGEST_LOCAL_PART = 64; // characters: RFC 5321
const DOMAIN = /[0-9A-Za-z.-]{1,253}/y;
const MAIL_ENDING = /\.(?:[A-Za-z]{2,63}|xn--[0-9A-Za-z-]+)$/;

/** @typedef {{ start: number, end: number, href: string }} Link */

/**
 * The links of a text, in order.
 * @param {string} text
 */
export function linksOf(text) {
  /** @type {Link[]} */
  const found = [];
  let from = 0; // the end of the last link
  HINT.lastIndex = 0;
  for (let hint = HINT.exec(text); hint; hint = HINT.exec(text)) {
    const { start = hint.index, end, href } = read(text, hint, from);
    HINT.lastIndex = end;
    if (!href) continue;
    found.push({ start, end, href });
    from = end;
  }
  return found;
}

/**
 * What a hint leads to: a link, or only where to look on.
 * @param {string} text
 * @param {RegExpExecArray} hint
 * @param {number} from
 * @returns {{ start?: number, end: number, href: string }}
 */
function read(text, { 0: sign, index }, from) {
  if (sign === "@") return mail(text, index, from);
  if (sign === "://") {
    const scheme = SCHEME.exec(text.slice(Math.max(from, index - 6), index))?.[1];
    const start = index - (scheme?.length ?? 0);
    return scheme && !continues(text, start)
      ? web(text, start, index + 3, "")
      : { end: past(RUN, text, index), href: "" };
  }
  if (sign.endsWith("."))
    return continues(text, index, "./@-") ? { end: index + 4, href: "" } : web(text, index, index, "https://");
  return numberAt(text, index);
}

/**
 * @param {string} text
 * @param {number} start
 * @param {number} at where the host begins
 * @param {string} scheme what stands in the address and not in the text
 */
function web(text, start, at, scheme) {
  const dead = { end: past(RUN, text, at), href: "" };
  const host = hostAt(text, at);
  if (!host || (scheme && host.split(".").length < 3)) return dead;
  if (text.slice(at, past(AUTHORITY, text, at)).includes("@")) return dead;
  let end = at + host.length;
  PORT.lastIndex = end;
  const port = PORT.exec(text);
  if (port && Number(port[1]) <= MOST_PORT) end += port[0].length;
  if (past(GOES_ON_UNSEEN, text, end) > end) return dead; // more of a host than is underlined
  const after = text[end] === ":" ? end + 1 : end;
  if ("/?#".includes(text[end] ?? " ")) end = trimmed(text, start, past(RUN, text, end));
  else if (!AFTER_HOST.test(text.slice(after, after + 2))) return dead;
  return end - start > LONGEST_ADDRESS ? dead : { start, end, href: scheme + text.slice(start, end) };
}

/**
 * Without the punctuation of the sentence behind it, and brackets that were opened before it.
 * @param {string} text
 * @param {number} start
 * @param {number} end
 */
function trimmed(text, start, end) {
  /** @type {Record<string, number>} */
  const open = { ")": 0, "]": 0, "}": 0 };
  for (const sign of text.slice(start, end)) {
    if (sign in open) open[sign]--;
    else if ("([{".includes(sign)) open[{ "(": ")", "[": "]" }[sign] ?? "}"]++;
  }
  for (; ; end--) {
    const last = text[end - 1];
    if (open[last] < 0) open[last]++;
    else if (!".,!?:;'*".includes(last)) return end;
  }
}

/**
 * @param {string} text
 * @param {number} at
 * @param {number} from
 */
function mail(text, at, from) {
  const dead = { end: at + 1, href: "" };
  let start = at;
  while (start > Math.max(from, at - LONGEST_LOCAL_PART) && LOCAL_PART.test(text[start - 1])) start--;
  while (start < at && ".%+-".includes(text[start])) start++;
  const local = text.slice(start, at);
  DOMAIN.lastIndex = at + 1;
  const domain = DOMAIN.exec(text)?.[0].replace(/[.-]+$/, "");
  if (!local || !domain || local.endsWith(".") || local.includes("..")) return dead;
  const end = at + 1 + domain.length;
  if (continues(text, start, "@%.") || WORD.test(text[end] ?? "") || text[end] === "@") return dead;
  if (!MAIL_ENDING.test(domain) || hostAt(domain, 0) !== domain) return dead;
  return { start, end, href: `mailto:${local.replace(/%/g, "%25")}@${domain}` };
}

/**
 * Whether a word goes on at this place, or stands behind one of `signs`.
 * @param {string} text
 * @param {number} start
 */
const continues = (text, start, signs = "") =>
  start > 0 && (WORD.test(text[start - 1]) || signs.includes(text[start - 1]));

/**
 * @param {RegExp} run
 * @param {string} text
 * @param {number} at
 */
function past(run, text, at) {
  run.lastIndex = at;
  return at + (run.exec(text)?.[0].length ?? 0);
}
