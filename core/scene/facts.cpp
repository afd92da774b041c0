// SPDX-License-Identifier: MIT
#include "core/scene/facts.h"

#include <algorithm>
#include <functional>

#include "core/assembler/hex_bytes.h"
#include "core/inspect/elf.h"
#include "core/isa/disassembler.h"
#include "core/scene/words.h"

namespace lucid::scene {
namespace {

using session::Session;

bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

std::string_view take_name(std::string_view& text) {
  size_t end = 0;
  while (end < text.size() && is_name(text[end])) ++end;
  const std::string_view name = text.substr(0, end);
  text = text.substr(end);
  return name;
}

/// Up to the bracket that closes the one at the beginning; npos = there is none.
size_t closing(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted) continue;
    depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
    if (depth == 0) return i;
  }
  return std::string_view::npos;
}

std::optional<u64> field_of(const trace::Event& event, std::string_view field) {
  if (field == "time") return event.time;
  if (field == "instruction") return event.instruction;
  if (field == "pid") return event.pid;
  const trace::KindInfo& info = trace::info(event.kind);
  for (unsigned i = 0; i < std::size(event.args); ++i)
    if (field == info.arg_names[i]) return event.args[i];
  return std::nullopt;
}

u64 occurrences(const std::string& text, const std::string& part) {
  u64 count = 0;
  for (size_t at = text.find(part); !part.empty() && at != std::string::npos; at = text.find(part, at + part.size()))
    ++count;
  return count;
}

u64 count_of_named(const Session& s, const std::string& name) {
  const auto view = s.processes();
  return static_cast<u64>(
      std::count_if(view.processes.begin(), view.processes.end(), [&](const auto& p) { return p.name == name; }));
}

u64 pid_of(const Session& s, const std::string& name, u64 nth) {
  for (const auto& p : s.processes().processes)
    if (p.name == name && --nth == 0) return p.pid;
  return 0;
}

u64 of_process(const Session& s, u64 pid, const std::function<u64(const inspect::ProcessView&)>& what) {
  for (const auto& p : s.processes().processes)
    if (p.pid == pid) return what(p);
  return 0;
}

u64 of_walk(const Session& s, u64 pid, u64 address, const std::function<u64(const mem::WalkResult&)>& what) {
  const auto view = s.walk(static_cast<u32>(pid), Gva{address});
  return view.result.outcome == mem::WalkResult::Outcome::mapped ? what(view.result) : 0;
}

u64 last_entry(const Session& s, u64 pid, u64 address) {
  const auto walk = s.walk(static_cast<u32>(pid), Gva{address}).result;
  return walk.step_count ? walk.steps[walk.step_count - 1].entry : 0;
}

u64 last_entry_at(const Session& s, u64 pid, u64 address) {
  const auto walk = s.walk(static_cast<u32>(pid), Gva{address}).result;
  return walk.step_count ? walk.steps[walk.step_count - 1].entry_at.value : 0;
}

u64 vma_start(const Session& s, u64 pid, const std::string& text) {
  constexpr const char* kinds[] = {"anonymous", "text", "data", "bss", "heap", "stack", "file", "vdso"};
  for (const auto& vma : s.memory_map(static_cast<u32>(pid)).vmas) {
    const auto kind = static_cast<size_t>(vma.kind);
    const std::string name = vma.file.empty() && kind < std::size(kinds) ? kinds[kind] : vma.file;
    if (name.find(text) != std::string::npos) return vma.start.value;
  }
  return 0;
}

/// PF_R, PF_W and PF_X of a VMA's flags.
u64 access_of(u32 vma_flags) {
  return (vma_flags & abi::vma_read ? 4 : 0) | (vma_flags & abi::vma_write ? 2 : 0) |
         (vma_flags & abi::vma_exec ? 1 : 0);
}

u64 of_area(const Session& s, u64 pid, u64 address, const std::string& field) {
  for (const auto& vma : s.memory_map(static_cast<u32>(pid)).vmas) {
    if (address < vma.start.value || address >= vma.end.value) continue;
    if (field == "start") return vma.start.value;
    if (field == "end") return vma.end.value;
    if (field == "offset") return vma.file_offset;
    if (field == "access") return access_of(vma.flags);
  }
  return 0;
}

