import prettier from "eslint-config-prettier";
import importSort from "eslint-plugin-simple-import-sort";
import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: [
      "dist/",
      "**/node_modules/",
      "test/states/",
      // generated
      "provider/api/prefect.ts",
      "eslint.config.mjs",
      "knip.config.js",
      ".mocharc.cjs",
      ".dependency-cruiser.cjs",
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  prettier,
  {
    // one program for all: each that an example has of its own would take another gigabyte
    languageOptions: { parserOptions: { project: "tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    plugins: { "import-sort": importSort },
    rules: {
      // packages of Node.js, other packages, then files from far to near, with no empty lines between
      "import-sort/imports": ["error", { groups: [["^node:", "^@?\\w", "^", "^\\."]] }],
      "import-sort/exports": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-extraneous-class": ["error", { allowConstructorOnly: true }],
      // a loop may wait in its head, and an arrow function may pass on what returns nothing
      "@typescript-eslint/no-confusing-void-expression": "off",
      // the classes of Kubernetes' client have no methods, and take plain objects
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      // what is seldom needed is loaded late, so that a preview starts fast
      "@typescript-eslint/no-require-imports": "off",
      // types of packages that only some users have installed
      "@typescript-eslint/ban-ts-comment": ["error", { "ts-ignore": "allow-with-description" }],
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_", argsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["test/**"],
    rules: {
      // mocha's describe and it return nothing to wait for
      "@typescript-eslint/no-unused-expressions": "off",
      // what the tests read is typed as it should be, and may be missing when something fails
      "@typescript-eslint/no-unnecessary-condition": "off",
      // environment variables are unset so
      "@typescript-eslint/no-dynamic-delete": "off",
      // the classes of Kubernetes' client have no methods
      "@typescript-eslint/no-misused-spread": "off",
    },
  },
);
