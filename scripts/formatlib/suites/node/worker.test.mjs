import { createRequire } from "node:module";
import { test } from "node:test";

const { begin, run } = createRequire(import.meta.url)("./trace.cjs");

test("crashes", () => {
  begin("crashes");
  if (run % 9 === 4) process.abort();
});
