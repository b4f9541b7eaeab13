/** Links of a text and where a long one is folded, as the pages know them; the table is asked of tests/chat/test_links.py. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { folded } from "../../static/js/fold.js";
import { linksOf } from "../../static/js/links.js";

/** What hostile lines repeat. @type {{ hostile: string[] }} */
const { hostile } = JSON.parse(readFileSync(new URL("../links.json", import.meta.url), "utf8"));

/**
 * Microseconds of the processor to read each text so many times, the least of nine rounds. They take turns: whichever
 * came first would be read before the engine has compiled what reads it, later still on a busy machine. The user's and
 * the system's time together: only their sum is measured, and the kernel divides it by what it sampled.
 * @param {[string, number][]} texts
 */
function costs(texts) {
  const least = texts.map(() => Infinity);
  for (let round = 0; round < 9; round++) {
    for (const [at, [text, times]] of texts.entries()) {
      const begun = process.cpuUsage();
      for (let n = 0; n < times; n++) linksOf(text);
      const { user, system } = process.cpuUsage(begun);
      least[at] = Math.min(least[at] ?? Infinity, user + system);
    }
  }
  return least;
}

for (const piece of hostile) {
  test(`eight times the text costs about eight times the work: ${piece}`, () => {
    const [short, long] = [8_000, 64_000].map((length) => piece.repeat(length).slice(0, length));
    const [many, few] = costs([
      [short, 80],
      [long, 10],
    ]);
    assert.ok(few <= 1.5 * many + 1_000, `${few} µs, and ${many} in pieces`);
  });
}

/** @param {string} text */
const shown = (text) => text.slice(0, folded(text, linksOf(text)));

test("a text of usual length is not folded", () => {
  for (const text of ["", "x", "word ".repeat(200), "茶".repeat(500), "line\n".repeat(40)])
    assert.equal(shown(text), text);
});

test("a long one is folded at the end of a word, sooner where its letters are wide or its lines many", () => {
  assert.match(shown("word ".repeat(400)), /word$/);
  assert.ok(shown("word ".repeat(400)).length > 700);
  assert.equal(shown("茶".repeat(2_000)).length, 400);
  assert.ok(shown("\n".repeat(100)).length <= 40);
  assert.equal(shown("x".repeat(2_000)).length, 800);
});

test("no link, emoji or accent is cut in two", () => {
  const link = `https://shop.example/${"y".repeat(1_500)}`;
  assert.equal(shown(`${link} and more`), link);
  assert.equal(shown(`${"x ".repeat(300)}${link}`), "x ".repeat(300));
  assert.equal(shown(`x${"👍".repeat(1_000)}`).length % 2, 1);
  assert.match(shown(`x${"👩‍👩‍👧".repeat(300)}`), /👧$/u);
  assert.match(shown("e\u0301".repeat(2_000)), /\u0301$/);
});
