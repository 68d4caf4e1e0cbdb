module.exports = {
  require: ["dist/test/support/environment.js"],
  "node-option": ["enable-source-maps"],
  timeout: 600_000,
  slow: 30_000,
  forbidOnly: Boolean(process.env.CI),
};
