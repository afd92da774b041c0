// SPDX-License-Identifier: MIT
// What is said of scene files that are wrong, and that a reader may do anything at a beat and come back.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/scene/library.h"
#include "core/scene/player.h"
#include "session_rig.h"

using namespace lucid;
using namespace lucid::scene;

namespace {

std::string error_of(const std::string& text) {
  const auto scene = parse_scene(text, "bad");
  return scene ? "" : scene.error().message;
}

/// With a good beginning, so that `line` is the sixth.
std::string error_of_line(const std::string& line) {
  return error_of("# comment\nchapter 1\norder 1\nrun hello\nbeat\n" + line + "\n");
}

const Library& library() {
  static const Library library = [] {
    static const auto pack = test::bytes_of(LUCID_SCENES);
    auto opened = open_library({reinterpret_cast<const char*>(pack.data()), pack.size()});
    REQUIRE_MESSAGE(opened.ok(), opened.error().message);
    return opened.take();
  }();
  return library;
}

std::string library_error(const std::string& pack) {
  const auto opened = open_library(pack);
  return opened ? "" : opened.error().message;
}

constexpr const char* small_scene = "=== a.scene\nchapter 1\norder 1\nshell\nbeat\n  idle\n";

}  // namespace

TEST_CASE("a wrong line is told with its number and what was expected") {
  constexpr const char* beat_lines =
      "until, step, run, idle, end, type, keys, nmi, poke, set, let, view, light, check, ask, answer or beat";
  CHECK(error_of_line("jump 3") == "bad.scene:6: expected " + std::string(beat_lines) + ", not \"jump\"");
  CHECK(error_of_line("chapter 2").starts_with("bad.scene:6: expected until, "));
  CHECK(error_of("colour red\n") ==
        "bad.scene:1: expected chapter, order, run, shell, memory, options, swap, root-on-disk, boots-from-disk, "
        "no-files, picture, view or beat, not \"colour\"");
  CHECK(error_of("chapter nine\n") == "bad.scene:1: expected a number from 1 to 7, not \"nine\"");
  CHECK(error_of("\n\nchapter 8\n") == "bad.scene:3: expected a number from 1 to 7, not \"8\"");
  CHECK(error_of("memory 4\n") == "bad.scene:1: expected a number from 8 to 2048, not \"4\"");
  CHECK(error_of("memory 99999999999999999999\n").starts_with("bad.scene:1: expected a number from 8 to 2048"));
  CHECK(error_of("chapter 1\npicture 2\nbeat\n") == "bad.scene:3: there is no beat 2 for the picture");
  CHECK(error_of("run\n") == "bad.scene:1: expected a program");
  CHECK(error_of("chapter 1\n") == "bad.scene:1: a scene needs a beat");
  CHECK(error_of("beat\nidle\n") == "bad.scene:2: a scene needs \"chapter N\"");
  CHECK(error_of("beat now\n") == "bad.scene:1: nothing is expected behind beat");
  CHECK(error_of_line("until") == "bad.scene:6: expected an expression");
  CHECK(error_of_line("step far") ==
        "bad.scene:6: expected instruction, syscall, fault, interrupt, switch, process, line, line-over, out or "
        "return, not \"far\"");
  CHECK(error_of_line("step instruction 0") == "bad.scene:6: expected a number from 1 to 1000000, not \"0\"");
  CHECK(error_of_line("idle now") == "bad.scene:6: nothing is expected behind idle");
  CHECK(error_of_line("type hello") == "bad.scene:6: expected a text in quotes");
  CHECK(error_of_line("type \"hello") == "bad.scene:6: expected a text in quotes");
  CHECK(error_of_line("type \"\\xq\"") == "bad.scene:6: expected a text in quotes");
  CHECK(error_of_line("keys 1e 1ff") == "bad.scene:6: expected scan codes from 00 to ff, not \"1ff\"");
  CHECK(error_of_line("let page") == "bad.scene:6: expected = and a value");
  CHECK(error_of_line("light lamp 3") ==
        "bad.scene:6: expected address, page, entry, frame, physical, process, event, file or register, not \"lamp\"");
  CHECK(error_of_line("check") == "bad.scene:6: expected a fact");
  CHECK(error_of_line("ask 1") == "bad.scene:6: expected a number from 2 to 9, not \"1\"");
  CHECK(error_of_line("answer 1") == "bad.scene:5: beat 1 answers what nobody asked");
  CHECK(error_of_line("ask 2") == "bad.scene:5: the last question is never answered");
  CHECK(error_of_line("ask 2\nbeat\nask 3") == "bad.scene:7: beat 2 asks before the last question is answered");
}

