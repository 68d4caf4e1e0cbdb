module.exports = {
  spec: ["dist/test/**/*.test.js"],
  "node-option": ["enable-source-maps"],
  timeout: 300_000,
  slow: 30_000,
  forbidOnly: Boolean(process.env.CI),
};
