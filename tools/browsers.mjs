// The oldest browsers that the pages work in: those of early 2023. README promises them, tools/pages.mjs builds for them,
// eslint.config.js looks for what they lack, and `./build.sh oldest` runs the stories in one of them.

/** By the names of MDN's browser-compat-data. */
export const OLDEST = { safari: "16.4", safari_ios: "16.4", chrome: "110", firefox: "110" };

/** The same, as esbuild names them. */
export const TARGET = Object.entries(OLDEST).map(([name, version]) => name.replace("safari_ios", "ios") + version);
