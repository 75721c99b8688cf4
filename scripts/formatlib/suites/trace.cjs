const { appendFileSync, existsSync, readFileSync } = require("node:fs");

exports.run = Number(process.env.CHECK_RUN);
exports.breaks = Number(process.env.CHECK_BREAKS);

/** Says that a test runs; how often it ran before in this run. */
exports.begin = (role) => {
  const path = process.env.CHECK_TRACE;
  const before = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
  appendFileSync(path, `${role}\n`);
  return before.filter((line) => line === role).length;
};

/** A message that is different each time. */
exports.refusal = () => {
  const port = 1024 + Math.floor(Math.random() * 64512);
  const at = Math.floor(Math.random() * 2 ** 48).toString(16);
  return `connect to 127.0.0.1:${port} refused: socket at 0x${at}, after ${Math.random().toFixed(3)} s`;
};
