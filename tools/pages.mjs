// Make what browsers get of the native modules and style sheets: for each page one script and one sheet, and a script
// for each chunk that a page loads when it is first needed (`import()`). Names carry a hash of what they lead to.
//
//   node tools/pages.mjs FOLDER     writes the files there, and to stdout what each page begins with, as JSON:
//                                   {"console": {"script": "console-….js", "sheet": "console-….css"}, …}
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { build, transform } from "esbuild";
import { minify } from "terser";
import { TARGET } from "./browsers.mjs";

const PAGES = ["visitor", "console", "setup", "preview"];

const [folder] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const made = await Promise.all([
  ...PAGES.map(page),
  widget("loader", "main", "iife"),
  widget("panel", "panel/main", "esm"),
]);
process.stdout.write(JSON.stringify(Object.fromEntries(made)));

/**
 * @param {string} name
 * @returns {Promise<[string, { script: string, sheet: string, framed?: string }]>}
 */
async function page(name) {
  const main = resolve("static/js", name, "main.js");
  const { outputFiles, metafile } = await build({
    entryPoints: [main, `static/css/pages/${name}.css`].map((path) => ({ in: path, out: name })),
    outdir: folder,
    entryNames: "[name]-[hash]",
    chunkNames: `${name}-[name]-[hash]`,
    plugins: [smallSheets(), lists(), chunks(main)],
    target: TARGET, // whatever they lack of our style sheets (nesting) is lowered
    format: "esm",
    bundle: true,
    splitting: true,
    minify: true,
    metafile: true,
    write: false,
    charset: "utf8",
    legalComments: "none", // `chatadmin licenses` has them all
    logLevel: "warning",
  });
  const outputs = Object.entries(metafile.outputs);
  /** @param {string} suffix */
  const begins = (suffix) => {
    const kind = suffix.slice(suffix.lastIndexOf("."));
    const found = outputs.find(([path, { entryPoint }]) => entryPoint?.endsWith(suffix) && path.endsWith(kind));
    if (!found) throw new Error(`nothing was made of ${suffix}`);
    return found;
  };
  const [entry, { imports }] = begins(`${name}/main.js`);
  // Where there are chunks, all of the page lies in a script that they and the entry import: the page begins with that.
  const [shared] = imports.filter(({ kind }) => kind === "import-statement").map(({ path }) => path);
  const script = shared ?? entry;
  const [sheet] = begins(`${name}.css`);
  for (const { path, contents, text } of outputFiles) {
    if (script !== entry && basename(path) === basename(entry)) continue;
    const isTight = name === "visitor" && path.endsWith(".js");
    await writeFile(join(folder, basename(path)), isTight ? await smaller(text, true) : contents);
  }
  const framed = outputs.find(([, { entryPoint }]) => entryPoint?.endsWith(`${name}/framed.js`))?.[0];
  return [name, { script: basename(script), sheet: basename(sheet), ...(framed && { framed: basename(framed) }) }];
}

/**
 * What shops load: a plain script that leaves nothing global behind, and a module that it imports once it is pressed.
 * The server puts words and settings into both; they are known by what they do, so that any of the former finds its latter.
 * @param {string} name
 * @param {string} main
 * @param {import("esbuild").Format} format
 * @returns {Promise<[string, { script: string }]>}
 */
async function widget(name, main, format) {
  const script = `${name}.js`;
  const { outputFiles } = await build({
    entryPoints: [`static/js/loader/${main}.js`],
    write: false,
    plugins: [smallSheets()],
    target: TARGET,
    tsconfigRaw: {}, // no "use strict": a module is strict as it is
    format,
    bundle: true,
    minify: true,
    legalComments: "none",
    logLevel: "warning",
  });
  await writeFile(join(folder, script), await smaller(outputFiles[0].text, format === "esm"));
  return [name, { script }];
}

/**
 * What customers load has a promised weight, and terser finds another thirtieth that does the same.
 * @param {string} text
 * @param {boolean} module
 */
async function smaller(text, module) {
  const { code = "" } = await minify(text, { ecma: 2020, compress: { passes: 3 }, module });
  return code;
}

/** Style sheets that a script brings along are texts within it: the loader's, and those of chunks. @returns {import("esbuild").Plugin} */
function smallSheets() {
  return {
    name: "small sheets",
    setup({ onLoad }) {
      onLoad({ filter: /\/sheet\.js$/ }, async ({ path }) => {
        const [before, css, ...after] = (await readFile(path, "utf8")).split("`");
        const { code } = await transform(css, { loader: "css", minify: true, target: TARGET });
        return { contents: [before, JSON.stringify(code.trim()), after.join("`")].join("") };
      });
    },
  };
}

/** Lists of emoji lie there once for all pages, as they are. @returns {import("esbuild").Plugin} */
function lists() {
  return {
    name: "lists of emoji",
    setup({ onResolve }) {
      onResolve({ filter: /\/[\w-]+\.mjs$/ }, async ({ kind, path, resolveDir }) => {
        if (kind !== "dynamic-import") return undefined;
        const list = await readFile(join(resolveDir, path));
        const name = `emoji-${basename(path, ".mjs")}-${createHash("sha256").update(list).digest("hex").slice(0, 8)}.js`;
        await writeFile(join(folder, name), list);
        return { path: `./${name}`, external: true };
      });
    },
  };
}

/**
 * A chunk finds what its page has loaded, and does not take a script of its own for each thing that the two share.
 * @param {string} main
 * @returns {import("esbuild").Plugin}
 */
function chunks(main) {
  const found = new Set();
  return {
    name: "chunks",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\.?\// }, ({ kind, path, resolveDir }) => {
        if (kind === "dynamic-import") found.add(join(resolveDir, path));
      });
      onLoad({ filter: /\.js$/ }, async ({ path }) => {
        if (!found.has(path)) return undefined;
        return {
          contents: `${await readFile(path, "utf8")}\nimport ${JSON.stringify(main)};`,
          resolveDir: dirname(path),
        };
      });
    },
  };
}
