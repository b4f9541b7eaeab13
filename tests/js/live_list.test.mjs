/** Whoever follows visitors by name hears of one whom the stream tells of later. */

import assert from "node:assert/strict";
import { test } from "node:test";

class Missing {}
const page = { lang: "en", dataset: { words: "data:text/javascript,export default {}" } };
Object.assign(globalThis, {
  window: Object.assign(globalThis, { CSSLayerBlockRule: Missing, ResizeObserver: Missing }),
  HTMLDialogElement: { prototype: { showModal: Missing } },
  CSS: { supports: () => true },
  document: { documentElement: page, getElementById: () => null },
});

const { effect } = await import("../../static/js/lib.js");
const { LiveList } = await import("../../static/js/console/live_list.js");

test("a visitor who was asked for before they were known is told of once they are", async () => {
  const list = new LiveList("aolga");
  /** @type {string[][]} */
  const seen = [];
  await new Promise((resolve) => {
    effect(() => {
      seen.push(list.of(["vlily"]).map(({ nickname }) => nickname));
      if (seen.length > 1) resolve(undefined);
    });
    list.apply("visitor", { uid: "vlily", nickname: "Lily", status: "waiting" });
  });
  assert.deepEqual(seen, [[], ["Lily"]]);
});
