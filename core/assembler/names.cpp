// SPDX-License-Identifier: MIT
#include "core/assembler/names.h"

#include <algorithm>
#include <array>

namespace lucid::assembler {
namespace {

/// What the processor executes: the translator's own list.
constexpr ZydisMnemonic executed[] = {
#define INSN(mnemonic, function, op) ZYDIS_MNEMONIC_##mnemonic,
#include "core/cpu/translate/mnemonics.def"
#undef INSN
    // These exist to be invalid.
    ZYDIS_MNEMONIC_UD0,
    ZYDIS_MNEMONIC_UD1,
    ZYDIS_MNEMONIC_UD2,
};

struct Alias {
  std::string_view word;
  ZydisMnemonic mnemonic;
};
constexpr Alias aliases[] = {
    {"sal", ZYDIS_MNEMONIC_SHL},         {"repret", ZYDIS_MNEMONIC_RET},      {"retn", ZYDIS_MNEMONIC_RET},
    {"loopz", ZYDIS_MNEMONIC_LOOPE},     {"loopnz", ZYDIS_MNEMONIC_LOOPNE},   {"wait", ZYDIS_MNEMONIC_FWAIT},
    {"xlatb", ZYDIS_MNEMONIC_XLAT},      {"movabs", ZYDIS_MNEMONIC_MOV},      {"icebp", ZYDIS_MNEMONIC_INT1},
    {"fcmova", ZYDIS_MNEMONIC_FCMOVNBE}, {"fcmovae", ZYDIS_MNEMONIC_FCMOVNB}, {"ud2a", ZYDIS_MNEMONIC_UD2},
    {"fcmovna", ZYDIS_MNEMONIC_FCMOVBE}, {"fcmovz", ZYDIS_MNEMONIC_FCMOVE},   {"fcmovnz", ZYDIS_MNEMONIC_FCMOVNE},
};

/// Zydis knows each condition by one name.
constexpr std::string_view conditions[][2] = {
    {"c", "b"},   {"nae", "b"}, {"nc", "nb"}, {"ae", "nb"}, {"e", "z"},   {"ne", "nz"}, {"na", "be"},
    {"a", "nbe"}, {"pe", "p"},  {"po", "np"}, {"nge", "l"}, {"ge", "nl"}, {"ng", "le"}, {"g", "nle"},
};
constexpr std::string_view comparisons[] = {"eq", "lt", "le", "unord", "neq", "nlt", "nle", "ord"};

/// Words whose size depends on the mode: what PUSHF is in 16-, 32- and 64-bit code.
struct SizedWord {
  std::string_view word;
  ZydisMnemonic by_mode[3];
};
constexpr SizedWord sized_words[] = {
    {"pushf", {ZYDIS_MNEMONIC_PUSHF, ZYDIS_MNEMONIC_PUSHFD, ZYDIS_MNEMONIC_PUSHFQ}},
    {"popf", {ZYDIS_MNEMONIC_POPF, ZYDIS_MNEMONIC_POPFD, ZYDIS_MNEMONIC_POPFQ}},
    {"pusha", {ZYDIS_MNEMONIC_PUSHA, ZYDIS_MNEMONIC_PUSHAD, ZYDIS_MNEMONIC_INVALID}},
    {"popa", {ZYDIS_MNEMONIC_POPA, ZYDIS_MNEMONIC_POPAD, ZYDIS_MNEMONIC_INVALID}},
    {"iret", {ZYDIS_MNEMONIC_IRET, ZYDIS_MNEMONIC_IRETD, ZYDIS_MNEMONIC_IRETD}},
    {"pushfw", {ZYDIS_MNEMONIC_PUSHF, ZYDIS_MNEMONIC_PUSHF, ZYDIS_MNEMONIC_PUSHF}},
    {"popfw", {ZYDIS_MNEMONIC_POPF, ZYDIS_MNEMONIC_POPF, ZYDIS_MNEMONIC_POPF}},
    {"pushaw", {ZYDIS_MNEMONIC_PUSHA, ZYDIS_MNEMONIC_PUSHA, ZYDIS_MNEMONIC_INVALID}},
    {"popaw", {ZYDIS_MNEMONIC_POPA, ZYDIS_MNEMONIC_POPA, ZYDIS_MNEMONIC_INVALID}},
    {"iretw", {ZYDIS_MNEMONIC_IRET, ZYDIS_MNEMONIC_IRET, ZYDIS_MNEMONIC_IRET}},
};

struct HintedWord {
  std::string_view word;
  ZydisMnemonic mnemonic;
  ZydisOperandSizeHint hint;
  bool far;
};
constexpr HintedWord hinted_words[] = {
    {"sysretq", ZYDIS_MNEMONIC_SYSRET, ZYDIS_OPERAND_SIZE_HINT_64, false},
    {"sysretl", ZYDIS_MNEMONIC_SYSRET, ZYDIS_OPERAND_SIZE_HINT_32, false},
    {"sysexitq", ZYDIS_MNEMONIC_SYSEXIT, ZYDIS_OPERAND_SIZE_HINT_64, false},
    {"sysexitl", ZYDIS_MNEMONIC_SYSEXIT, ZYDIS_OPERAND_SIZE_HINT_32, false},
    {"retf", ZYDIS_MNEMONIC_RET, ZYDIS_OPERAND_SIZE_HINT_NONE, true},
    {"lret", ZYDIS_MNEMONIC_RET, ZYDIS_OPERAND_SIZE_HINT_NONE, true},
    {"retfw", ZYDIS_MNEMONIC_RET, ZYDIS_OPERAND_SIZE_HINT_16, true},
    {"retfq", ZYDIS_MNEMONIC_RET, ZYDIS_OPERAND_SIZE_HINT_64, true},
    {"leavew", ZYDIS_MNEMONIC_LEAVE, ZYDIS_OPERAND_SIZE_HINT_16, false},
    {"enterw", ZYDIS_MNEMONIC_ENTER, ZYDIS_OPERAND_SIZE_HINT_16, false},
};

/// The forms that wait for pending exceptions of the FPU first.
constexpr Alias waiting[] = {
    {"finit", ZYDIS_MNEMONIC_FNINIT}, {"fclex", ZYDIS_MNEMONIC_FNCLEX},   {"fstcw", ZYDIS_MNEMONIC_FNSTCW},
    {"fstsw", ZYDIS_MNEMONIC_FNSTSW}, {"fstenv", ZYDIS_MNEMONIC_FNSTENV}, {"fsave", ZYDIS_MNEMONIC_FNSAVE},
};

bool offered(ZydisMnemonic mnemonic) {
  return std::find(std::begin(executed), std::end(executed), mnemonic) != std::end(executed);
}

ZydisMnemonic by_own_name(std::string_view word) {
  for (const ZydisMnemonic mnemonic : executed) {
    if (word == ZydisMnemonicGetString(mnemonic)) return mnemonic;
  }
  return ZYDIS_MNEMONIC_INVALID;
}

ZydisMnemonic by_condition(const std::string& word) {
  for (const std::string_view stem : {"j", "set", "cmov"}) {
    if (word.compare(0, stem.size(), stem) != 0) continue;
    for (const auto& condition : conditions) {
      if (word.substr(stem.size()) == condition[0]) return by_own_name(std::string(stem) + std::string(condition[1]));
    }
  }
  return ZYDIS_MNEMONIC_INVALID;
}

std::optional<InstructionName> by_comparison(const std::string& word) {
  if (word.size() < 7 || word.compare(0, 3, "cmp") != 0) return std::nullopt;
  const std::string middle = word.substr(3, word.size() - 5);
  for (int i = 0; i < 8; ++i) {
    if (middle != comparisons[i]) continue;
    const ZydisMnemonic mnemonic = by_own_name("cmp" + word.substr(word.size() - 2));
    if (mnemonic != ZYDIS_MNEMONIC_INVALID) return InstructionName{.mnemonic = mnemonic, .comparison = i};
  }
  return std::nullopt;
}

/// Letters to add, drop, change or swap with a neighbour.
unsigned distance(std::string_view a, std::string_view b) {
  constexpr size_t longest = 20;
  if (a.size() > longest || b.size() > longest) return ~0u;
  unsigned rows[3][longest + 1];
  for (unsigned j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (unsigned i = 1; i <= a.size(); ++i) {
    unsigned* const row = rows[i % 3];
    const unsigned* const above = rows[(i + 2) % 3];
    const unsigned* const above2 = rows[(i + 1) % 3];
    row[0] = i;
    for (unsigned j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], above2[j - 2] + 1);
    }
  }
  return rows[a.size() % 3][b.size()];
}

constexpr struct {
  std::string_view word;
  u16 bytes;
} sizes[] = {{"byte", 1},   {"word", 2},   {"dword", 4},    {"qword", 8},  {"fword", 6},
             {"tbyte", 10}, {"tword", 10}, {"xmmword", 16}, {"oword", 16}, {"mmword", 8}};

constexpr struct {
  std::string_view word;
  u64 attribute;
} prefixes[] = {
    {"lock", ZYDIS_ATTRIB_HAS_LOCK},         {"rep", ZYDIS_ATTRIB_HAS_REP},
    {"repe", ZYDIS_ATTRIB_HAS_REPE},         {"repz", ZYDIS_ATTRIB_HAS_REPE},
    {"repne", ZYDIS_ATTRIB_HAS_REPNE},       {"repnz", ZYDIS_ATTRIB_HAS_REPNE},
    {"bnd", ZYDIS_ATTRIB_HAS_BND},           {"notrack", ZYDIS_ATTRIB_HAS_NOTRACK},
    {"xacquire", ZYDIS_ATTRIB_HAS_XACQUIRE}, {"xrelease", ZYDIS_ATTRIB_HAS_XRELEASE},
    {"cs", ZYDIS_ATTRIB_HAS_SEGMENT_CS},     {"ds", ZYDIS_ATTRIB_HAS_SEGMENT_DS},
    {"es", ZYDIS_ATTRIB_HAS_SEGMENT_ES},     {"ss", ZYDIS_ATTRIB_HAS_SEGMENT_SS},
    {"fs", ZYDIS_ATTRIB_HAS_SEGMENT_FS},     {"gs", ZYDIS_ATTRIB_HAS_SEGMENT_GS},
};

}  // namespace

