// SPDX-License-Identifier: MIT
// Differential fuzzer: random instructions with random state on the host processor and on
// cpu::Cpu, everything architectural compared.
//
//   fuzz-cpu [--cases N] [--seed S] [--families integer,sse,mmx,x87,approximate] [--mnemonic NAME]
//            [--modes 64-bit,32-bit,16-bit] [--show N] [--coverage FILE]
//   fuzz-cpu --exhaustive     8-bit instructions with every operand (exhaustive.h)
//
// Exit status: 0 no mismatch and every form reached, 1 otherwise, 2 bad usage.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string>

#include "tests/cosim/compare.h"
#include "tests/cosim/exhaustive.h"
#include "tests/cosim/generator.h"
#include "tests/cosim/guest_runner.h"
#include "tests/cosim/host_runner.h"

using namespace lucid;
using namespace lucid::cosim;

namespace {

struct Options {
  u64 cases = 200'000;
  u64 seed = 1;
  unsigned show = 1;  // mismatches printed in full per form and kind
  const char* coverage = nullptr;
  bool exhaustive = false;             // exhaustive.h instead of random cases
  bool modes[3] = {true, true, true};  // by isa::Mode
  FormFilter filter;
};

[[noreturn]] void usage(const char* complaint) {
  std::fprintf(stderr,
               "fuzz-cpu: %s\nusage: fuzz-cpu [--cases N] [--seed S] [--families integer,sse,mmx,x87,approximate] "
               "[--modes 64-bit,32-bit,16-bit] [--mnemonic NAME] [--show N] [--coverage FILE]\n",
               complaint);
  std::exit(2);
}

Options parse(int argc, char** argv) {
  Options o;
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    if (arg == "--exhaustive") {
      o.exhaustive = true;
      continue;
    }
    if (i + 1 >= argc) usage(("missing value after " + arg).c_str());
    const char* value = argv[++i];
    if (arg == "--cases")
      o.cases = std::strtoull(value, nullptr, 10);
    else if (arg == "--seed")
      o.seed = std::strtoull(value, nullptr, 10);
    else if (arg == "--show")
      o.show = static_cast<unsigned>(std::atoi(value));
    else if (arg == "--coverage")
      o.coverage = value;
    else if (arg == "--mnemonic")
      o.filter.mnemonic = value;
    else if (arg == "--modes")
      for (int mode = 0; mode < 3; ++mode)
        o.modes[mode] = std::strstr(value, name_of(static_cast<isa::Mode>(mode))) != nullptr;
    else if (arg == "--families") {
      o.filter.integer = std::strstr(value, "integer") != nullptr;
      o.filter.sse = std::strstr(value, "sse") != nullptr;
      o.filter.x87 = std::strstr(value, "x87") != nullptr;
      o.filter.mmx = std::strstr(value, "mmx") != nullptr;
      o.filter.approximate = std::strstr(value, "approximate") != nullptr;
    } else
      usage(("unknown option " + arg).c_str());
  }
  return o;
}

