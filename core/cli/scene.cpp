// SPDX-License-Identifier: MIT
#include "core/cli/scene.h"

#include <cstdio>

#include "core/assembler/assembler.h"
#include "core/cli/builtin.h"
#include "core/cli/drive.h"
#include "core/cli/help.h"
#include "core/cli/host_files.h"
#include "core/scene/library.h"
#include "core/scene/player.h"

namespace lucid::cli {
namespace {

constexpr u64 history_bytes = u64{64} << 20;

struct Options {
  std::string id, pack_file, language = "en";
  bool back = false, help = false;
};

Result<Options, Failure> parse(const std::vector<std::string>& arguments) {
  Options options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    const bool takes_value = word == "--pack" || word == "--lang";
    if (takes_value && i + 1 == arguments.size())
      return Failure{exit_usage, word + " needs a value; see lucid86 scene --help"};
    if (word == "--help" || word == "-h")
      options.help = true;
    else if (word == "--back")
      options.back = true;
    else if (word == "--pack")
      options.pack_file = arguments[++i];
    else if (word == "--lang")
      options.language = arguments[++i];
    else if (word.starts_with("-"))
      return Failure{exit_usage, "there is no option " + word + "; see lucid86 scene --help"};
    else if (options.id.empty())
      options.id = word;
    else
      return Failure{exit_usage, "one scene at a time; see lucid86 scene --help"};
  }
  return options;
}

void list(const scene::Library& library) {
  unsigned chapter = 0;
  for (const scene::Scene& scene : library.scenes) {
    if (scene.chapter != chapter) {
      chapter = scene.chapter;
      std::printf("%u. %s\n", chapter, library.text("chapter." + std::to_string(chapter)).c_str());
    }
    std::printf("   %-16s %s\n", scene.id.c_str(), library.of(scene, "title").c_str());
  }
}

std::vector<u8> assemble_text(std::string_view text) {
  const auto assembly = assembler::assemble(text, {});
  const auto* code = assembly.section(assembler::SectionKind::text);
  return assembly.ok() && code ? code->bytes : std::vector<u8>{};
}

/// Plays one scene and counts what is wrong.
class Showing {
 public:
  Showing(const scene::Library& library, const scene::Scene& scene, session::Session& session)
      : library_(library), scene_(scene), session_(session), player_(scene, session, assemble_text) {}

  int forwards() {
    std::printf("%s (chapter %u)\n", library_.of(scene_, "title").c_str(), scene_.chapter);
    for (size_t beat = 0; beat < scene_.beats.size(); ++beat) {
      if (auto done = player_.go_to(beat); !done) {
        std::printf("FAILED %s\n", done.error().message.c_str());
        return wrong_ + 1;
      }
      hashes_.push_back(session_.state_hash());
      tell(beat);
    }
    return wrong_;
  }

  /// Every beat once more, from the last to the first and across: always the same state.
  int backwards() {
    const size_t count = hashes_.size();
    for (size_t i = 0; i < 2 * count; ++i) {
      const size_t beat = i < count ? count - 1 - i : (i * 7) % count;
      const bool there = player_.go_to(beat).ok() && session_.state_hash() == hashes_[beat] && player_.on_rails();
      wrong_ += !there;
      if (!there) std::printf("FAILED beat %zu is another state when it is come back to\n", beat + 1);
    }
    std::printf("%zu beats gone back to\n", count);
    return wrong_;
  }

 private:
  void tell(size_t beat) {
    std::printf("%2zu/%zu  %s\n", beat + 1, scene_.beats.size(), library_.of(scene_, beat).c_str());
    const auto answer = player_.answer();
    if (!answer) {
      fail(answer.error().message);
    } else if (answer.value()) {
      std::printf("      answer: %llu. %s\n", static_cast<unsigned long long>(answer.value()),
                  library_.of(scene_, scene_.asked_before(beat), "choice." + std::to_string(answer.value())).c_str());
    }
    if (const std::string& note = library_.of(scene_, beat, "note"); !note.empty())
      std::printf("      note: %s\n", note.c_str());
    for (const scene::CheckResult& check : player_.checks()) {
      if (check.good)
        std::printf("      ok     %s\n", check.fact.c_str());
      else
        fail(check.fact + "   (" + check.why_not + ")");
    }
    if (const auto lights = player_.lights(); !lights) fail("light: " + lights.error().message);
    if (!scene_.beats[beat].choices) return;
    std::printf("      question: %s\n", library_.of(scene_, beat, "question").c_str());
    for (unsigned i = 1; i <= scene_.beats[beat].choices; ++i)
      std::printf("        %u. %s\n", i, library_.of(scene_, beat, "choice." + std::to_string(i)).c_str());
  }
  void fail(const std::string& what) {
    std::printf("      FAILED %s\n", what.c_str());
    ++wrong_;
  }

  const scene::Library& library_;
  const scene::Scene& scene_;
  session::Session& session_;
  scene::Player player_;
  std::vector<u64> hashes_;
  int wrong_ = 0;
};

}  // namespace

int scene_command(const std::vector<std::string>& arguments) {
  auto parsed = parse(arguments);
  if (!parsed) return complain(parsed.error());
  const Options& options = parsed.value();
  if (options.help) return std::fputs(scene_help, stdout) < 0 ? exit_host : 0;
  std::vector<u8> bytes;
  if (!options.pack_file.empty()) {
    auto read = read_file(options.pack_file);
    if (!read) return complain({exit_bad_input, read.error().message});
    bytes = read.take();
  }
  const std::span<const u8> pack = options.pack_file.empty() ? builtin_scenes() : std::span<const u8>(bytes);
  auto library = scene::open_library({reinterpret_cast<const char*>(pack.data()), pack.size()}, options.language);
  if (!library) return complain({exit_bad_input, library.error().message});
  if (options.id.empty()) return list(library.value()), 0;
  const scene::Scene* scene = library.value().find(options.id);
  if (!scene) return complain({exit_bad_input, "there is no scene \"" + options.id + "\"; lucid86 scene lists all"});
  auto session = scene::open_session(*scene, {builtin_kernel(), builtin_root(), library.value().firmware}, history_bytes);
  if (!session) return complain({exit_bad_input, session.error().message});
  (void)session.value()->set_source_pack(builtin_source_pack()).ok();
  Showing showing(library.value(), *scene, *session.value());
  int wrong = showing.forwards();
  if (options.back && !wrong) wrong = showing.backwards();
  return wrong ? 1 : 0;
}

}  // namespace lucid::cli
