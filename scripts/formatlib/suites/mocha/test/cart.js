const assert = require("node:assert");
const { begin, breaks, refusal, run } = require("../trace.cjs");

describe("cart", () => {
  it("flakes never", () => {
    begin("passes");
  });

  describe("prices", () => {
    it("fails", () => {
      begin("fails");
      assert.deepStrictEqual({ total: 3 }, { total: 4 });
    });

    it("breaks (of the whole cart)", () => {
      begin("breaks");
      assert.strictEqual(run >= breaks ? 3 : 4, 4);
    });
  });

  it("flakes", async () => {
    begin("flakes");
    if (run % 7 === 3) throw new Error("queue is closed");
  });

  it("retried", function () {
    this.retries(2);
    if (begin("retried") === 0 && run % 5 === 2) throw new Error("cache was cold");
  });

  it.skip("skipped", () => {
    begin("skipped");
  });

  it("numbered", () => {
    begin("numbered");
    if (run % 11 === 5) throw new Error(refusal());
  });
});
