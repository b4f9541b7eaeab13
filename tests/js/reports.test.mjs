/** What the charts of a report are made of, in a place where clocks change. */

import assert from "node:assert/strict";
import { test } from "node:test";

process.env.TZ = "Europe/Berlin";
const { average, byDay, byHour, median, steps } = await import("../../static/js/console/reports/figures.js");
const { answerable, daysOf, plusDays } = await import("../../static/js/console/reports/range.js");

const lengths = (count = 0, ms = 0, classes = [0, 0, 0, 0, 0]) => ({ count, ms, classes });
/**
 * @param {string} at
 * @param {number} conversations
 */
const row = (at, conversations, first = lengths()) => ({
  at,
  conversations,
  from_visitors: 2,
  from_team: 1,
  first,
  resolved: lengths(),
  good: 1,
  bad: 0,
});

test("days follow each other, also where the clocks change", () => {
  assert.equal(plusDays("2026-03-28", 1), "2026-03-29");
  assert.equal(plusDays("2026-03-29", 1), "2026-03-30");
  assert.equal(plusDays("2026-10-26", -1), "2026-10-25");
  assert.equal(plusDays("2028-02-28", 1), "2028-02-29");
  assert.deepEqual(daysOf({ from: "2025-12-31", to: "2026-01-02" }), ["2025-12-31", "2026-01-01", "2026-01-02"]);
});

test("only what the server answers is asked for", () => {
  assert.equal(answerable({ from: "2026-01-01", to: "2026-04-02" }), true);
  assert.equal(answerable({ from: "2026-01-01", to: "2026-04-03" }), false);
  assert.equal(answerable({ from: "2026-01-02", to: "2026-01-01" }), false);
  assert.equal(answerable({ from: "", to: "2026-01-01" }), false);
});

test("rows become days and hours of the day, also where nothing happened", () => {
  const report = {
    from: "2026-10-24",
    to: "2026-10-26",
    hours: [
      row("2026-10-25T02:00:00+02:00", 1, lengths(1, 60_000, [0, 1, 0, 0, 0])),
      row("2026-10-25T02:00:00+01:00", 2, lengths(1, 180_000, [0, 0, 1, 0, 0])),
      row("2026-10-26T23:00:00+01:00", 4),
    ],
  };
  assert.deepEqual(
    byDay(report).map((slot) => [slot.key, slot.conversations, slot.from_visitors]),
    [
      ["2026-10-24", 0, 0],
      ["2026-10-25", 3, 4],
      ["2026-10-26", 4, 2],
    ],
  );
  assert.equal(average(byDay(report)[1].first), 120_000);
  const hours = byHour(report);
  assert.equal(hours.length, 24);
  assert.deepEqual([hours[2].conversations, hours[23].conversations, hours[12].conversations], [3, 4, 0]);
});

test("the middle is a class, and none where there is nothing", () => {
  assert.equal(median(lengths()), -1);
  assert.equal(median(lengths(1, 0, [0, 0, 1, 0, 0])), 2);
  assert.equal(median(lengths(4, 0, [2, 0, 0, 0, 2])), 0);
  assert.equal(median(lengths(5, 0, [2, 0, 0, 0, 3])), 4);
  assert.equal(average(lengths()), null);
});

test("an axis has few, whole, round steps and reaches the top", () => {
  assert.deepEqual(steps(0), [0, 1]);
  assert.deepEqual(steps(1), [0, 1]);
  assert.deepEqual(steps(3), [0, 1, 2, 3]);
  assert.deepEqual(steps(21), [0, 10, 20, 30]);
  for (let most = 0; most < 5000; most++) {
    const found = steps(most);
    assert.ok(
      found[found.length - 1] >= most && found.length <= 4 && found.every(Number.isInteger),
      `${most}: ${found}`,
    );
  }
});
