// SPDX-License-Identifier: MIT
#include "ui/gather.h"

namespace lucid::ui {

void gather_cheap(Picture& p, const session::Session& session) {
  p.registers = session.registers();
  p.stats = session.stats();
  p.over = session.over();
  p.ending = session.over() ? session.death_reason() : "";
}

void gather_costly(Picture& p, Selection& s, const session::Session& session, Need needs) {
  p.processes = session.processes();
  if (p.processes.current_pid != 0) s.last_user = p.processes.current_pid;
  if (s.process != 0 && !p.process(s.process)) s.process = 0;
  if (s.last_user != 0 && !p.process(s.last_user)) s.last_user = 0;
  if (s.last_user == 0 && !p.processes.processes.empty()) s.last_user = p.processes.processes.back().pid;
  p.following = s.process == 0;
  p.pid = p.following ? s.last_user : s.process;
  p.current_code = Gva{p.registers.state.rip};
  if (has(needs, Need::code)) p.code = session.disassembly(p.current_code, 12, 24);
  if (has(needs, Need::map)) p.map = session.memory_map(p.pid);
  if (has(needs, Need::frames)) p.frames = session.frames();
  if (has(needs, Need::walk)) p.walk = session.walk(p.pid, s.has_address ? s.address : p.current_code);
}

}  // namespace lucid::ui