std::string lower_case(std::string_view word) {
  std::string out(word);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return out;
}

ZydisRegister find_register(std::string_view word) {
  if (word.size() < 2 || word.size() > 5) return ZYDIS_REGISTER_NONE;
  const std::string name = lower_case(word);
  if (name == "st") return ZYDIS_REGISTER_ST0;
  for (int i = 1; i <= ZYDIS_REGISTER_MAX_VALUE; ++i) {
    const auto reg = static_cast<ZydisRegister>(i);
    switch (ZydisRegisterGetClass(reg)) {
      case ZYDIS_REGCLASS_GPR8:
      case ZYDIS_REGCLASS_GPR16:
      case ZYDIS_REGCLASS_GPR32:
      case ZYDIS_REGCLASS_GPR64:
      case ZYDIS_REGCLASS_X87:
      case ZYDIS_REGCLASS_MMX:
      case ZYDIS_REGCLASS_XMM:
      case ZYDIS_REGCLASS_SEGMENT:
      case ZYDIS_REGCLASS_CONTROL:
      case ZYDIS_REGCLASS_DEBUG:
        if (name == ZydisRegisterGetString(reg) &&
            (name.size() < 4 || name.compare(0, 3, "xmm") != 0 || i <= ZYDIS_REGISTER_XMM15))
          return reg;
        break;
      default:
        if (reg == ZYDIS_REGISTER_RIP && name == "rip") return reg;
        break;
    }
  }
  return ZYDIS_REGISTER_NONE;
}