TEST_CASE("any bytes are one line of error, or a scene") {
  const std::string good =
      "chapter 1\norder 2\nshell\nbeat\n  until 3 event fork\n  type \"a\\n\"\n  ask 2\nbeat\n"
      "  light page 1, [rsp + 8]\n  answer 1\n";
  REQUIRE(error_of(good) == "");
  u64 random = 1;
  for (int i = 0; i < 20'000; ++i) {
    std::string bad = good;
    for (int k = 0; k < 3; ++k) {
      random = random * 6364136223846793005 + 1442695040888963407;
      bad[(random >> 33) % bad.size()] = static_cast<char>(random >> 56);
    }
    const std::string error = error_of(bad);
    CHECK((error.empty() || error.starts_with("bad.scene:")));
    CHECK(error.find_first_of("\r\n") == std::string::npos);
  }
}

TEST_CASE("what is wrong with a pack") {
  const std::string strings = "=== strings/en.txt\nchapter.1 = One\na.title = A\na.1 = Caption.\n";
  CHECK(library_error(small_scene + strings) == "");
  CHECK(library_error("nonsense") == "the pack of scenes is damaged");
  CHECK(library_error(small_scene) == "there are no strings in the language \"en\"");
  CHECK(library_error(small_scene + std::string("=== strings/en.txt\nchapter.1 = One\na.title = A\n")) ==
        "strings/en.txt: the text of \"a.1\" is missing");
  CHECK(library_error(small_scene + strings + "a.2 = More.\n") == "strings/en.txt: nothing needs \"a.2\"");
  CHECK(library_error(small_scene + strings + "a.1 = Again.\n") == "strings/en.txt:4: \"a.1\" is there already");
  CHECK(library_error(small_scene + strings + "no text\n") == "strings/en.txt:4: expected \"key = text\"");
  CHECK(library_error(small_scene + strings + "=== firmware/bios.bin\nfaxc\n") ==
        "firmware/bios.bin in the pack of scenes is damaged");
  CHECK(library_error("=== a.scene\nbeet\n" + strings).starts_with("a.scene:1: expected chapter, "));
}

TEST_CASE("a scene that cannot be played says which line waits in vain") {
  const auto played = [](const std::string& beat) {
    const auto scene = parse_scene("chapter 1\norder 1\nrun true\nbeat\n" + beat + "\n", "bad");
    REQUIRE(scene.ok());
    const auto session = open_session(scene.value(), {test::kernel(), test::root(), library().firmware}, 1 << 20);
    REQUIRE(session.ok());
    Player player(scene.value(), *session.value());
    const auto done = player.next();
    return done ? "" : done.error().message;
  };
  CHECK(played("  idle").starts_with("bad.scene:5: the machine never waits"));
  CHECK(played("  end\n  let a = $b") == "bad.scene:6: nothing has said what $b is");
  CHECK(played("  let a = @nothing(1)") == "bad.scene:5: there is no function @nothing");
  CHECK(played("  let a = @frame(1)") == "bad.scene:5: @frame takes 2 arguments");
  CHECK(played("  set rxx = 1") == "bad.scene:5: there is no register \"rxx\"");
  CHECK(played("  end\n  until event fork") == "bad.scene:6: it does not become true: event fork");
  CHECK(played("  until event frok").starts_with("bad.scene:5: "));
}

