const { test } = require("@playwright/test");
const { begin, run } = require("../trace.cjs");

test("crashes", () => {
  begin("crashes");
  if (run % 9 === 4) process.abort();
});