u16 register_bytes(ZydisRegister reg) {
  switch (ZydisRegisterGetClass(reg)) {
    case ZYDIS_REGCLASS_GPR8:
      return 1;
    case ZYDIS_REGCLASS_GPR16:
      return 2;
    case ZYDIS_REGCLASS_GPR32:
      return 4;
    case ZYDIS_REGCLASS_GPR64:
    case ZYDIS_REGCLASS_MMX:
      return 8;
    case ZYDIS_REGCLASS_XMM:
      return 16;
    default:
      return 0;
  }
}

std::optional<InstructionName> find_instruction(std::string_view spelled, isa::Mode mode) {
  const std::string word = lower_case(spelled);
  for (const SizedWord& entry : sized_words) {
    if (word != entry.word) continue;
    const ZydisMnemonic mnemonic = entry.by_mode[static_cast<unsigned>(mode)];
    if (mnemonic == ZYDIS_MNEMONIC_INVALID) return std::nullopt;
    return InstructionName{.mnemonic = mnemonic};
  }
  for (const HintedWord& entry : hinted_words) {
    if (word == entry.word)
      return InstructionName{.mnemonic = entry.mnemonic, .size_hint = entry.hint, .far = entry.far};
  }
  for (const Alias& entry : waiting) {
    if (word == entry.word) return InstructionName{.mnemonic = entry.mnemonic, .waits = true};
  }
  for (const Alias& entry : aliases) {
    if (word == entry.word) return InstructionName{.mnemonic = entry.mnemonic, .wide = word == "movabs"};
  }
  ZydisMnemonic mnemonic = by_own_name(word);
  if (mnemonic == ZYDIS_MNEMONIC_INVALID) mnemonic = by_condition(word);
  if (mnemonic != ZYDIS_MNEMONIC_INVALID) return InstructionName{.mnemonic = mnemonic};
  return by_comparison(word);
}