Result<inspect::ElfImage> program_file(const Session& s, const std::string& path) {
  constexpr u64 longest = u64{64} << 20;
  return inspect::read_elf(s.file_bytes(path, 0, longest));
}

u64 starts(const Session& s, const std::string& path) {
  const auto image = program_file(s, path);
  return image ? image.value().entry : 0;
}

u64 segments(const Session& s, const std::string& path) {
  const auto image = program_file(s, path);
  if (!image) return 0;
  const auto& all = image.value().segments;
  return static_cast<u64>(std::count_if(all.begin(), all.end(), [](const auto& each) { return each.type == 1; }));
}

u64 resident(const Session& s, u64 pid) {
  u64 pages = 0;
  for (const auto& vma : s.memory_map(static_cast<u32>(pid)).vmas) pages += vma.resident_pages;
  return pages;
}

/// How a function takes its arguments.
struct Function {
  const char* name;
  const char* arguments;  // one letter each: n = number (a fact), t = text in quotes; capital = may be left out
  u64 (*value)(const Session& s, const std::vector<u64>& n, const std::string& text);
};
const Function functions[] = {
    {"pid", "tN", [](const Session& s, const auto& n, const auto& t) { return pid_of(s, t, n.empty() ? 1 : n[0]); }},
    {"pids", "t", [](const Session& s, const auto&, const auto& t) { return count_of_named(s, t); }},
    {"parent", "n",
     [](const Session& s, const auto& n, const auto&) {
       return of_process(s, n[0], [](const auto& p) { return u64{p.parent_pid}; });
     }},
    {"state", "n",
     [](const Session& s, const auto& n, const auto&) {
       return of_process(s, n[0], [](const auto& p) { return static_cast<u64>(p.state); });
     }},
    {"status", "n",
     [](const Session& s, const auto& n, const auto&) {
       return of_process(s, n[0], [](const auto& p) { return u64{p.exit_status}; });
     }},
    {"processes", "", [](const Session& s, const auto&, const auto&) { return u64{s.processes().processes.size()}; }},
    {"ready", "", [](const Session& s, const auto&, const auto&) { return u64{s.processes().run_queue.size()}; }},
    {"frame", "nn",
     [](const Session& s, const auto& n, const auto&) {
       return of_walk(s, n[0], n[1], [](const auto& w) { return w.physical.frame_number(); });
     }},
    {"physical", "nn",
     [](const Session& s, const auto& n, const auto&) {
       return of_walk(s, n[0], n[1], [](const auto& w) { return w.physical.value; });
     }},
    {"page", "nn",
     [](const Session& s, const auto& n, const auto&) {
       return of_walk(s, n[0], n[1], [](const auto& w) { return w.page_bytes; });
     }},
    {"pte", "nn", [](const Session& s, const auto& n, const auto&) { return last_entry(s, n[0], n[1]); }},
    {"entry", "nn", [](const Session& s, const auto& n, const auto&) { return last_entry_at(s, n[0], n[1]); }},
    {"levels", "nn",
     [](const Session& s, const auto& n, const auto&) {
       return u64{s.walk(static_cast<u32>(n[0]), Gva{n[1]}).result.step_count};
     }},
    {"canonical", "n",
     [](const Session& s, const auto& n, const auto&) {
       return u64{s.walk(0, Gva{n[0]}).result.outcome != mem::WalkResult::Outcome::not_canonical};
     }},
    {"references", "n",
     [](const Session& s, const auto& n, const auto&) {
       const auto f = s.frames().frames;
       return n[0] < f.size() ? u64{f[n[0]].references} : 0;
     }},
    {"owners", "n",
     [](const Session& s, const auto& n, const auto&) {
       const auto f = s.frames().frames;
       return n[0] < f.size() ? u64{f[n[0]].owner_count} : 0;
     }},
    {"free", "", [](const Session& s, const auto&, const auto&) { return s.frames().free_frames; }},
    {"resident", "n", [](const Session& s, const auto& n, const auto&) { return resident(s, n[0]); }},
    {"vma", "nt", [](const Session& s, const auto& n, const auto& t) { return vma_start(s, n[0], t); }},
    {"area", "nnt", [](const Session& s, const auto& n, const auto& t) { return of_area(s, n[0], n[1], t); }},
    {"segments", "t", [](const Session& s, const auto&, const auto& t) { return segments(s, t); }},
    {"starts", "t", [](const Session& s, const auto&, const auto& t) { return starts(s, t); }},
    {"output", "t", [](const Session& s, const auto&, const auto& t) { return occurrences(s.output(0, 0), t); }},
    {"errors", "t", [](const Session& s, const auto&, const auto& t) { return occurrences(s.output(1, 0), t); }},
};

