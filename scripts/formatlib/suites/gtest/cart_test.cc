#include <gtest/gtest.h>

#include <iostream>
#include <random>
#include <stdexcept>

#include "trace.h"

TEST(Cart, Passes) { begin("passes"); }

TEST(Prices, Fails) {
  begin("fails");
  EXPECT_EQ(3, 4) << "total";
}

TEST(Prices, Breaks) {
  begin("breaks");
  const int total = number("CHECK_RUN") >= number("CHECK_BREAKS") ? 3 : 4;
  ASSERT_EQ(total, 4);
}

TEST(Cart, Flakes) {
  begin("flakes");
  std::cout << "looking at the queue\n";
  if (number("CHECK_RUN") % 7 == 3) throw std::runtime_error("queue is closed");
}

TEST(Cart, Skipped) { GTEST_SKIP() << "not on this machine"; }

TEST(Cart, Numbered) {
  begin("numbered");
  if (number("CHECK_RUN") % 11 == 5) {
    std::random_device random;
    FAIL() << "connect to 127.0.0.1:" << 1024 + random() % 64512 << " refused: socket at 0x" << std::hex << random()
           << ", after 0." << std::dec << random() % 1000 << " s";
  }
}
