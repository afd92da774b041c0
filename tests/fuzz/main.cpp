// SPDX-License-Identifier: MIT
// Runs code nobody would write on the whole machine and checks that nothing happens to the host and
// that a run is the same however it is done (properties.h).
//
//   fuzz-machine [--instructions N] [--cases N] [--seed S] [--kind NAME] [--case SEED] [--check PERCENT]
//
// Ends after N instructions or N cases, whichever is given. --case repeats one case by the seed that
// a report gave. Exit status: 0 all well, 1 a property does not hold, 2 bad usage; a crash or a hang
// says which case it was.
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "tests/fuzz/properties.h"

using namespace lucid;
using namespace lucid::fuzz;

namespace {

constexpr unsigned seconds_per_case = 20;

struct Options {
  u64 instructions = ~u64{0};
  u64 cases = ~u64{0};
  u64 seed = 1;
  u64 only_case = 0;
  unsigned check_percent = 6;
  Kind kind = Kind::count;  // count = all
};

[[noreturn]] void usage(const std::string& complaint) {
  std::fprintf(stderr,
               "fuzz-machine: %s\nusage: fuzz-machine [--instructions N] [--cases N] [--seed S] [--kind NAME] "
               "[--case SEED] [--check PERCENT]\nkinds:",
               complaint.c_str());
  for (unsigned i = 0; i < kind_count; ++i) std::fprintf(stderr, " %s", name_of(static_cast<Kind>(i)));
  std::fprintf(stderr, "\n");
  std::exit(2);
}

u64 number(const std::string& option, const char* text) {
  char* end = nullptr;
  const u64 value = std::strtoull(text, &end, 0);
  if (end == text || *end != '\0') usage(option + " needs a number, not '" + text + "'");
  return value;
}

Kind kind_by_name(const char* text) {
  for (unsigned i = 0; i < kind_count; ++i)
    if (std::strcmp(text, name_of(static_cast<Kind>(i))) == 0) return static_cast<Kind>(i);
  usage(std::string("no kind is called '") + text + "'");
}

Options parse(int argc, char** argv) {
  Options o;
  bool bounded = false;
  for (int i = 1; i < argc; i += 2) {
    const std::string arg = argv[i];
    if (i + 1 >= argc) usage("missing value after " + arg);
    const char* value = argv[i + 1];
    if (arg == "--instructions")
      o.instructions = number(arg, value), bounded = true;
    else if (arg == "--cases")
      o.cases = number(arg, value), bounded = true;
    else if (arg == "--seed")
      o.seed = number(arg, value);
    else if (arg == "--case")
      o.only_case = number(arg, value), o.cases = 1, o.check_percent = 100, bounded = true;
    else if (arg == "--check")
      o.check_percent = static_cast<unsigned>(number(arg, value));
    else if (arg == "--kind")
      o.kind = kind_by_name(value);
    else
      usage("unknown option " + arg);
  }
  if (!bounded) o.instructions = 10'000'000;
  return o;
}

// --- what a crash or a hang says ---

char present_case[128];  // read by the handler

void name_case(const Case& c) {
  std::snprintf(present_case, sizeof present_case, "fuzz-machine --kind %s --case 0x%lx\n", name_of(c.kind), c.seed);
}

extern "C" void say_case(int signal) {
  const char* what = signal == SIGALRM ? "fuzz-machine: a case does not end: " : "fuzz-machine: crashed in: ";
  if (write(2, what, std::strlen(what)) < 0 || write(2, present_case, std::strlen(present_case)) < 0) _exit(1);
  ::signal(signal, SIG_DFL);
  raise(signal);
}

// --- the campaign ---

struct Totals {
  u64 cases = 0, instructions = 0, exceptions = 0, interrupts = 0, checked = 0;
};

/// The seed of a case has its kind and length in it.
Case make_case(const Options& o, Random& random) {
  Case c;
  c.seed = o.only_case ? o.only_case : random.next();
  Random own(c.seed * 3);
  c.kind = o.kind != Kind::count ? o.kind : static_cast<Kind>(own.below(kind_count));
  c.instructions = own.chance(50) ? 1 + own.below(800) : 2000 + own.below(6000);
  return c;
}

bool report(const std::string& wrong, const Case& c) {
  if (wrong.empty()) return true;
  std::printf("WRONG %s; %lu instructions; repeat with: %s", wrong.c_str(), c.instructions, present_case);
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  for (const int signal : {SIGALRM, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP}) ::signal(signal, say_case);
  Random random(options.seed);
  Bench bench;
  std::array<Totals, kind_count> totals{};
  u64 instructions = 0, cases = 0, wrong = 0, digest = 0;
  while (instructions < options.instructions && cases < options.cases) {
    const Case c = make_case(options, random);
    name_case(c);
    alarm(seconds_per_case);
    Totals& t = totals[static_cast<unsigned>(c.kind)];
    const Ending ending = bench.run(c, false);
    t.exceptions += bench.log().count_of(trace::Kind::exception_raised);
    t.interrupts += bench.log().count_of(trace::Kind::interrupt_delivered);
    t.instructions += ending.retired;
    instructions += ending.retired;
    digest = digest * 31 + ending.log_hash;
    ++cases, ++t.cases;
    Random choice(c.seed * 5);
    if (!choice.chance(options.check_percent)) continue;
    ++t.checked;
    Case shorter = c;
    shorter.instructions = 1 + c.instructions % 1000;
    wrong += !report(bench.check(shorter), shorter);
  }
  alarm(0);
  for (unsigned i = 0; i < kind_count; ++i) {
    const Totals& t = totals[i];
    if (t.cases)
      std::printf("%-12s %6lu cases, %9lu ticks, %8lu exceptions, %6lu interrupts, %5lu cases checked\n",
                  name_of(static_cast<Kind>(i)), t.cases, t.instructions, t.exceptions, t.interrupts, t.checked);
  }
  std::printf("%lu cases, %lu ticks, seed %lu: %lu wrong; digest %016lx\n", cases, instructions, options.seed, wrong,
              digest);
  return wrong ? 1 : 0;
}