Error wrong(std::string_view what) { return {std::string(what)}; }

}  // namespace

template <typename Fn>
Result<u64> Facts::each_event(std::string_view filter, u64 from, Fn fn) const {
  auto text = plain(filter);
  if (!text) return text.error();
  auto parsed = session_.event_filter(text.value());
  if (!parsed) return wrong(parsed.error().shown(text.value()));
  session::EventFilter wants = parsed.take();
  u64 count = 0;
  session_.record().read(0, session_.events_before_now(), [&](u64 number, const trace::Event& event) {
    if (!wants.wants(event) || number < from) return;
    ++count;
    fn(number, event);
  });
  return count;
}

Result<std::optional<u64>> Facts::newest(std::string_view filter) const {
  std::optional<u64> found;
  auto count = each_event(filter, 0, [&](u64 number, const trace::Event&) { found = number; });
  if (!count) return count.error();
  return found;
}

Result<u64> Facts::call(std::string_view name, const std::vector<std::string>& arguments) const {
  const auto number_of = [](u64, const trace::Event&) {};
  if (name == "events" || name == "since") {
    if (arguments.size() != 1) return wrong("@" + std::string(name) + " takes a filter");
    return each_event(arguments[0], name == "since" ? events_before_ : 0, number_of);
  }
  if (name == "first" || name == "last") {
    if (arguments.size() != 2) return wrong("@" + std::string(name) + " takes a filter and a field");
    std::optional<u64> value;
    bool known = true;
    auto count = each_event(arguments[0], 0, [&](u64 number, const trace::Event& event) {
      if (value && name == "first") return;
      value = arguments[1] == "number" ? std::optional(number) : field_of(event, arguments[1]);
      known &= value.has_value();
    });
    if (!count) return count.error();
    if (!known) return wrong("an event has no \"" + arguments[1] + "\"");
    if (!value) return wrong("there is no such event: " + arguments[0]);
    return *value;
  }
  if (name == "assembles" || name == "disassembles") return same_code(name, arguments);
  if (name == "segment") return segment(arguments);
  if (name == "section") return section(arguments);
  for (const Function& f : functions) {
    if (name != f.name) continue;
    std::vector<u64> numbers;
    std::string text;
    const std::string_view wanted = f.arguments;
    for (size_t i = 0; i < wanted.size(); ++i) {
      const bool optional = wanted[i] == 'N';
      if (i >= arguments.size()) {
        if (optional) break;
        return wrong("@" + std::string(name) + " takes " + std::to_string(wanted.size()) + " arguments");
      }
      if (wanted[i] == 't') {
        auto quoted = unquoted(arguments[i]);
        if (!quoted) return wrong("expected a text in quotes, not " + arguments[i]);
        text = *quoted;
        continue;
      }
      auto number = value(arguments[i]);
      if (!number) return number.error();
      numbers.push_back(number.value());
    }
    if (arguments.size() > wanted.size()) return wrong("@" + std::string(name) + " takes fewer arguments");
    return f.value(session_, numbers, text);
  }
  return wrong("there is no function @" + std::string(name));
}

