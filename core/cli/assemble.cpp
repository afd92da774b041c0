// SPDX-License-Identifier: MIT
#include "core/cli/assemble.h"

#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <optional>

#include "core/assembler/hex_bytes.h"
#include "core/assembler/program.h"
#include "core/cli/drive.h"
#include "core/cli/help.h"
#include "core/cli/host_files.h"
#include "core/cli/option_table.h"
#include "core/cli/output_file.h"
#include "core/inspect/instruction_fields.h"

namespace lucid::cli {
namespace {

struct AssembleOptions {
  std::vector<std::string> texts;  // -e
  std::string output;              // -o: a program; "" = a listing
  isa::Mode mode = isa::Mode::bits64;
  u64 address = 0;
  bool plain = false;  // bytes alone
  bool help = false;
};

Problem set_bits(AssembleOptions& options, const std::string& value) {
  if (value == "16") return options.mode = isa::Mode::bits16, std::nullopt;
  if (value == "32") return options.mode = isa::Mode::bits32, std::nullopt;
  if (value == "64") return options.mode = isa::Mode::bits64, std::nullopt;
  return "code is of 16, 32 or 64 bits";
}
Problem set_address(AssembleOptions& options, const std::string& value) {
  char* end = nullptr;
  options.address = std::strtoull(value.c_str(), &end, 0);
  if (value.empty() || *end != '\0') return "an address is a number such as 0x401000, not " + value;
  return std::nullopt;
}
Problem set_help(AssembleOptions& options, const std::string&) { return options.help = true, std::nullopt; }
Problem add_text(AssembleOptions& options, const std::string& value) {
  return options.texts.push_back(value), std::nullopt;
}
Problem set_output(AssembleOptions& options, const std::string& value) { return options.output = value, std::nullopt; }
Problem set_plain(AssembleOptions& options, const std::string&) { return options.plain = true, std::nullopt; }

constexpr Option<AssembleOptions> common_options[] = {
    {"--bits", Takes::value, set_bits},   {"--at", Takes::value, set_address}, {"--bytes", Takes::nothing, set_plain},
    {"--help", Takes::nothing, set_help}, {"-h", Takes::nothing, set_help},
};
constexpr Option<AssembleOptions> asm_options[] = {{"-e", Takes::value, add_text}, {"-o", Takes::value, set_output}};

std::string standard_input() { return {std::istreambuf_iterator<char>(std::cin), {}}; }

Result<std::string, Failure> read_text(const std::string& path) {
  if (path == "-") return standard_input();
  auto bytes = read_file(path);
  if (!bytes) return Failure{exit_bad_input, bytes.error().message};
  return std::string(bytes.value().begin(), bytes.value().end());
}

int print_errors(const std::string& name, const std::vector<assembler::Diagnostic>& errors) {
  for (const auto& error : errors) std::fprintf(stderr, "%s:%s\n", name.c_str(), error.text().c_str());
  return exit_bad_input;
}

std::string bytes_text(const u8* bytes, u64 size) {
  std::string out;
  char pair[4];
  for (u64 i = 0; i < size; ++i) {
    std::snprintf(pair, sizeof pair, i ? " %02x" : "%02x", bytes[i]);
    out += pair;
  }
  return out;
}

/// Each line of the text behind its address and bytes, eight to a line.
void print_listing(const std::string& text, const assembler::Assembly& assembly) {
  constexpr u64 across = 8, most = 64;
  size_t piece = 0, at = 0;
  for (u32 line = 1; at < text.size(); ++line) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string source = text.substr(at, end - at);
    at = end + 1;
    if (piece == assembly.pieces.size() || assembly.pieces[piece].line != line) {
      std::printf("%*s%s\n", 36, "", source.c_str());
      continue;
    }
    const assembler::Piece& it = assembly.pieces[piece++];
    const assembler::Section* section = assembly.section(it.section);
    for (u64 done = 0; done < it.size && done < most; done += across) {
      const u64 count = std::min(across, it.size - done);
      const bool empty = section->bytes.empty();
      const std::string bytes = empty ? std::to_string(it.size) + " bytes"
                                      : bytes_text(&section->bytes[it.address - section->address + done], count);
      std::printf("%8llx  %-24s  %s\n", static_cast<unsigned long long>(it.address + done), bytes.c_str(),
                  done ? "" : source.c_str());
      if (empty) break;
    }
    if (it.size > most) std::printf("%10s... %llu bytes in all\n", "", static_cast<unsigned long long>(it.size));
  }
}

int write_program(const AssembleOptions& options, const std::string& name, const std::string& text) {
  const auto program = assembler::make_program(text);
  if (!program.assembly.ok()) return print_errors(name, program.assembly.errors);
  auto file = OutputFile::create(options.output);
  if (!file) return complain({exit_host, file.error().message});
  file.value().write({reinterpret_cast<const char*>(program.elf.data()), program.elf.size()});
  file.value().flush();
  if (file.value().error() != 0) return complain({exit_host, options.output + " cannot be written"});
  if (options.output != "-") chmod(options.output.c_str(), 0755);
  return 0;
}

void print_fields(const inspect::InstructionView& view) {
  std::printf("%8llx  %-32s  %s\n", static_cast<unsigned long long>(view.address.value),
              bytes_text(view.bytes.data(), view.bytes.size()).c_str(), view.text.c_str());
  for (const auto& field : view.fields) {
    std::printf("          %-14s %-24s %s\n", field.name.c_str(),
                bytes_text(&view.bytes[field.offset], field.size).c_str(), field.meaning.c_str());
    for (const auto& bits : field.bits) {
      std::string digits;
      for (int bit = bits.high - bits.low; bit >= 0; --bit) digits += (bits.value >> bit & 1) ? '1' : '0';
      std::printf("            %-8s = %-5s               %s\n", bits.name.c_str(), digits.c_str(),
                  bits.meaning.c_str());
    }
  }
}

}  // namespace

