// SPDX-License-Identifier: MIT
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/bus/clock.h"

#include <doctest/doctest.h>

#include <vector>

using namespace lucid;
using namespace lucid::bus;

namespace {

struct Client final : TimerClient {
  std::vector<int>& order;
  int name;
  Clock* clock = nullptr;
  TimerId id = 0;
  u64 period = 0;
  Client(std::vector<int>& log, int n) : order(log), name(n) {}
  void on_timer() override {
    order.push_back(name);
    if (period) clock->schedule(id, clock->now() + period);
  }
};

}  // namespace

TEST_CASE("due timers fire earliest first, equal deadlines in order of registration") {
  std::vector<int> order;
  Clock clock;
  Client a{order, 1}, b{order, 2}, c{order, 3};
  const TimerId ia = clock.add_timer(a), ib = clock.add_timer(b), ic = clock.add_timer(c);
  clock.schedule(ic, 10);
  clock.schedule(ib, 10);
  clock.schedule(ia, 20);
  CHECK(clock.next_deadline() == 10);
  clock.retired = 15;
  clock.skipped = 10;
  clock.fire_due();
  CHECK(order == std::vector<int>{2, 3, 1});
  CHECK(clock.next_deadline() == never);
}

TEST_CASE("a timer is not due before its deadline, and can be cancelled") {
  std::vector<int> order;
  Clock clock;
  Client a{order, 1};
  const TimerId id = clock.add_timer(a);
  clock.schedule(id, 100);
  clock.retired = 99;
  clock.fire_due();
  CHECK(order.empty());
  clock.schedule(id, never);
  clock.retired = 1000;
  clock.fire_due();
  CHECK(order.empty());
}

TEST_CASE("a client may schedule itself again from its callback") {
  std::vector<int> order;
  Clock clock;
  Client a{order, 1};
  a.clock = &clock;
  a.id = clock.add_timer(a);
  a.period = 5;
  clock.schedule(a.id, 5);
  for (clock.retired = 0; clock.retired <= 20; ++clock.retired) clock.fire_due();
  CHECK(order.size() == 4);
}

TEST_CASE("restore brings back time and deadlines") {
  std::vector<int> order;
  Clock clock;
  Client a{order, 1};
  const TimerId id = clock.add_timer(a);
  clock.schedule(id, 50);
  const std::vector<u64> saved = clock.deadlines();
  clock.retired = 60;
  clock.fire_due();
  clock.restore(30, 5, saved);
  CHECK(clock.now() == 35);
  CHECK(clock.next_deadline() == 50);
}
