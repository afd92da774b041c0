// SPDX-License-Identifier: MIT
// run_board KERNEL: boots a PVH kernel on a bare machine, copies COM1 to standard output, exits
// with the byte written to the exit port (or 70 with the reason when the machine stops).
#include <cstdio>
#include <fstream>
#include <iterator>

#include "core/machine/machine.h"

using namespace lucid;

int main(int argc, char** argv) {
  std::ifstream file(argc == 2 ? argv[1] : "", std::ios::binary);
  if (!file) return std::fprintf(stderr, "usage: run_board KERNEL\n"), 2;
  const std::vector<u8> kernel{std::istreambuf_iterator<char>(file), {}};
  machine::Machine machine{32 << 20};
  if (const auto loaded = machine.load({kernel, "", {}, ""}); !loaded)
    return std::fprintf(stderr, "%s\n", loaded.error().message.c_str()), 2;
  const machine::MachineStop stop = machine.run(200'000'000);
  std::fputs(machine.take_serial_output(0).c_str(), stdout);
  if (stop == machine::MachineStop::exit_port) return static_cast<int>(machine.exit_value() & 0xff);
  std::fprintf(stderr, "run_board: the machine stopped (reason %d) at rip %llx\n", static_cast<int>(stop),
               static_cast<unsigned long long>(machine.cpu().state().rip));
  return 70;
}
