/** Which pages a frame takes a port from: those of the shop's sites, and of its own. */

import assert from "node:assert/strict";
import { test } from "node:test";

const sites = ["https://shop.example", "http://localhost:8000", "https://*.example.com", "https://*.odd.example:8443"];
Object.assign(globalThis, {
  document: { documentElement: { dataset: { frame: JSON.stringify(sites) } } },
  location: { origin: "https://chat.example.com" },
});
const { isSite } = await import("../../static/js/visitor/port.js");

const LET_IN = [
  ...["https://shop.example", "http://localhost:8000", "https://www.example.com", "https://a.b.example.com"],
  ...["https://x.odd.example:8443", "https://chat.example.com"],
];
const NOT = [
  ...["null", "", "http://shop.example", "https://shop.example:8443", "https://shop.example.evil.test", "*"],
  ...["https://example.com", "https://.example.com", "http://www.example.com", "https://www.example.com:8443"],
  ...["https://wwwexample.com", "https://www.example.com.evil.test", "https://x.odd.example", "http://localhost"],
];

test("a site is one by its whole origin, and a wildcard stands for labels before it", () => {
  for (const origin of LET_IN) assert.equal(isSite(origin), true, origin);
  for (const origin of NOT) assert.equal(isSite(origin), false, origin);
});
