// Scripts run in browsers as they are, so a wrong name or a stray import is found here or by a visitor.
import css from "@eslint/css";
import js from "@eslint/js";
import globals from "globals";
import lacking from "./tools/lacking.mjs";

// What the pages get along without, in the words of tools/lacking.mjs; tests/browser/test_lacking.py takes each away.
const OPTIONAL = [
  ...["Intl.Segmenter", ".segment", "navigator.setAppBadge", "navigator.userActivation", ".hasBeenActive", ".isActive"],
  ...["window.requestIdleCallback", "requestIdleCallback", "window.navigation", "the event currententrychange"],
  ...["navigator.globalPrivacyControl", ".inert", ".imageSmoothingQuality"],
];
// What would make markup of text.
const MARKUP = [{ property: "innerHTML" }, { property: "outerHTML" }, { object: "document", property: "write" }].map(
  (where) => ({ ...where, message: "A visitor's words are text: render them with htm." }),
);
// Properties of style without which a page merely looks plainer; and what esbuild lowers, or puts a prefix before.
const PLAINER = [
  ...["text-wrap", "scrollbar-width", "resize", "overflow-anchor", "overscroll-behavior", "accent-color", "outline"],
  ...["content-visibility", "contain-intrinsic-size", "text-size-adjust", "user-select"],
];

export default [
  { ignores: ["static/vendor/**", "build/**", "dist/**", ".venv/**"] },
  {
    files: ["static/js/**/*.js"],
    ...js.configs.recommended,
    languageOptions: { globals: globals.browser },
  },
  {
    files: ["eslint.config.js", "tools/**/*.mjs", "tests/**/*.{js,mjs}"],
    ...js.configs.recommended,
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
  {
    files: ["static/js/**/*.js"],
    plugins: { browsers: { rules: { lacking } } },
    rules: {
      "browsers/lacking": ["error", { optional: OPTIONAL }],
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-console": "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-restricted-properties": [
        "error",
        ...MARKUP,
        { object: "Date", property: "now", message: "It may be wrong: take `now` or `age` of server_time.js." },
      ],
    },
  },
  {
    files: ["static/js/loader/**/*.js"],
    languageOptions: { globals: { CHATADMIN_CONFIG: "readonly", CHATADMIN_WORDS: "readonly" } },
    rules: { "no-restricted-properties": ["error", ...MARKUP] }, // it compares the browser's clock with itself
  },
  {
    files: ["static/js/**/*.js"],
    ignores: ["static/js/storage.js", "static/js/loader/kept.js"],
    rules: {
      "no-restricted-globals": [
        "error",
        { name: "localStorage", message: "It may throw: take `local` of storage.js." },
        { name: "sessionStorage", message: "It may throw: take `session` of storage.js." },
      ],
    },
  },
  {
    files: ["static/js/**/*.js"],
    ignores: ["static/js/leader_election.js"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "MemberExpression[property.name='locks']",
          message: "One election among tabs: leader_election.js.",
        },
        {
          selector: "MemberExpression[property.name=/^(local|session)Storage$/]",
          message: "It may throw: take storage.js.",
        },
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: "The browser's clock may be wrong: take `now` of server_time.js.",
        },
      ],
    },
  },
  {
    files: ["static/css/**/*.css"],
    plugins: { css },
    language: "css/css",
    rules: {
      "css/no-duplicate-imports": "error",
      "css/no-empty-blocks": "error",
      "css/use-baseline": [
        "error",
        {
          available: 2022,
          allowProperties: PLAINER,
          allowSelectors: ["nesting"],
          allowPropertyValues: { "font-family": ["ui-monospace"] },
        },
      ],
      "css/no-invalid-at-rules": "error",
      "css/no-invalid-properties": ["error", { allowUnknownVariables: true }],
    },
  },
];
