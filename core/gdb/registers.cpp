// SPDX-License-Identifier: MIT
#include "core/gdb/registers.h"

#include <cstring>
#include <iterator>

#include "core/cpu/state.h"

namespace lucid::gdb {
namespace {

using cpu::State;

enum class Source : u8 { gpr, rip, flags, segment, x87, x87_control, xmm, mxcsr, base, system };

struct Register {
  const char* name;
  unsigned bits;
  const char* type;
  Source source;
  u8 index;
};

// In GDB's order; `feature_starts` says where each feature begins.
constexpr Register registers[] = {
    {"rax", 64, "int64", Source::gpr, cpu::rax},
    {"rbx", 64, "int64", Source::gpr, cpu::rbx},
    {"rcx", 64, "int64", Source::gpr, cpu::rcx},
    {"rdx", 64, "int64", Source::gpr, cpu::rdx},
    {"rsi", 64, "int64", Source::gpr, cpu::rsi},
    {"rdi", 64, "int64", Source::gpr, cpu::rdi},
    {"rbp", 64, "data_ptr", Source::gpr, cpu::rbp},
    {"rsp", 64, "data_ptr", Source::gpr, cpu::rsp},
    {"r8", 64, "int64", Source::gpr, 8},
    {"r9", 64, "int64", Source::gpr, 9},
    {"r10", 64, "int64", Source::gpr, 10},
    {"r11", 64, "int64", Source::gpr, 11},
    {"r12", 64, "int64", Source::gpr, 12},
    {"r13", 64, "int64", Source::gpr, 13},
    {"r14", 64, "int64", Source::gpr, 14},
    {"r15", 64, "int64", Source::gpr, 15},
    {"rip", 64, "code_ptr", Source::rip, 0},
    {"eflags", 32, "i386_eflags", Source::flags, 0},
    {"cs", 32, "int32", Source::segment, cpu::cs},
    {"ss", 32, "int32", Source::segment, cpu::ss},
    {"ds", 32, "int32", Source::segment, cpu::ds},
    {"es", 32, "int32", Source::segment, cpu::es},
    {"fs", 32, "int32", Source::segment, cpu::fs},
    {"gs", 32, "int32", Source::segment, cpu::gs},
    {"st0", 80, "i387_ext", Source::x87, 0},
    {"st1", 80, "i387_ext", Source::x87, 1},
    {"st2", 80, "i387_ext", Source::x87, 2},
    {"st3", 80, "i387_ext", Source::x87, 3},
    {"st4", 80, "i387_ext", Source::x87, 4},
    {"st5", 80, "i387_ext", Source::x87, 5},
    {"st6", 80, "i387_ext", Source::x87, 6},
    {"st7", 80, "i387_ext", Source::x87, 7},
    {"fctrl", 32, "int", Source::x87_control, 0},
    {"fstat", 32, "int", Source::x87_control, 1},
    {"ftag", 32, "int", Source::x87_control, 2},
    {"fiseg", 32, "int", Source::x87_control, 3},
    {"fioff", 32, "int", Source::x87_control, 4},
    {"foseg", 32, "int", Source::x87_control, 5},
    {"fooff", 32, "int", Source::x87_control, 6},
    {"fop", 32, "int", Source::x87_control, 7},
    {"xmm0", 128, "vec128", Source::xmm, 0},
    {"xmm1", 128, "vec128", Source::xmm, 1},
    {"xmm2", 128, "vec128", Source::xmm, 2},
    {"xmm3", 128, "vec128", Source::xmm, 3},
    {"xmm4", 128, "vec128", Source::xmm, 4},
    {"xmm5", 128, "vec128", Source::xmm, 5},
    {"xmm6", 128, "vec128", Source::xmm, 6},
    {"xmm7", 128, "vec128", Source::xmm, 7},
    {"xmm8", 128, "vec128", Source::xmm, 8},
    {"xmm9", 128, "vec128", Source::xmm, 9},
    {"xmm10", 128, "vec128", Source::xmm, 10},
    {"xmm11", 128, "vec128", Source::xmm, 11},
    {"xmm12", 128, "vec128", Source::xmm, 12},
    {"xmm13", 128, "vec128", Source::xmm, 13},
    {"xmm14", 128, "vec128", Source::xmm, 14},
    {"xmm15", 128, "vec128", Source::xmm, 15},
    {"mxcsr", 32, "i386_mxcsr", Source::mxcsr, 0},
    {"fs_base", 64, "int", Source::base, cpu::fs},
    {"gs_base", 64, "int", Source::base, cpu::gs},
    {"cr0", 64, "int", Source::system, 0},
    {"cr2", 64, "int", Source::system, 1},
    {"cr3", 64, "int", Source::system, 2},
    {"cr4", 64, "int", Source::system, 3},
    {"cr8", 64, "int", Source::system, 4},
    {"efer", 64, "int", Source::system, 5},
    {"k_gs_base", 64, "int", Source::system, 6},
};

constexpr const char core_types[] =
    R"(<flags id="i386_eflags" size="4"><field name="CF" start="0" end="0"/><field name="" start="1" end="1"/>)"
    R"(<field name="PF" start="2" end="2"/><field name="AF" start="4" end="4"/><field name="ZF" start="6" end="6"/>)"
    R"(<field name="SF" start="7" end="7"/><field name="TF" start="8" end="8"/><field name="IF" start="9" end="9"/>)"
    R"(<field name="DF" start="10" end="10"/><field name="OF" start="11" end="11"/>)"
    R"(<field name="NT" start="14" end="14"/><field name="RF" start="16" end="16"/>)"
    R"(<field name="VM" start="17" end="17"/><field name="AC" start="18" end="18"/>)"
    R"(<field name="ID" start="21" end="21"/></flags>)";
constexpr const char sse_types[] =
    R"(<vector id="v4f" type="ieee_single" count="4"/><vector id="v2d" type="ieee_double" count="2"/>)"
    R"(<vector id="v16i8" type="int8" count="16"/><vector id="v8i16" type="int16" count="8"/>)"
    R"(<vector id="v4i32" type="int32" count="4"/><vector id="v2i64" type="int64" count="2"/>)"
    R"(<union id="vec128"><field name="v4_float" type="v4f"/><field name="v2_double" type="v2d"/>)"
    R"(<field name="v16_int8" type="v16i8"/><field name="v8_int16" type="v8i16"/>)"
    R"(<field name="v4_int32" type="v4i32"/><field name="v2_int64" type="v2i64"/>)"
    R"(<field name="uint128" type="uint128"/></union>)"
    R"(<flags id="i386_mxcsr" size="4"><field name="IE" start="0" end="0"/><field name="DE" start="1" end="1"/>)"
    R"(<field name="ZE" start="2" end="2"/><field name="OE" start="3" end="3"/><field name="UE" start="4" end="4"/>)"
    R"(<field name="PE" start="5" end="5"/><field name="DAZ" start="6" end="6"/><field name="IM" start="7" end="7"/>)"
    R"(<field name="DM" start="8" end="8"/><field name="ZM" start="9" end="9"/><field name="OM" start="10" end="10"/>)"
    R"(<field name="UM" start="11" end="11"/><field name="PM" start="12" end="12"/>)"
    R"(<field name="FZ" start="15" end="15"/></flags>)";

struct Feature {
  const char* name;
  const char* types;
  unsigned first;  // register
};
constexpr Feature features[] = {
    {"org.gnu.gdb.i386.core", core_types, 0},
    {"org.gnu.gdb.i386.sse", sse_types, 40},
    {"org.gnu.gdb.i386.segments", "", 57},
    {"org.lucid86.system", "", 59},
};

template <typename T>
std::string bytes_of(T value, unsigned size = sizeof(T)) {
  std::string out(size, '\0');
  std::memcpy(out.data(), &value, std::min<size_t>(size, sizeof(T)));
  return out;
}

u32 x87_control(const cpu::X87& fpu, unsigned index) {
  const u32 values[] = {fpu.control,
                        fpu.status,
                        fpu.tag,
                        fpu.instruction_selector,
                        static_cast<u32>(fpu.instruction_pointer),
                        fpu.data_selector,
                        static_cast<u32>(fpu.data_pointer),
                        fpu.opcode};
  return values[index];
}

std::string x87_register(const cpu::X87& fpu, unsigned index) {
  const cpu::F80& reg = fpu.reg[((fpu.status >> 11) + index) & 7];
  return bytes_of(reg.mantissa) + bytes_of(reg.sign_exponent);
}

u64 system_register(const State& s, unsigned index) {
  const u64 values[] = {s.cr0, s.cr2, s.cr3, s.cr4, s.cr8, s.efer, s.kernel_gs_base};
  return values[index];
}

}  // namespace

std::string target_description() {
  std::string xml =
      "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n"
      "<target><architecture>i386:x86-64</architecture>\n";
  for (size_t f = 0; f < std::size(features); ++f) {
    const unsigned end = f + 1 < std::size(features) ? features[f + 1].first : register_count();
    xml += std::string("<feature name=\"") + features[f].name + "\">" + features[f].types + "\n";
    for (unsigned i = features[f].first; i < end; ++i) {
      xml += std::string("<reg name=\"") + registers[i].name + "\" bitsize=\"" + std::to_string(registers[i].bits) +
             "\" type=\"" + registers[i].type + "\"/>\n";
    }
    xml += "</feature>\n";
  }
  return xml + "</target>\n";
}

unsigned register_count() { return std::size(registers); }

unsigned register_size(unsigned number) { return number < register_count() ? registers[number].bits / 8 : 0; }

std::string register_bytes(const State& state, unsigned number) {
  if (number >= register_count()) return "";
  const Register& reg = registers[number];
  switch (reg.source) {
    case Source::gpr:
      return bytes_of(state.gpr[reg.index]);
    case Source::rip:
      return bytes_of(state.rip);
    case Source::flags:
      return bytes_of(static_cast<u32>(state.rflags));
    case Source::segment:
      return bytes_of(u32{state.segment[reg.index].selector});
    case Source::x87:
      return x87_register(state.fpu, reg.index);
    case Source::x87_control:
      return bytes_of(x87_control(state.fpu, reg.index));
    case Source::xmm:
      return bytes_of(state.xmm[reg.index].low) + bytes_of(state.xmm[reg.index].high);
    case Source::mxcsr:
      return bytes_of(state.mxcsr);
    case Source::base:
      return bytes_of(state.segment[reg.index].base);
    case Source::system:
      return bytes_of(system_register(state, reg.index));
  }
  return "";
}

std::string all_registers(const State& state) {
  std::string out;
  for (unsigned i = 0; i < register_count(); ++i) out += register_bytes(state, i);
  return out;
}

std::optional<session::PokeRegister> poke_of(unsigned number, std::string_view bytes) {
  using Which = session::PokeRegister::Which;
  if (number >= register_count() || bytes.size() != register_size(number)) return std::nullopt;
  u64 value = 0;
  std::memcpy(&value, bytes.data(), std::min<size_t>(bytes.size(), 8));
  const Register& reg = registers[number];
  if (reg.source == Source::gpr) return session::PokeRegister{Which::gpr, reg.index, value};
  if (reg.source == Source::rip) return session::PokeRegister{Which::rip, 0, value};
  if (reg.source == Source::flags) return session::PokeRegister{Which::rflags, 0, value};
  return std::nullopt;
}

}  // namespace lucid::gdb
