// Scripts run in browsers as they are, so a wrong name or a stray import is found here or by a visitor.
import css from "@eslint/css";
import js from "@eslint/js";
import globals from "globals";

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
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-console": "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "A visitor's words are text: render them with htm." },
        { property: "outerHTML", message: "A visitor's words are text: render them with htm." },
        { object: "document", property: "write", message: "A visitor's words are text: render them with htm." },
      ],
    },
  },
  {
    files: ["static/js/**/*.js"],
    ignores: ["static/js/storage.js"],
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
      "css/no-invalid-at-rules": "error",
      "css/no-invalid-properties": ["error", { allowUnknownVariables: true }],
    },
  },
];