std::string no_such_instruction(std::string_view spelled) {
  const std::string word = lower_case(spelled);
  for (int i = 1; i <= ZYDIS_MNEMONIC_MAX_VALUE; ++i) {
    const auto mnemonic = static_cast<ZydisMnemonic>(i);
    if (word == ZydisMnemonicGetString(mnemonic) && !offered(mnemonic))
      return "this processor has no instruction " + word;
  }
  std::string best;
  unsigned least = word.size() < 4 ? 2 : 3;  // further away is another word
  const auto consider = [&](std::string_view name) {
    if (const unsigned d = distance(word, name); d < least) least = d, best = name;
  };
  for (const ZydisMnemonic mnemonic : executed) consider(ZydisMnemonicGetString(mnemonic));
  for (const char* name : {"je", "jne", "ja", "jae", "jg", "jge", "jc", "jnc", "sal", "movabs", "db", "dw", "dd", "dq",
                           "resb", "equ", "align", "section", "times"}) {
    consider(name);
  }
  return "there is no instruction \"" + std::string(spelled) + "\"" +
         (best.empty() ? "" : "; did you mean " + best + "?");
}

u16 find_size(std::string_view word) {
  const std::string name = lower_case(word);
  for (const auto& size : sizes) {
    if (name == size.word) return size.bytes;
  }
  return 0;
}

std::string size_name(u16 bytes) {
  for (const auto& size : sizes) {
    if (bytes == size.bytes) return std::string(size.word) + " ptr";
  }
  return "";
}

u64 find_prefix(std::string_view word) {
  const std::string name = lower_case(word);
  for (const auto& prefix : prefixes) {
    if (name == prefix.word) return prefix.attribute;
  }
  return 0;
}

}  // namespace lucid::assembler
