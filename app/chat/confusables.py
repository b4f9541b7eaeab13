"""Letters that look like Latin ones, after NFKC and case folding.

From the Unicode Consortium's confusables.txt (UTS 39), the letters and common signs among them: enough to see through
a forged name, and 2 KB instead of the whole table's 60 ms of loading. Digits of other scripts are numbers by
themselves and need no table. A test compares this one with the whole.
"""

_LOOK_LIKE = {
    "a": "ɑαаᎪᗅꓮ𐊠𖽀⍺",
    "b": "ƅβвьᏏᏴᑲᖯᗷꓐꞵ𐊂𐊡𐌁",
    "c": "сᏟᴄⲥꓚ𐊢𐌂𐐽𐔜ϲᑕ",
    "d": "ԁᎠᏧᑯᗞᗪꓒꓓ",
    "e": "εеҽᎬⴹꓰꬲ𐊆𑣆𑣎℮⋿",
    "f": "ϝքᖴẝꓝꞙꬵ𐊇𐊥𐔥𑣂",
    "g": "ƍɡԍցᏀᏳᶃꓖ",
    "h": "нһհᎻᏂᕼⲏꓧ𐋏",
    "i": "ıɪᎥꙇ⍳˛",
    "j": "ʝϳјᎫᒍꓙ",
    "k": "κкᏦᛕⲕꓗ𐔘",
    "l": "ǀɩιіӏᏞᒪᛁⲓⳑⵏꓡꓲ𐊊𐌉𐑃𐔦𑣃𑣒𖼖𖼨∣⏽￨│",
    "m": "μϻмᎷᗰᛖⲙꓟ𐊰𐌑",
    "n": "ηոռⲛꓠ𐔓",
    "o": "οσоօଠഠဝჿዐᴏᴑⲟⵔꓳꬽ𐊒𐊫𐐬𐓪𐔖𑣈𑣕𑣗〇ంಂംං",
    "p": "ρрᏢᑭⲣꓑ𐊕⍴",
    "q": "ԛգզⵕ",
    "r": "ʀгᎡᎱᏒᖇᴦⲅꓣꭇꭈ𐓜𖼵",
    "s": "ƽѕտᏕᏚꓢꜱ𐊖𐑈𑣁𖼺",
    "t": "τтᎢⲧꓔ𐊗𐊱𐌕𑣜𖼊⊤⟙",
    "u": "ʋսሀᑌᴜꓴꞟꭎꭒ𐓶𑣘𖽂υ∪⋃",
    "v": "ѵᏙᐯᴠⴸꓦꛟ𐔝𑜆𑣀𖼈ν∨⋁",
    "w": "ɯѡԝաᎳᏔᴡꓪ𑜊𑜎𑜏",
    "x": "χхᕁᕽᚷⲭⵝꓫꭓ𐊐𐊴𐌗𐔧᙮×⤫⤬⨯᙭╳",
    "y": "ɣʏγуүყᎩᎽᶌỿⲩꓬꭚ𐊲𑣄𖽃",
    "z": "ζᏃᴢꓜ𑣉",
}

LATIN_LETTERS: dict[int, str] = {ord(other): letter for letter, others in _LOOK_LIKE.items() for other in others}

# Capitals that resemble another letter than their small form does; they are looked up before case is folded.
GREEK_CAPITALS: dict[int, str] = str.maketrans({"Η": "h", "Ν": "n", "Υ": "y"})
