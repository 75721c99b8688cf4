const { begin, run } = require("../trace.cjs");

jest.retryTimes(2);

test("retried", () => {
  if (begin("retried") === 0 && run % 5 === 2) throw new Error("cache was cold");
});
