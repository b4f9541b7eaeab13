/** Whose clock a page asks for, whatever its browser calls the zone. */

import assert from "node:assert/strict";
import { test } from "node:test";

process.env.TZ = "Asia/Kolkata";
const { Refusal } = await import("../../static/js/api.js");
const { inZone, zone } = await import("../../static/js/zone.js");

const options = Intl.DateTimeFormat.prototype.resolvedOptions;
/** @param {string | undefined} timeZone */
const call = (timeZone) => {
  // @ts-expect-error - as no browser of today would
  Intl.DateTimeFormat.prototype.resolvedOptions = () => ({ timeZone });
};

test("a zone is asked for by its name, and by minutes where the browser has none", () => {
  assert.match(zone().tz, /^Asia\/(Kolkata|Calcutta)$/);
  for (const none of ["Etc/Unknown", "", undefined]) {
    call(none);
    assert.deepEqual(zone(), { offset: "330" });
  }
});

test("a name that the server does not know is asked for by minutes, from then on", async () => {
  call("Mars/Olympus");
  /** @type {Record<string, string>[]} */
  const asked = [];
  const ask = async () => {
    asked.push(zone());
    if ("tz" in asked[asked.length - 1]) throw new Refusal(400, "", "bad_zone");
    return "a report";
  };
  assert.equal(await inZone(ask), "a report");
  assert.deepEqual(asked, [{ tz: "Mars/Olympus" }, { offset: "330" }]);
  assert.deepEqual(zone(), { offset: "330" });
  await assert.rejects(
    inZone(() => Promise.reject(new Refusal(400))),
    Refusal,
    "asked once more would be the same",
  );
  Intl.DateTimeFormat.prototype.resolvedOptions = options;
});
