"""Which runs of digits are telephone numbers. The same as static/js/telephone.js.

Not a library: those that know every country's plan are larger than the page that shows the numbers. By notation, after
ITU-T E.123 (international with `+`, national with the area code in brackets or a leading 0, groups parted alike) and
E.164 (15 digits at most); besides the two national notations without either, North America's and China's. So dates,
prices, addresses and the numbers of orders, cards and books are none.
"""

import re

_RUN = re.compile(
    r"(?:\+[0-9]{1,3}[ \u00A0\u202F]?)?(?:\([0-9]{1,5}\)[ \u00A0\u202F-]?)?"
    r"[0-9]{1,20}(?:[ \u00A0\u202F./-][0-9]{1,20}){0,15}"
)
# Digits with `+`: shorter numbers are not dialled from abroad; E.164.
_INTERNATIONAL_DIGITS = range(8, 15 + 1)

# What a number looks like where no `+` says that it is one: (0607) 123 4567; 0607 123 4567 and 030/1234567; the same
# without any space; 555-123-4567; 138 1234 5678.
_NATIONAL = [
    re.compile(r"\([0-9]{2,5}\)[ -]?[0-9]{2,}(?:[ -][0-9]{2,})*"),
    re.compile(r"0[1-9][0-9]{0,4}[ \u00A0\u202F./-][0-9]+(?:([ \u00A0\u202F.-])[0-9]+(?:\1[0-9]+)*)?"),
    re.compile(r"0[1-9][0-9]{8,9}"),
    re.compile(r"(?:1[ .-])?[2-9][0-9]{2}([ .-])[0-9]{3}\1[0-9]{4}"),
    re.compile(r"1[3-9][0-9]([ -]?)[0-9]{4}\1[0-9]{4}"),
]
_NATIONAL_DIGITS = range(9, 12 + 1)  # a day and its year have eight
_NONE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9]{5}-[0-9]{4}")  # an address of the network, of the US post

# What comes directly before or after is a part of it.
_BEFORE = re.compile(r"[0-9A-Za-z_\u00AA-\u1FFF#№$€£¥=&@%/\\+-]\Z|[0-9][ \u00A0\u202F.,:]\Z")
_AFTER = re.compile(r"[A-Za-z_\u00AA-\u1FFF@%=°]|[.,:/+*-][0-9]|[ \u00A0\u202F]?[$€£¥%]")
_OTHER_NUMBER = re.compile(
    r"(?:order|invoice|article|item|customer|tracking|parcel|bestell[a-z]*|rechnung[a-z]*|kunden[a-z]*|artikel[a-z]*"
    r"|sendung[a-z]*|订单|訂單|单号|單號|编号|編號|运单)"
    r"[ \u00A0]?(?:number|no\.?|nr\.?|id|code|号|號)?[ \u00A0]*[:：#=]?[ \u00A0]*\Z"
)
_LOOK_BACK = 32  # characters


def number_at(text: str, start: int) -> tuple[int, str]:
    """The run of digits in `text` at `start`: where it ends, and whom it calls, "" for nobody."""
    found = _RUN.match(text, start)
    if not found:
        return start + 1, ""
    run, end = found.group(), found.end()
    before = text[max(0, start - _LOOK_BACK) : start]
    if _BEFORE.search(before) or _AFTER.match(text[end : end + 2]):
        return end, ""
    digits = _digits(run.replace("(0)", "", 1))
    if run[0] == "+":
        return end, f"tel:+{digits}" if digits[0] != "0" and len(digits) in _INTERNATIONAL_DIGITS else ""
    return end, f"tel:{digits}" if _national(run) and not _OTHER_NUMBER.search(before.lower()) else ""


def _national(run: str) -> bool:
    if len(_digits(run)) not in _NATIONAL_DIGITS or _NONE.fullmatch(run):
        return False
    return any(notation.fullmatch(run) for notation in _NATIONAL)


def _digits(run: str) -> str:
    return re.sub("[^0-9]", "", run)
