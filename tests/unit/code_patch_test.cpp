// SPDX-License-Identifier: MIT
// Assembly text over a running program's code.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/session/code_patch.h"

#include "tests/unit/session_rig.h"

using namespace lucid;
using namespace lucid::session;

namespace {

std::unique_ptr<Session> hello_at_main() {
  auto s = test::boot({"hello"}, Connection::raw, 64 << 20);
  s->prefer_program("hello");
  REQUIRE(s->add_breakpoint("main process hello").ok());
  REQUIRE(s->run(test::at_most(test::plenty)) == Stop::breakpoint);
  s->clear_breakpoints();
  s->step_in_program();  // brings in the page
  return s;
}

}  // namespace

TEST_CASE("text replaces the code at RIP, and going back undoes it") {
  const auto s = hello_at_main();
  const Gva at = next_instruction(*s);
  const auto before = s->read_memory(0, at, 16);
  const u64 time = s->time();
  const auto code = assemble_at(*s, "mov eax, 60\n mov edi, 42\n syscall", at);
  REQUIRE(code.ok());
  const auto pokes = pokes_for(*s, at, code.sections[0].bytes);
  REQUIRE(pokes);
  for (const PokeMemory& poke : pokes.value()) s->submit(poke);
  CHECK(s->run(test::at_most(test::plenty)) == Stop::powered_off);
  CHECK(s->exit_status() == 42);
  CHECK(s->commands().size() == 1);
  REQUIRE(s->seek_time(time - 1));
  CHECK(s->read_memory(0, at, 16) == before);
  REQUIRE(s->seek_time(time + 1));
  CHECK(s->read_memory(0, at, 5) == std::vector<u8>{0xb8, 60, 0, 0, 0});
}

TEST_CASE("labels of the text are places of the program") {
  const auto s = hello_at_main();
  const Gva at = next_instruction(*s);
  const auto code = assemble_at(*s, "here: jmp here\n section .data", at);
  CHECK_FALSE(code.ok());
  const auto call = assemble_at(*s, "lea rax, [here]\n here: ret", at);
  REQUIRE(call.ok());
  CHECK(call.labels[0].value == at.value + 7);
}

TEST_CASE("bytes that cross a page become two pokes; without a frame there is an error") {
  const auto s = hello_at_main();
  const Gva page_end{(next_instruction(*s).value & ~page_mask) + page_size - 2};
  const u8 bytes[] = {1, 2, 3, 4};
  if (const auto pokes = pokes_for(*s, page_end, bytes); pokes) {
    REQUIRE(pokes.value().size() == 2);
    CHECK(pokes.value()[0].bytes == std::vector<u8>{1, 2});
    CHECK(pokes.value()[1].address.page_offset() == 0);
  }
  const auto nowhere = pokes_for(*s, {0x1000}, bytes);
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().message.find("0x1000") != std::string::npos);
}

TEST_CASE("the code that is due is explained as it is disassembled") {
  const auto s = hello_at_main();
  const Gva at = next_instruction(*s);
  const auto views = explain_code_at(*s, at, 4);
  const auto lines = s->disassembly(at, 0, 3);
  REQUIRE(views.size() == 4);
  for (size_t i = 0; i < 4; ++i) {
    CHECK(views[i].address.value == lines[i].address.value);
    CHECK(views[i].bytes == lines[i].bytes);
    u64 explained = 0;
    for (const auto& field : views[i].fields) explained += field.size;
    CHECK(explained == views[i].bytes.size());
  }
}
