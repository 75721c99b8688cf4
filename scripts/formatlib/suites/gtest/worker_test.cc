#include <gtest/gtest.h>

#include "trace.h"

TEST(Worker, Crashes) {
  begin("crashes");
  if (number("CHECK_RUN") % 9 == 4) std::abort();
}
