import { createRequire } from "node:module";
import { it } from "vitest";

const { begin, run } = createRequire(import.meta.url)("../trace.cjs");

it("crashes", () => {
  begin("crashes");
  if (run % 9 === 4) process.abort();
});
