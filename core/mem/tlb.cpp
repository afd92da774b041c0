// SPDX-License-Identifier: MIT
#include "core/mem/tlb.h"

namespace lucid::mem {

void Tlb::fill(Access access, u64 page, std::uintptr_t addend, bool global) {
  const unsigned index = slot(page);
  if (!used_[index]) {
    used_[index] = true;
    global_[index] = true;
    used_slots_.push_back(static_cast<u16>(index));
  }
  global_[index] = global_[index] && global;
  of(access)[index] = {page, addend};
}

void Tlb::flush(bool keep_global) {
  size_t kept = 0;
  for (const u16 index : used_slots_) {
    if (keep_global && global_[index]) {
      used_slots_[kept++] = index;
      continue;
    }
    used_[index] = false;
    read[index].tag = write[index].tag = fetch[index].tag = TlbEntry::no_page;
  }
  used_slots_.resize(kept);
}

void Tlb::flush_page(u64 page) {
  const unsigned index = slot(page);
  read[index].tag = write[index].tag = fetch[index].tag = TlbEntry::no_page;
}

void Tlb::forbid_writes(std::uintptr_t host) {
  for (const u16 index : used_slots_) {
    TlbEntry& entry = write[index];
    if (static_cast<std::uintptr_t>(entry.tag) + entry.addend == host) entry.tag = TlbEntry::no_page;
  }
}

void Tlb::list(std::uintptr_t ram, bool user, std::vector<CachedPage>& out) const {
  for (const u16 index : used_slots_) {
    const TlbEntry* const kinds[] = {&read[index], &write[index], &fetch[index]};
    for (unsigned i = 0; i < 3; ++i) {
      const u64 page = kinds[i]->tag;
      if (page == TlbEntry::no_page) continue;
      const auto same = [&](unsigned other) { return kinds[other]->tag == page; };
      if ((i > 0 && same(0)) || (i > 1 && same(1))) continue;  // listed already
      const Gpa frame{static_cast<u64>(static_cast<std::uintptr_t>(page) + kinds[i]->addend - ram)};
      out.push_back({Gva{page}, frame, same(0), same(1), same(2), user, global_[index]});
    }
  }
}

void Tlb::forget_writes() {
  for (const u16 index : used_slots_) write[index].tag = TlbEntry::no_page;
}

}  // namespace lucid::mem
