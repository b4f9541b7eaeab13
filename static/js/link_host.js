/**
 * Which hosts a link may lead to, so that nobody is fooled by what is read. The same as app/chat/link_hosts.py.
 *
 * A browser shows a name of other letters as it is only where these cannot pass for others, and as `xn--...` elsewhere
 * (Chromium's "IDN in Google Chrome", WebKit's list of allowed scripts). What they would not show is no link here: a
 * label of two scripts; Cyrillic and Greek, whose letters look like Latin ones, under an ending that is not theirs;
 * Latin letters that look like a to z; scripts written from right to left, which turn the parts of a name around.
 */

const LATIN =
  "A-Za-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u0130\\u0132-\\u0137\\u0139-\\u0148\\u014A-\\u017E\\u1E00-\\u1EFF";
const CYRILLIC = "\\u0400-\\u04FF";
const GREEK = "\\u0370-\\u03FF\\u1F00-\\u1FFF";
/** Han, Japanese and Korean letters. */
export const EAST_ASIAN =
  "\\u3005-\\u3007\\u3041-\\u3096\\u309D-\\u30FA\\u30FC-\\u30FE\\u3105-\\u312F\\u3400-\\u4DBF\\u4E00-\\u9FFF\\uAC00-\\uD7A3";

const RUN = new RegExp(`[0-9${LATIN}${CYRILLIC}${GREEK}${EAST_ASIAN}._-]+`, "uy");
const GLUED = new RegExp(`[${LATIN}](?=[${EAST_ASIAN}])`, "u"); // Chinese goes on without a space
const ONE_SCRIPT = [LATIN, EAST_ASIAN, CYRILLIC, GREEK].map((letters) => new RegExp(`^[0-9${letters}_-]+$`, "u"));
const LOOK_ALIKE = ONE_SCRIPT.slice(2);
const ASCII = /^[0-9A-Za-z_-]+$/;
const ENDING = /^[^0-9_-][^_]+$/;
const BYTE = /^(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])$/;
const LONGEST_HOST = 253; // characters, and of a label: RFC 1035
const LONGEST_LABEL = 63;

/**
 * The host that stands in `text` at `start`; "" where there is none, or one that could fool.
 * @param {string} text
 * @param {number} start
 */
export function hostAt(text, start) {
  RUN.lastIndex = start;
  const run = RUN.exec(text)?.[0] ?? "";
  const glued = GLUED.exec(run);
  const host = (glued ? run.slice(0, glued.index + 1) : run).replace(/[._-]+$/, "");
  return isHonest(host, glued !== null) ? host : "";
}

/**
 * @param {string} host
 * @param {boolean} dotted whether a name without a dot is none
 */
function isHonest(host, dotted) {
  const labels = host.split(".");
  const last = labels[labels.length - 1];
  if (host.length > LONGEST_HOST || !labels.every(isLabel)) return false;
  if (labels.length === 1) return !dotted && ASCII.test(host) && ENDING.test(host);
  if (labels.length === 4 && labels.every((label) => BYTE.test(label))) return true;
  const foreign = LOOK_ALIKE.filter((script) => labels.some((label) => !ASCII.test(label) && script.test(label)));
  return ENDING.test(last) && foreign.every((script) => !ASCII.test(last) && script.test(last));
}

/** @param {string} label */
const isLabel = (label) =>
  label.length <= LONGEST_LABEL && !/^-|-$/.test(label) && ONE_SCRIPT.some((script) => script.test(label));