void print_case(const Input& in, const Output& host, const Output& guest) {
  std::printf("  %s\n", disassemble(in).c_str());
  static const char* const names[16] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                        "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
  for (size_t r = 0; r < 16; ++r)
    if (host.end.gpr[r] != guest.end.gpr[r] || host.cr2 != guest.cr2 || host.faulted != guest.faulted)
      std::printf("    %-6s start %016lx host %016lx guest %016lx\n", names[r], in.start.gpr[r], host.end.gpr[r],
                  guest.end.gpr[r]);
  std::printf("    rflags start %06lx host %06lx guest %06lx; rip host %lx guest %lx; cr2 host %lx guest %lx\n",
              in.start.rflags, host.end.rflags, guest.end.rflags, host.end.rip, guest.end.rip, host.cr2, guest.cr2);
  const Selectors &h = host.selectors, &g = guest.selectors;
  if (!(h == g))
    std::printf("    cs ss ds es fs gs: host %x %x %x %x %x %x guest %x %x %x %x %x %x\n", h.cs, h.ss, h.ds, h.es, h.fs,
                h.gs, g.cs, g.ss, g.ds, g.es, g.fs, g.gs);
  for (int x = 0; x < 16; ++x)
    if (std::memcmp(&host.end.fx.xmm[x], &guest.end.fx.xmm[x], 16) != 0)
      std::printf("    xmm%-3d start %016lx:%016lx host %016lx:%016lx guest %016lx:%016lx\n", x,
                  in.start.fx.xmm[x].high, in.start.fx.xmm[x].low, host.end.fx.xmm[x].high, host.end.fx.xmm[x].low,
                  guest.end.fx.xmm[x].high, guest.end.fx.xmm[x].low);
  if (host.end.fx.mxcsr != guest.end.fx.mxcsr)
    std::printf("    mxcsr start %x host %x guest %x\n", in.start.fx.mxcsr, host.end.fx.mxcsr, guest.end.fx.mxcsr);
  if (host.end.fx.status != guest.end.fx.status)
    std::printf("    fsw start %x host %x guest %x (fcw %x)\n", in.start.fx.status, host.end.fx.status,
                guest.end.fx.status, in.start.fx.control);
  for (int s = 0; s < 8; ++s)
    if (std::memcmp(&host.end.fx.st[s], &guest.end.fx.st[s], 10) != 0)
      std::printf("    st%d start %04x:%016lx host %04x:%016lx guest %04x:%016lx (fcw %x)\n", s,
                  in.start.fx.st[s].sign_exponent, in.start.fx.st[s].mantissa, host.end.fx.st[s].sign_exponent,
                  host.end.fx.st[s].mantissa, guest.end.fx.st[s].sign_exponent, guest.end.fx.st[s].mantissa,
                  in.start.fx.control);
  for (u64 m = 0; m < window_bytes; ++m)
    if (host.window[m] != guest.window[m]) {
      std::printf("    memory at %lx: host %02x guest %02x\n", window_base + m, host.window[m], guest.window[m]);
      break;
    }
}

struct FormResult {
  u64 cases = 0;
  u64 faults = 0;
  u64 mismatches = 0;
  std::map<std::string, u64> kinds;
};

std::vector<Form> chosen_forms(const Options& options) {
  std::vector<Form> forms;
  const bool legacy = HostRunner::offers_ldt();
  if (!legacy) std::printf("SKIPPED 32-bit and 16-bit code: modify_ldt is not permitted here\n");
  for (const isa::Mode mode : {isa::Mode::bits64, isa::Mode::bits32, isa::Mode::bits16}) {
    if (!options.modes[static_cast<unsigned>(mode)] || (mode != isa::Mode::bits64 && !legacy)) continue;
    const std::vector<Form> more = enumerate_forms(mode, options.filter);
    forms.insert(forms.end(), more.begin(), more.end());
  }
  return forms;
}

/// One line for each mode; the number of forms reached.
u64 print_coverage(const std::vector<Form>& forms, const std::vector<FormResult>& results) {
  u64 reached_in_all = 0;
  for (const isa::Mode mode : {isa::Mode::bits64, isa::Mode::bits32, isa::Mode::bits16}) {
    u64 count = 0, reached = 0, completed = 0, cases = 0, mismatches = 0;
    for (size_t i = 0; i < forms.size(); ++i) {
      if (forms[i].mode != mode) continue;
      const FormResult& r = results[i];
      ++count, reached += r.cases > 0, completed += r.cases > r.faults, cases += r.cases, mismatches += r.mismatches;
    }
    reached_in_all += reached;
    if (count)
      std::printf("%s: %lu cases, %lu forms, %lu reached, %lu completed without fault at least once; %lu mismatches\n",
                  name_of(mode), cases, count, reached, completed, mismatches);
  }
  return reached_in_all;
}

/// Cases on both processors, and what came of them by form.
class Campaign {
 public:
  Campaign(std::vector<Form> forms, unsigned show) : forms_(std::move(forms)), results_(forms_.size()), show_(show) {}

  HostRunner& host() { return host_; }
  const std::vector<Form>& forms() const { return forms_; }
  u64 done() const { return done_; }
  u64 mismatches() const { return mismatches_; }

