// Make the scripts in the folders named on the command line small, in place. Names that other files use stay, and so
// does every module: what browsers load is what the source tree has, without its comments, spaces and long names.
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { minify } from "terser";

for (const folder of process.argv.slice(2)) {
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith(".js")) continue;
    const path = join(folder, name);
    const { code } = await minify(await readFile(path, "utf8"), { module: true, ecma: 2022, compress: { passes: 2 } });
    await writeFile(path, `${code}\n`);
  }
}