Result<u64> Facts::same_code(std::string_view name, const std::vector<std::string>& arguments) const {
  const auto left = arguments.size() == 2 ? unquoted(arguments[0]) : std::nullopt;
  const auto right = arguments.size() == 2 ? unquoted(arguments[1]) : std::nullopt;
  if (!left || !right) return wrong("@" + std::string(name) + " takes two texts in quotes");
  const bool assembles = name == "assembles";
  const auto bytes = assembler::parse_hex_bytes(assembles ? *right : *left);
  if (!bytes) return wrong(bytes.error().message);
  if (!assembles) {
    std::string text;
    std::span<const u8> rest = bytes.value();
    while (!rest.empty()) {
      const auto each = isa::disassemble(rest, isa::Mode::bits64, Gva{0} + (bytes.value().size() - rest.size()));
      text += (text.empty() ? "" : "; ") + each.text;
      rest = rest.subspan(each.length);
    }
    return u64{text == *right};
  }
  if (!assemble_) return wrong("nobody assembles here");
  return u64{assemble_(*left) == bytes.value()};
}

Result<u64> Facts::section(const std::vector<std::string>& arguments) const {
  const auto path = arguments.size() == 3 ? unquoted(arguments[0]) : std::nullopt;
  const auto name = arguments.size() == 3 ? unquoted(arguments[1]) : std::nullopt;
  const auto field = arguments.size() == 3 ? unquoted(arguments[2]) : std::nullopt;
  if (!path || !name || !field || (*field != "offset" && *field != "bytes"))
    return wrong("@section takes a file, a name, and \"offset\" or \"bytes\"");
  for (const auto& part : session_.elf_parts(*path).parts) {
    if (part.kind == inspect::ElfPart::Kind::section && part.name == *name)
      return *field == "offset" ? part.offset : part.size;
  }
  return wrong("there is no section " + *name + " of " + *path);
}

Result<u64> Facts::segment(const std::vector<std::string>& arguments) const {
  const auto path = arguments.size() == 3 ? unquoted(arguments[0]) : std::nullopt;
  const auto field = arguments.size() == 3 ? unquoted(arguments[2]) : std::nullopt;
  if (!path || !field) return wrong("@segment takes a file, a number and a field");
  auto number = value(arguments[1]);
  if (!number) return number.error();
  u64 left = number.value();
  for (const auto& part : session_.elf_parts(*path).parts) {
    if (part.name != "LOAD" || part.kind != inspect::ElfPart::Kind::program_header || --left != 0) continue;
    if (*field == "header") return part.offset;
    const auto image = program_file(session_, *path);
    if (!image) return wrong(image.error().message);
    left = number.value();
    for (const auto& each : image.value().segments) {
      if (each.type != 1 || --left != 0) continue;
      if (*field == "offset") return each.offset;
      if (*field == "address") return each.address;
      if (*field == "bytes") return each.file_size;
      if (*field == "memory") return each.memory_size;
      if (*field == "access") return u64{each.flags & 7};
    }
    return wrong("a segment has no \"" + *field + "\"");
  }
  return wrong("there is no such segment of " + *path);
}

Result<std::string> Facts::plain(std::string_view fact) const {
  std::string out;
  while (!fact.empty()) {
    const char c = fact.front();
    fact = fact.substr(1);
    if (c == '$') {
      const std::string name(take_name(fact));
      const auto found = names_.find(name);
      if (found == names_.end()) return wrong("nothing has said what $" + name + " is");
      out += std::to_string(found->second);
    } else if (c == '@') {
      const std::string_view name = take_name(fact);
      const size_t end = closing(fact);
      if (fact.empty() || fact.front() != '(' || end == std::string_view::npos)
        return wrong("expected @" + std::string(name) + "(…)");
      auto result = call(name, split_list(fact.substr(1, end - 1)));
      if (!result) return result.error();
      out += std::to_string(result.value());
      fact = fact.substr(end + 1);
    } else {
      out += c;
    }
  }
  return out;
}

Result<u64> Facts::value(std::string_view fact) const {
  auto text = plain(fact);
  if (!text) return text.error();
  auto result = session_.evaluate(text.value());
  if (!result) return wrong(result.error().shown(text.value()));
  if (!result.value()) return wrong("it has no value now: " + text.value());
  return *result.value();
}

}  // namespace lucid::scene
