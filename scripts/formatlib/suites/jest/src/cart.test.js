const { begin, breaks, refusal, run } = require("../trace.cjs");

test("flakes never", () => {
  begin("passes");
});

describe("prices", () => {
  test("fails", () => {
    begin("fails");
    expect({ total: 3 }).toEqual({ total: 4 });
  });

  test("breaks (of the whole cart)", () => {
    begin("breaks");
    expect(run >= breaks ? 3 : 4).toBe(4);
  });
});

test("flakes", async () => {
  begin("flakes");
  console.log("looking at the queue");
  if (run % 7 === 3) throw new Error("queue is closed");
});

test.skip("skipped", () => {
  begin("skipped");
});

test("numbered", () => {
  begin("numbered");
  if (run % 11 === 5) throw new Error(refusal());
});
