/**
 * Which runs of digits are telephone numbers. The same as app/chat/telephone.py.
 *
 * Not a library: those that know every country's plan are larger than this whole page. By notation, after ITU-T E.123
 * (international with `+`, national with the area code in brackets or a leading 0, groups parted alike) and E.164 (15
 * digits at most); besides the two national notations without either, North America's and China's. So dates, prices,
 * addresses and the numbers of orders, cards and books are none.
 */

const RUN =
  /(?:\+\d{1,3}[ \u00A0\u202F]?)?(?:\(\d{1,5}\)[ \u00A0\u202F-]?)?\d{1,20}(?:[ \u00A0\u202F./-]\d{1,20}){0,15}/y;
const FEWEST_DIGITS = 8; // with `+`: shorter numbers are not dialled from abroad
const MOST_DIGITS = 15; // E.164

/** What a number looks like where no `+` says that it is one. */
const NATIONAL = [
  /^\(\d{2,5}\)[ -]?\d{2,}(?:[ -]\d{2,})*$/, // (0607) 123 4567
  /^0[1-9]\d{0,4}[ \u00A0\u202F./-]\d+(?:([ \u00A0\u202F.-])\d+(?:\1\d+)*)?$/, // 0607 123 4567, 030/1234567
  /^0[1-9]\d{8,9}$/,
  /^(?:1[ .-])?[2-9]\d\d([ .-])\d{3}\1\d{4}$/, // 555-123-4567
  /^1[3-9]\d([ -]?)\d{4}\1\d{4}$/, // 138 1234 5678
];
const FEWEST_NATIONAL_DIGITS = 9; // a day and its year have eight
const MOST_NATIONAL_DIGITS = 12;
const NONE = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\d{5}-\d{4})$/; // an address of the network, and of the American post

const BEFORE = /[0-9A-Za-z_\u00AA-\u1FFF#№$€£¥=&@%/\\+-]$|\d[ \u00A0\u202F.,:]$/; // what comes directly before is a part of it
const AFTER = /^(?:[A-Za-z_\u00AA-\u1FFF@%=°]|[.,:/+*-]\d|[ \u00A0\u202F]?[$€£¥%])/;
const OTHER_NUMBER =
  /(?:order|invoice|article|item|customer|tracking|parcel|bestell[a-z]*|rechnung[a-z]*|kunden[a-z]*|artikel[a-z]*|sendung[a-z]*|订单|訂單|单号|單號|编号|編號|运单)[ \u00A0]?(?:number|no\.?|nr\.?|id|code|号|號)?[ \u00A0]*[:：#=]?[ \u00A0]*$/;
const LOOK_BACK = 32; // characters

/**
 * The run of digits in `text` at `start`: where it ends, and whom it calls, "" for nobody.
 * @param {string} text
 * @param {number} start
 */
export function numberAt(text, start) {
  RUN.lastIndex = start;
  const run = RUN.exec(text)?.[0];
  if (!run) return { end: start + 1, href: "" };
  const end = start + run.length;
  const before = text.slice(Math.max(0, start - LOOK_BACK), start);
  if (BEFORE.test(before) || AFTER.test(text.slice(end, end + 2))) return { end, href: "" };
  const digits = run.replace("(0)", "").replace(/[^0-9]/g, "");
  const isNumber =
    run[0] === "+" ? isInternational(digits) : isNational(run) && !OTHER_NUMBER.test(before.toLowerCase());
  return { end, href: isNumber ? `tel:${run[0] === "+" ? "+" : ""}${digits}` : "" };
}

/** @param {string} digits */
const isInternational = (digits) => digits[0] !== "0" && digits.length >= FEWEST_DIGITS && digits.length <= MOST_DIGITS;

/** @param {string} run */
function isNational(run) {
  const count = run.replace(/[^0-9]/g, "").length;
  if (count < FEWEST_NATIONAL_DIGITS || count > MOST_NATIONAL_DIGITS || NONE.test(run)) return false;
  return NATIONAL.some((notation) => notation.test(run));
}
