// Lay the front end's library out in static/vendor as modules that a browser loads as they are: it knows no names such
// as `preact`, and our content policy forbids the inline import map that would teach it any. For running from source;
// what is delivered is made by tools/pages.mjs.
import { rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { build } from "esbuild";
import { layOutEmoji } from "./emoji.mjs";

const MODULES = ["preact", "preact/hooks", "@preact/signals-core", "@preact/signals", "htm", "uqr"];

await rm("static/vendor", { recursive: true, force: true });
await build({
  entryPoints: MODULES.map((name) => ({ in: name, out: basename(name) })),
  outdir: "static/vendor",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  splitting: true, // what several of them need is there once
  format: "esm",
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
});

// TypeScript finds a module's types beside it.
for (const name of MODULES) {
  const main = name === "htm" ? 'export { default } from "htm";\n' : "";
  await writeFile(`static/vendor/${basename(name)}.d.mts`, `export * from "${name}";\n${main}`);
}

await layOutEmoji();
