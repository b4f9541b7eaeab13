/** What counts as nothing but emoji: all that there are, up to three of them, and nothing else. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { isEmojiAlone } from "../../static/js/emoji/alone.js";
import groups from "../../static/vendor/emoji/signs.mjs";

/** @type {string[]} */
const all = groups.flatMap((group) => group.split(" "));

test("each emoji, and three of the longest", () => {
  assert.ok(all.length > 1800);
  assert.deepEqual(
    all.filter((emoji) => !isEmojiAlone(emoji)),
    [],
  );
  for (const some of ["👩🏽‍❤️‍💋‍👨🏿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "👍🏽", "✌🏽", "1️⃣", "🇳🇴"])
    assert.ok(isEmojiAlone(`${some} ${some}${some}`), some);
});

test("nothing else", () => {
  const texts = [
    "",
    " ",
    "1",
    "12",
    "#",
    "©",
    "™",
    "↔",
    "🇳",
    "☎",
    "❤",
    "ok 👍",
    "👍!",
    "茶",
    ":tea",
    "👍👍👍👍",
    "\u200d",
    "\ufe0f",
  ];
  assert.deepEqual(texts.filter(isEmojiAlone), []);
});

test("a text made to be hard to read costs no time", () => {
  for (const hard of [
    `👍${"\u200d👍".repeat(200_000)}!`,
    `${"👍 ".repeat(14)}${" ".repeat(16)}!`,
    `👍${" ".repeat(57)}!`,
  ])
    assert.ok(!isEmojiAlone(hard));
});
