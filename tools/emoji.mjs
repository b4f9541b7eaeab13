// Emoji and their names in the languages that the product speaks, as modules in static/vendor/emoji: `signs.mjs` has the
// emoji by groups; each language's own (`zh-CN.mjs`) a line for each emoji, in the same order, of what stands between bars:
// its name, its short names (English alone has any), and what else it is known by; and `lists.mjs` loads any of those, and
// says of which letters they are. A language that the library does not know has English's.
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";

const FOLDER = "static/vendor/emoji";
const DATA = "node_modules/emojibase-data";
const NEWEST = 14; // the version of Emoji (2021) that is drawn where the oldest of our browsers run (tools/browsers.mjs)
/** @type {Record<string, string[]>} */
const PARTS_OF_SCRIPTS = { Hans: ["Hani"], Hant: ["Hani"], Jpan: ["Hani", "Hira", "Kana"], Kore: ["Hang"] };
const PARTS = 2; // the group of skins and hair, which are nothing by themselves

/** Parts of emoji are in no group. @typedef {{ hexcode: string, emoji: string, label: string, tags?: string[], group?: number, order?: number, version: number }} Row */

export async function layOutEmoji() {
  await mkdir(FOLDER, { recursive: true });
  const all = await rows("en");
  const shown = all.filter(({ group = PARTS, version }) => group !== PARTS && version <= NEWEST);
  const groups = [...new Set(shown.map(({ group }) => group))];
  /** @param {number | undefined} one */
  const signs = (one) => shown.filter(({ group }) => group === one).map(({ emoji }) => emoji);
  await write("signs", JSON.stringify(groups.map((one) => signs(one).join(" "))));
  const short = await read("en/shortcodes/github.json");
  const spoken = await languages();
  for (const { tag, folder } of spoken) {
    if (!folder) continue;
    const named = new Map((await rows(folder)).map((row) => [row.hexcode, row]));
    const names = shown.map(({ hexcode }) => line(named.get(hexcode), folder === "en" ? short[hexcode] : []));
    await write(tag, JSON.stringify(names));
  }
  const lists = spoken.map(({ tag, folder }) => {
    const list = folder ? tag : "en";
    return `"${tag}": { load: () => import("./${list}.mjs"), letters: ${lettersOf(list)} }`;
  });
  const type = "Record<string, { load: () => Promise<{ default: string[] }>, letters: RegExp }>";
  await write("lists", `/** @type {${type}} */ ({ ${lists.join(", ")} })`);
}

/** The letters that a language is written in, by the scripts of which its writing is made. @param {string} tag */
function lettersOf(tag) {
  const script = new Intl.Locale(tag).maximize().script ?? "";
  return `/[${(PARTS_OF_SCRIPTS[script] ?? [script]).map((one) => `\\p{scx=${one}}`).join("")}]/u`;
}

/**
 * @param {Row | undefined} row
 * @param {string | string[]} [short]
 */
function line(row, short = []) {
  if (!row) return "";
  const known = new Set([...row.label.split(" "), ...[short].flat()]);
  return [row.label, [short].flat().join(" "), ...(row.tags ?? []).filter((tag) => !known.has(tag))].join("|");
}

/**
 * All of a language, in the order in which they are shown.
 * @param {string} folder
 * @returns {Promise<Row[]>}
 */
async function rows(folder) {
  /** @type {Row[]} */
  const all = await read(`${folder}/data.json`);
  return all.sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
}

/** The tags of our languages, and the folder of the names for each, if there is one. */
async function languages() {
  const have = new Set(await readdir(DATA));
  const files = (await readdir("static/messages")).filter((name) => name.endsWith(".json"));
  return Promise.all(
    files.map(async (file) => {
      const name = file.replace(".json", "");
      const { language } = JSON.parse(await readFile(`static/messages/${file}`, "utf8"));
      return { tag: language.tag, folder: [name, name.split("-")[0]].find((one) => have.has(one)) };
    }),
  );
}

/** @param {string} path */
const read = async (path) => JSON.parse(await readFile(`${DATA}/${path}`, "utf8"));

/**
 * @param {string} name
 * @param {string} value
 */
const write = (name, value) => writeFile(`${FOLDER}/${name}.mjs`, `export default ${value};\n`);
