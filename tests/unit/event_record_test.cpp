// SPDX-License-Identifier: MIT
// The oracle is a plain vector of the same events.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/trace/event_record.h"

#include <doctest/doctest.h>

#include <random>

using namespace lucid;
using namespace lucid::trace;

namespace {

/// Events as runs have them: times go on, numbers repeat, addresses lie near each other, and now and then anything.
struct Source {
  std::mt19937_64 random{7};
  Event last;
  Event next() {
    Event e;
    e.instruction = last.instruction + random() % 300;
    e.time = e.instruction + (last.time - last.instruction) + (random() % 20 == 0 ? random() % 1'000'000 : 0);
    e.kind = static_cast<Kind>(random() % static_cast<unsigned>(Kind::count));
    e.cpl = random() % 4;
    e.pid = random() % 4 == 0 ? static_cast<u32>(random()) : last.pid;
    for (unsigned i = 0, n = random() % 8; i < n; ++i)
      e.args[i] = random() % 3 == 0 ? random() : 0xffff'8000'0000'0000 + random() % 4096;
    return last = e;
  }
};

void check_equal(const EventRecord& record, const std::vector<Event>& model) {
  REQUIRE(record.size() == model.size());
  u64 expected = record.first();
  record.read(0, ~u64{0}, [&](u64 index, const Event& event) {
    CHECK(index == expected++);
    CHECK(event == model[index]);
  });
  CHECK(expected == model.size());
}

}  // namespace

TEST_CASE("what was appended is read back, after any taking back, too") {
  Source source;
  EventRecord record;
  std::vector<Event> model;
  for (int round = 0; round < 60; ++round) {
    for (u64 i = source.random() % 1500; i > 0; --i) {
      model.push_back(source.next());
      record.append(model.back());
    }
    if (source.random() % 3 == 0 && !model.empty()) {
      model.resize(source.random() % model.size());
      record.truncate(model.size());
      source.last = model.empty() ? Event{} : model.back();
    }
    if (!model.empty()) {
      const u64 i = source.random() % model.size();
      CHECK(record.at(i) == model[i]);
    }
  }
  check_equal(record, model);
  record.truncate(0);
  CHECK(record.bytes() == 0);
  CHECK(record.size() == 0);
}

TEST_CASE("search by time and by kind") {
  Source source;
  EventRecord record;
  std::vector<Event> model;
  for (int i = 0; i < 5000; ++i) {
    model.push_back(source.next());
    record.append(model.back());
  }
  for (int i = 0; i < 300; ++i) {
    const u64 time = source.random() % (model.back().time + 2);
    u64 before = 0;
    while (before < model.size() && model[before].time < time) ++before;
    CHECK(record.count_before(time) == before);
    const auto kind = static_cast<Kind>(source.random() % static_cast<unsigned>(Kind::count));
    const auto even = [](const Event& event) { return event.instruction % 2 == 0; };
    std::optional<u64> last;
    for (u64 k = 0; k < before; ++k)
      if (model[k].kind == kind && even(model[k])) last = k;
    CHECK(record.find_last(KindSet{}.with(kind), before, even) == last);
  }
}

TEST_CASE("a budget drops the oldest") {
  Source source;
  EventRecord record;
  std::vector<Event> model;
  for (int i = 0; i < 20'000; ++i) {
    model.push_back(source.next());
    record.append(model.back());
    record.shrink(50'000);
    REQUIRE(record.bytes() <= 50'000 + 512 * 80);
  }
  CHECK(record.first() > 0);
  CHECK(record.size() - record.first() > 500);
  check_equal(record, model);
}