int asm_command(const std::vector<std::string>& arguments) {
  AssembleOptions options;
  const auto first =
      parse_options<AssembleOptions>("asm", arguments, options, std::span<const Option<AssembleOptions>>(asm_options),
                                     std::span<const Option<AssembleOptions>>(common_options));
  if (!first) return complain(first.error());
  if (options.help) return std::fputs(asm_help, stdout) < 0 ? exit_host : 0;
  std::vector<std::string> files(arguments.begin() + static_cast<std::ptrdiff_t>(first.value()), arguments.end());
  // Options may also follow the file.
  if (files.size() > 1) {
    std::vector<std::string> again(files.begin() + 1, files.end());
    const auto rest =
        parse_options<AssembleOptions>("asm", again, options, std::span<const Option<AssembleOptions>>(asm_options),
                                       std::span<const Option<AssembleOptions>>(common_options));
    if (!rest) return complain(rest.error());
    if (rest.value() == again.size()) files.resize(1);
  }
  std::string text, name = "-e";
  if (options.texts.empty()) {
    if (files.size() != 1) return complain({exit_usage, "asm takes one FILE (\"-\" is standard input), or -e TEXT"});
    auto read = read_text(files[0]);
    if (!read) return complain(read.error());
    text = read.take();
    name = files[0];
  } else if (!files.empty()) {
    return complain({exit_usage, "asm takes a FILE or -e TEXT, not both"});
  }
  for (const std::string& line : options.texts) text += line + "\n";
  if (!options.output.empty()) return write_program(options, name, text);
  const auto assembly = assembler::assemble(text, {.mode = options.mode, .origin = options.address});
  if (!assembly.ok()) return print_errors(name, assembly.errors);
  if (!options.plain) return print_listing(text, assembly), 0;
  for (const auto& section : assembly.sections)
    if (!section.bytes.empty()) std::printf("%s\n", bytes_text(section.bytes.data(), section.bytes.size()).c_str());
  return 0;
}

int disasm_command(const std::vector<std::string>& arguments) {
  AssembleOptions options;
  const auto first = parse_options<AssembleOptions>("disasm", arguments, options,
                                                    std::span<const Option<AssembleOptions>>(common_options));
  if (!first) return complain(first.error());
  if (options.help) return std::fputs(disasm_help, stdout) < 0 ? exit_host : 0;
  if (first.value() == arguments.size())
    return complain(
        {exit_usage, "disasm takes bytes: lucid86 disasm 05 00 02 00 00; \"-\" reads them from standard input"});
  std::string text;
  for (size_t i = first.value(); i < arguments.size(); ++i)
    text += arguments[i] == "-" ? standard_input() : arguments[i] + " ";
  const auto bytes = assembler::parse_hex_bytes(text);
  if (!bytes) return print_errors("disasm", {bytes.error()});
  for (const auto& view : inspect::explain_code(bytes.value(), options.mode, {options.address}, ~u64{0})) {
    if (options.plain)
      std::printf("%s\n", view.text.c_str());
    else
      print_fields(view);
  }
  return 0;
}

bool is_assembly_name(const std::string& path) {
  const auto ends = [&](const std::string& end) {
    return path.size() > end.size() && path.compare(path.size() - end.size(), end.size(), end) == 0;
  };
  return ends(".asm") || ends(".s");
}

Result<std::vector<u8>, Failure> assemble_program(const std::string& path, const std::vector<u8>& text) {
  auto program = assembler::make_program({reinterpret_cast<const char*>(text.data()), text.size()});
  if (program.assembly.ok()) return std::move(program.elf);
  std::string message;
  for (const auto& error : program.assembly.errors)
    message += (message.empty() ? "" : "\n") + path + ":" + error.text();
  return Failure{exit_bad_input, message};
}

}  // namespace lucid::cli
