// SPDX-License-Identifier: MIT
// Facts: expressions (core/session/expression.h) of the present moment in which $name stands for a number
// remembered by `let`, and @function(…) for one that a view shows:
//
//   @events(FILTER)  @since(FILTER)          events so far, since the beat before: how many the filter wants
//   @first(FILTER, FIELD)  @last(FILTER, FIELD)    of the oldest or newest of them: an argument by its name, or
//                                            time, instruction, pid, number
//   @pid("NAME"[, N])  @pids("NAME")         the N-th process of that name by PID (1 unless said; 0 = there is none);
//                                            how many there are
//   @parent(PID)  @state(PID)  @status(PID)  of a process; state as abi::TaskState
//   @processes()  @ready()                   how many there are, and how many wait for the processor
//   @frame(PID, ADDRESS)  @pte(PID, ADDRESS)  @entry(PID, ADDRESS)  @physical(PID, ADDRESS)  @page(PID, ADDRESS)
//                                            by the page walk: frame number, the last entry and where in RAM it lies,
//                                            physical address, bytes of the page; 0 when nothing is mapped
//   @levels(PID, ADDRESS)  @canonical(ADDRESS)    tables that the walk looks into; 0 = the walk does not even begin
//   @references(FRAME)  @owners(FRAME)       the kernel's count; processes that map it
//   @free()                                  free frames
//   @resident(PID)                           pages of all VMAs that are in memory
//   @vma(PID, "TEXT")                        where the first VMA whose file or kind contains the text begins
//   @area(PID, ADDRESS, "FIELD")             of the VMA there: start, end, offset in its file, access (as PF_R …: 4 r,
//                                            2 w, 1 x); 0 when there is none
//   @segments("FILE")                        how many PT_LOADs a file has
//   @segment("FILE", N, "FIELD")             of its N-th: offset, address, bytes (in the file), memory, access, and
//                                            header, where in the file it is described
//   @section("FILE", "NAME", "FIELD")        of a section: offset, bytes
//   @starts("FILE")                          where the program begins
//   @assembles("TEXT", "BYTES")              the text's bytes are these; not in the page, which has no assembler at
//   hand
//   @disassembles("BYTES", "TEXT")
//   @output("TEXT")  @errors("TEXT")         how often it stands in what COM1 and COM2 have sent
#pragma once
#include <functional>
#include <map>
#include <string>

#include "core/scene/scene.h"
#include "core/session/session.h"

namespace lucid::scene {

/// The bytes of an assembly text at address 0; empty when it has errors.
using Assemble = std::function<std::vector<u8>(std::string_view text)>;
using Names = std::map<std::string, u64>;

class Facts {
 public:
  Facts(const session::Session& session, const Names& names, u64 events_before, const Assemble& assemble)
      : session_(session), names_(names), events_before_(events_before), assemble_(assemble) {}

  Result<u64> value(std::string_view fact) const;
  /// With $names and @functions replaced by their numbers.
  Result<std::string> plain(std::string_view fact) const;
  /// The number of the newest event that the filter wants.
  Result<std::optional<u64>> newest(std::string_view filter) const;

 private:
  Result<u64> call(std::string_view name, const std::vector<std::string>& arguments) const;
  Result<u64> same_code(std::string_view name, const std::vector<std::string>& arguments) const;
  Result<u64> section(const std::vector<std::string>& arguments) const;
  Result<u64> segment(const std::vector<std::string>& arguments) const;
  template <typename Fn>
  Result<u64> each_event(std::string_view filter, u64 from, Fn fn) const;

  const session::Session& session_;
  const Names& names_;
  u64 events_before_;  // the beat before's
  const Assemble& assemble_;
};

}  // namespace lucid::scene
