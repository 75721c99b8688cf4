const { begin } = require("../trace.cjs");

describe("queue", () => {
  describe("prices", () => {
    it("breaks (of the whole cart)", () => {
      begin("twin");
    });
  });
});
