import assert from "node:assert";
import { createRequire } from "node:module";
import { describe, test } from "node:test";

const { begin, breaks, refusal, run } = createRequire(import.meta.url)("./trace.cjs");

test("flakes never", () => {
  begin("passes");
});

describe("prices", () => {
  test("fails", () => {
    begin("fails");
    assert.deepStrictEqual({ total: 3 }, { total: 4 });
  });

  test("breaks (of the whole cart)", () => {
    begin("breaks");
    assert.strictEqual(run >= breaks ? 3 : 4, 4);
  });
});

test("flakes", async () => {
  begin("flakes");
  console.log("looking at the queue");
  if (run % 7 === 3) throw new Error("queue is closed");
});

test("skipped", { skip: "not on this machine" }, () => {
  begin("skipped");
});

test("numbered", () => {
  begin("numbered");
  if (run % 11 === 5) throw new Error(refusal());
});