  /// Runs the first `count` inputs of the host.
  void run(unsigned count) {
    const unsigned ran = host_.run(count);
    if (ran < count) {
      ++lost_;
      std::printf("host lost at: %s\n", disassemble(host_.input(ran)).c_str());
    }
    for (unsigned i = 0; i < ran; ++i) judge(host_.input(i), host_.output(i));
  }

  void write_coverage(const char* path) const {
    std::FILE* file = std::fopen(path, "w");
    if (file == nullptr) return;
    for (size_t i = 0; i < forms_.size(); ++i)
      std::fprintf(file, "%-40s cases %6lu faults %6lu mismatches %6lu\n", forms_[i].name.c_str(), results_[i].cases,
                   results_[i].faults, results_[i].mismatches);
    std::fclose(file);
  }

  /// True = no mismatch and every form reached.
  bool print(const char* what) const {
    for (size_t i = 0; i < forms_.size(); ++i) {
      if (!results_[i].mismatches) continue;
      std::printf("%-40s %6lu of %6lu wrong:", forms_[i].name.c_str(), results_[i].mismatches, results_[i].cases);
      for (const auto& [kind, n] : results_[i].kinds) std::printf(" [%s ×%lu]", kind.c_str(), n);
      std::printf("\n");
    }
    const u64 covered = print_coverage(forms_, results_);
    std::printf("%lu cases, %s: %lu of %zu forms reached, %lu host losses, %lu mismatches\n", done_, what, covered,
                forms_.size(), lost_, mismatches_);
    return mismatches_ == 0 && covered == forms_.size();
  }

 private:
  void judge(const Input& in, const Output& expected) {
    guest_.run(in, host_.window_template(), *guest_output_);
    FormResult& result = results_[in.form];
    ++result.cases;
    result.faults += expected.faulted;
    ++done_;
    const std::string difference = compare(forms_[in.form], in, expected, *guest_output_);
    if (difference.empty()) return;
    ++mismatches_;
    ++result.mismatches;
    if (++result.kinds[difference] > show_) return;
    std::printf("MISMATCH %s: %s\n", forms_[in.form].name.c_str(), difference.c_str());
    print_case(in, expected, *guest_output_);
  }

  std::vector<Form> forms_;
  std::vector<FormResult> results_;
  unsigned show_;
  HostRunner host_;
  GuestRunner guest_;
  std::unique_ptr<Output> guest_output_ = std::make_unique<Output>();
  u64 done_ = 0, mismatches_ = 0, lost_ = 0;
};

bool run_random(const Options& options) {
  const std::vector<Form> forms = chosen_forms(options);
  if (forms.empty()) usage("no form matches");
  const auto campaign = std::make_unique<Campaign>(forms, options.show);
  Random random(options.seed);
  u32 form = 0;
  while (campaign->done() < options.cases) {
    fill_window(random, campaign->host().window_template());
    unsigned count = 0;
    while (count < HostRunner::batch) {
      // A form that cannot be drawn in a hundred tries is left out (and shows as not covered).
      for (int tries = 0; tries < 100; ++tries)
        if (generate(forms, form, random, campaign->host().input(count))) {
          ++count;
          break;
        }
      form = static_cast<u32>((form + 1) % forms.size());
    }
    campaign->run(count);
  }
  if (options.coverage) campaign->write_coverage(options.coverage);
  return campaign->print(("seed " + std::to_string(options.seed)).c_str());
}

bool run_exhaustive(const Options& options) {
  std::vector<Form> forms;
  std::vector<Sweep> all;
  for (Sweep& sweep : sweeps()) {
    if (sweep.form.mode != isa::Mode::bits64 && !HostRunner::offers_ldt()) continue;
    forms.push_back(sweep.form);
    all.push_back(std::move(sweep));
  }
  const auto campaign = std::make_unique<Campaign>(forms, options.show);
  for (u32 number = 0; number < all.size(); ++number)
    for (u32 next = 0; next < all[number].cases;) {
      unsigned count = 0;
      while (count < HostRunner::batch && next < all[number].cases)
        prepare(all[number], number, next++, campaign->host().input(count++));
      campaign->run(count);
    }
  return campaign->print("every operand");
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  return (options.exhaustive ? run_exhaustive(options) : run_random(options)) ? 0 : 1;
}
