// SPDX-License-Identifier: MIT
#include "core/scene/scene.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/assembler/hex_bytes.h"
#include "core/scene/words.h"
#include "core/session/grain.h"

namespace lucid::scene {
namespace {

constexpr std::array<std::string_view, 9> light_names = {"address", "page",  "entry", "frame",   "physical",
                                                         "process", "event", "file",  "register"};

constexpr std::string_view scene_words =
    "chapter, order, run, shell, memory, options, swap, root-on-disk, boots-from-disk, no-files, picture, view or beat";
constexpr std::string_view beat_words =
    "until, step, run, idle, end, type, keys, nmi, poke, set, let, view, light, check, ask, answer or beat";
constexpr std::string_view grain_words =
    "instruction, syscall, fault, interrupt, switch, process, line, line-over, out or return";

class Parser {
 public:
  Parser(std::string_view text, std::string id) : text_(text) {
    scene_.id = std::move(id), scene_.file = scene_.id + ".scene";
  }

  Result<Scene, SceneError> parse() {
    while (!text_.empty() && error_.empty()) {
      line_++;
      std::string_view line = trimmed(take_line(text_));
      if (line.empty() || line.front() == '#') continue;
      const std::string_view word = take_word(line);
      if (!scene_line(word, line) && !beat_line(word, line))
        expected(scene_.beats.empty() ? scene_words : beat_words, word);
    }
    if (error_.empty() && scene_.beats.empty()) fail("a scene needs a beat");
    if (error_.empty() && !scene_.chapter) fail("a scene needs \"chapter N\"");
    if (error_.empty() && scene_.picture > scene_.beats.size())
      fail("there is no beat " + std::to_string(scene_.picture) + " for the picture");
    check_questions();
    if (!error_.empty()) return SceneError{error_};
    return std::move(scene_);
  }

 private:
  void fail(const std::string& what) {
    if (error_.empty()) error_ = scene_.file + ":" + std::to_string(line_) + ": " + what;
  }
  void expected(std::string_view what, std::string_view found) {
    std::string shown(found.substr(0, 40));
    for (char& c : shown) c = static_cast<u8>(c) < ' ' ? '?' : c;
    fail("expected " + std::string(what) + ", not \"" + shown + "\"");
  }
  u64 number(std::string_view text, u64 least, u64 most) {
    const std::optional<u64> value = decimal(text);
    if (value && *value >= least && *value <= most) return *value;
    expected("a number from " + std::to_string(least) + " to " + std::to_string(most), text);
    return least;
  }
  std::string needed(std::string_view rest, const char* what) {
    if (rest.empty()) fail(std::string("expected ") + what);
    return std::string(rest);
  }

  std::string quoted(std::string_view rest) {
    const auto text = unquoted(rest);
    if (!text) fail("expected a text in quotes");
    return text.value_or("");
  }

  bool scene_line(std::string_view word, std::string_view rest) {
    if (!scene_.beats.empty()) return false;
    if (word == "chapter")
      scene_.chapter = static_cast<unsigned>(number(rest, 1, 7));
    else if (word == "order")
      scene_.order = static_cast<unsigned>(number(rest, 1, 999));
    else if (word == "run")
      scene_.program = words(needed(rest, "a program"));
    else if (word == "shell")
      scene_.program.clear();
    else if (word == "memory")
      scene_.memory_mib = number(rest, 8, 2048);
    else if (word == "swap")
      scene_.swap_mib = number(rest, 1, 1024);
    else if (word == "root-on-disk" && rest.empty())
      scene_.root_on_disk = true;
    else if (word == "boots-from-disk" && rest.empty())
      scene_.boots_from_disk = true;
    else if (word == "no-files" && rest.empty())
      scene_.no_files = true;
    else if (word == "picture")
      scene_.picture = static_cast<unsigned>(number(rest, 1, 999));
    else if (word == "options")
      scene_.kernel_options = rest;
    else if (word == "view")
      scene_.first_view = needed(rest, "LENS/VIEW");
    else
      return false;
    return true;
  }

