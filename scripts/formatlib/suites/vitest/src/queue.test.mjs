import { createRequire } from "node:module";
import { describe, it } from "vitest";

const { begin } = createRequire(import.meta.url)("../trace.cjs");

describe("prices", () => {
  it("breaks (of the whole cart)", () => {
    begin("twin");
  });
});
