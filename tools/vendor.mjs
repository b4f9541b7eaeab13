// Lay the front end's library out in static/vendor as modules that a browser loads as they are: it knows no names such
// as `preact`, and our content policy forbids the inline import map that would teach it any. For running from source;
// what is delivered is made by tools/pages.mjs.
import { rm } from "node:fs/promises";
import { build } from "esbuild";

const MODULES = ["preact", "preact/hooks", "@preact/signals-core", "@preact/signals", "htm"];

await rm("static/vendor", { recursive: true, force: true });
await build({
  entryPoints: MODULES.map((name) => ({ in: name, out: name.split("/").at(-1) })),
  outdir: "static/vendor",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  splitting: true, // what several of them need is there once
  format: "esm",
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
});
