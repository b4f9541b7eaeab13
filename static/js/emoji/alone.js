/** Whether a message is nothing but a few emoji, which are then shown large. */

const LONGEST = 60; // UTF-16 units of three emoji; the longest of all, two people and their skins, has fifteen
const SKIN = "\\p{Emoji_Modifier}?";
// What is drawn as a picture by itself, or by what stands behind it; then each that is joined to it.
const PICTURE = `(?:(?!\\p{RI})\\p{Emoji_Presentation}|\\p{Extended_Pictographic}(?=\\uFE0F|\\p{Emoji_Modifier}))\\uFE0F?${SKIN}`;
const JOINED = `(?:\\u200D\\p{Extended_Pictographic}\\uFE0F?${SKIN})*`;
const TAGGED = "(?:[\\u{E0020}-\\u{E007E}]+\\u{E007F})?"; // the flags of England, Scotland and Wales
const ALONE = new RegExp(`^(?:(?:\\p{RI}{2}|[#*\\d]\\uFE0F?\\u20E3|${PICTURE}${TAGGED}${JOINED})\\s*){1,3}$`, "u");

/** @param {string} text */
export const isEmojiAlone = (text) => text.length <= LONGEST && ALONE.test(text);
