const { test } = require("@playwright/test");
const { begin } = require("../trace.cjs");

test.describe("prices", () => {
  test("breaks (of the whole cart)", () => {
    begin("twin");
  });
});