  bool beat_line(std::string_view word, std::string_view rest) {
    if (word == "beat") {
      if (!rest.empty()) fail("nothing is expected behind beat");
      scene_.beats.emplace_back();
      scene_.beats.back().line = line_;
      return true;
    }
    if (scene_.beats.empty()) return false;
    Beat& beat = scene_.beats.back();
    if (word == "view")
      beat.view = needed(rest, "LENS/VIEW");
    else if (word == "assemble" || word == "disassemble")
      beat.source = {quoted(rest), word == "disassemble"};
    else if (word == "check")
      beat.checks.push_back({needed(rest, "a fact"), line_});
    else if (word == "light")
      add_light(beat, rest);
    else if (word == "ask")
      beat.choices = static_cast<unsigned>(number(rest, 2, 9));
    else if (word == "answer")
      beat.answer = needed(rest, "a fact");
    else
      return action(beat, word, rest);
    return true;
  }

  /// Each question has one answer, before the next one is asked.
  void check_questions() {
    bool open = false;
    for (size_t i = 0; i < scene_.beats.size(); ++i) {
      const std::string beat = "beat " + std::to_string(i + 1);
      line_ = scene_.beats[i].line;
      if (!scene_.beats[i].answer.empty() && !open) fail(beat + " answers what nobody asked");
      open &= scene_.beats[i].answer.empty();
      if (scene_.beats[i].choices && open) fail(beat + " asks before the last question is answered");
      open |= scene_.beats[i].choices != 0;
    }
    if (open) fail("the last question is never answered");
  }

  void add_light(Beat& beat, std::string_view rest) {
    const std::string_view name = take_word(rest);
    for (size_t i = 0; i < light_names.size(); ++i) {
      if (name != light_names[i]) continue;
      beat.lights.push_back({static_cast<LightKind>(i), split_list(rest)});
      return;
    }
    expected("address, page, entry, frame, physical, process, event, file or register", name);
  }

  bool action(Beat& beat, std::string_view word, std::string_view rest) {
    using Kind = Action::Kind;
    Action action;
    action.line = line_;
    if (word == "until") {
      action.kind = Kind::until;
      std::string_view after = rest;
      if (const auto times = decimal(take_word(after)); times && !after.empty()) action.count = *times, rest = after;
      action.text = needed(rest, "an expression");
    } else if (word == "step") {
      action.kind = Kind::step;
      action.text = take_word(rest);
      if (!grain_named(action.text)) expected(grain_words, action.text);
      if (!rest.empty()) action.count = number(rest, 1, 1'000'000);
    } else if (word == "run") {
      action.kind = Kind::run;
      action.count = number(rest, 1, 1'000'000'000);
    } else if (word == "idle" || word == "end" || word == "nmi") {
      action.kind = word == "idle" ? Kind::idle : word == "end" ? Kind::end : Kind::nmi;
      if (!rest.empty()) fail("nothing is expected behind " + std::string(word));
    } else if (word == "type") {
      action.kind = Kind::type;
      action.text = quoted(rest);
    } else if (word == "patch") {
      action.kind = Kind::patch;
      const auto bytes = assembler::parse_hex_bytes(quoted(rest));
      if (!bytes) fail(bytes.error().message);
      if (bytes) action.text.assign(bytes.value().begin(), bytes.value().end());
    } else if (word == "keys") {
      action.kind = Kind::keys;
      for (const std::string& code : words(rest)) {
        const auto value = hexadecimal(code);
        if (!value || *value > 255) expected("scan codes from 00 to ff", code);
        action.text += static_cast<char>(value.value_or(0));
      }
    } else if (word == "poke" || word == "set" || word == "let") {
      action.kind = word == "poke" ? Kind::poke : word == "set" ? Kind::set : Kind::let;
      const auto [name, value] = sides(rest);
      action.text = needed(name, "a name"), action.value = needed(value, "= and a value");
    } else {
      return false;
    }
    beat.actions.push_back(std::move(action));
    return true;
  }

  std::string_view text_;
  unsigned line_ = 0;
  Scene scene_;
  std::string error_;
};

}  // namespace

size_t Scene::asked_before(size_t beat) const {
  while (beat > 0 && !beats[beat - 1].choices) --beat;
  return beat ? beat - 1 : 0;
}

const std::string& Scene::view_at(size_t beat) const {
  for (size_t i = std::min(beat + 1, beats.size()); i-- > 0;)
    if (!beats[i].view.empty()) return beats[i].view;
  return first_view;
}

const Source* Scene::source_at(size_t beat) const {
  for (size_t i = std::min(beat + 1, beats.size()); i-- > 0;)
    if (!beats[i].source.text.empty()) return &beats[i].source;
  return nullptr;
}

Result<Scene, SceneError> parse_scene(std::string_view text, std::string id) {
  return Parser(text, std::move(id)).parse();
}

}  // namespace lucid::scene