namespace {

/// What a reader does at a beat, and how far the machine goes on afterwards.
struct Deed {
  const char* name;
  void (*act)(session::Session& session);
};

void poke_entry(session::Session& session) {
  const auto walk = session.walk(0, Gva{session.registers().state.gpr[4]}).result;  // of the page RSP is in
  if (!walk.step_count) return;
  const auto& step = walk.steps[walk.step_count - 1];
  session.submit(session::poke_u64(step.entry_at, step.entry & ~u64{2}));
}

const Deed deeds[] = {
    {"steps", [](session::Session& s) { s.step_forward(session::Grain::instruction, 1); }},
    {"types",
     [](session::Session& s) {
       s.submit(session::SerialInput{0, {'p', 's', '\n'}});
     }},
    {"presses a key",
     [](session::Session& s) {
       s.submit(session::KeyInput{{0x1e, 0x9e}});
     }},
    {"clears W of the stack's page", poke_entry},
    {"sets a register",
     [](session::Session& s) {
       s.submit(session::PokeRegister{session::PokeRegister::Which::gpr, 0, 0x1234});
     }},
    {"changes the scheduler", [](session::Session& s) { s.submit(session::ChangeSettings{"sched=fair hz=1000"}); }},
    {"presses NMI", [](session::Session& s) { s.submit(session::PressNmi{}); }},
};

}  // namespace

TEST_CASE("what is poked while the machine rests is undone by coming back to the beat") {
  const auto scene = parse_scene("chapter 1\norder 1\nshell\nbeat\n  idle\nbeat\n  type \"ls\\n\"\n  idle\n", "rest");
  REQUIRE(scene.ok());
  const auto session = open_session(scene.value(), {test::kernel(), test::root(), library().firmware}, u64{64} << 20);
  REQUIRE(session.ok());
  Player player(scene.value(), *session.value());
  for (const size_t beat : {size_t{0}, size_t{1}}) {
    REQUIRE(player.go_to(beat).ok());
    const u64 hash = session.value()->state_hash();
    session.value()->submit(session::PokeRegister{session::PokeRegister::Which::gpr, 0, 0x1234});
    session.value()->run(test::at_most(20'000));
    CHECK(session.value()->state_hash() != hash);
    REQUIRE(player.go_to(beat).ok());
    CHECK(session.value()->state_hash() == hash);
    CHECK(player.on_rails());
  }
}

TEST_CASE("at any beat the reader may do anything and come back") {
  for (const Scene& scene : library().scenes) {
    CAPTURE(scene.id);
    const auto opened = open_session(scene, {test::kernel(), test::root(), library().firmware}, u64{64} << 20);
    REQUIRE(opened.ok());
    session::Session& session = *opened.value();
    Player player(scene, session);
    std::vector<u64> hashes;
    for (size_t beat = 0; beat < scene.beats.size(); ++beat) {
      REQUIRE(player.go_to(beat).ok());
      hashes.push_back(session.state_hash());
    }
    const size_t beats = scene.beats.size();
    for (size_t k = 0; k < std::size(deeds); ++k) {
      const size_t beat = (k * 5 + scene.order) % beats;
      CAPTURE(beat);
      CAPTURE(deeds[k].name);
      REQUIRE(player.go_to(beat).ok());
      REQUIRE(session.state_hash() == hashes[beat]);
      CHECK(player.on_rails());
      session.forget_future();
      deeds[k].act(session);
      session.run(test::at_most(20'000));
      CHECK((!player.on_rails() || session.state_hash() == hashes[beat]));
      REQUIRE(player.go_to(beat).ok());
      CHECK(session.state_hash() == hashes[beat]);
      CHECK(player.on_rails());
      // What was done is no part of the beats to come.
      const size_t after = std::min(beat + 1, beats - 1);
      REQUIRE(player.go_to(after).ok());
      CHECK(session.state_hash() == hashes[after]);
    }
  }
}

TEST_CASE("other arguments for the program, and the scene's again") {
  const Scene* scene = library().find("new-stack");
  REQUIRE(scene);
  const auto opened = open_session(*scene, {test::kernel(), test::root(), library().firmware}, u64{64} << 20);
  REQUIRE(opened.ok());
  session::Session& session = *opened.value();
  Player player(*scene, session);
  REQUIRE(player.go_to(2).ok());
  const u64 hash = session.state_hash();
  const u64 strings = session.evaluate("[rsp + 8]").value().value();
  const auto word = session.walk(0, Gva{strings + 5}).result.physical;  // "one" of: echo one two
  session.submit(session::PokeMemory{word, {'S', 'I', 'X'}});
  session.run(test::at_most(test::plenty));
  CHECK(session.output(0, 0).find("SIX two") != std::string::npos);
  REQUIRE(player.go_to(2).ok());
  CHECK(session.state_hash() == hash);
  session.forget_future();
  session.run(test::at_most(test::plenty));
  CHECK(session.output(0, 0).find("one two") != std::string::npos);
}
