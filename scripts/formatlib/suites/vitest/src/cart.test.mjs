import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";

const { begin, breaks, refusal, run } = createRequire(import.meta.url)("../trace.cjs");

it("flakes never", () => {
  begin("passes");
});

describe("prices", () => {
  it("fails", () => {
    begin("fails");
    expect({ total: 3 }).toEqual({ total: 4 });
  });

  it("breaks (of the whole cart)", () => {
    begin("breaks");
    expect(run >= breaks ? 3 : 4).toBe(4);
  });
});

it("flakes", async () => {
  begin("flakes");
  console.log("looking at the queue");
  if (run % 7 === 3) throw new Error("queue is closed");
});

it("retried", { retry: 2 }, () => {
  if (begin("retried") === 0 && run % 5 === 2) throw new Error("cache was cold");
});

it.skip("skipped", () => {
  begin("skipped");
});

it("numbered", () => {
  begin("numbered");
  if (run % 11 === 5) throw new Error(refusal());
});
