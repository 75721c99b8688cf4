const { begin } = require("../trace.cjs");

describe("prices", () => {
  test("breaks (of the whole cart)", () => {
    begin("twin");
  });
});
