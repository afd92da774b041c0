// SPDX-License-Identifier: MIT
// How the process shown is scheduled, and the limits set for it (getrlimit(2)).
#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr float row = 19, name_width = 112;

struct Limit {
  const char* name;
  const char* explain;
};
constexpr Limit limits[] = {{"cpu", "seconds of processor time; then SIGXCPU"},
                            {"file size", "bytes of a file it may write; then SIGXFSZ"},
                            {"data", "bytes of data and heap"},
                            {"stack", "bytes the stack may grow to"},
                            {"core", "bytes of a core dump"},
                            {"resident", "bytes in memory; nobody obeys it"},
                            {"processes", "processes of its user"},
                            {"open files", "one more than the highest descriptor"},
                            {"locked", "bytes kept in memory by mlock"},
                            {"address space", "bytes mapped"},
                            {"file locks", "held at once"},
                            {"signals", "queued for its user"},
                            {"messages", "bytes in message queues"},
                            {"nice", "20 minus the lowest nice level it may take"},
                            {"real time", "highest real-time priority it may take"},
                            {"real-time run", "microseconds without sleeping when real-time"}};

std::string limit_text(u64 value) { return value == ~u64{0} ? "unlimited" : grouped(value); }

const char* policy_text(u32 policy) {
  switch (policy) {
    case 0:
      return "SCHED_OTHER";
    case 1:
      return "SCHED_FIFO";
    case 2:
      return "SCHED_RR";
    case 3:
      return "SCHED_BATCH";
    case 5:
      return "SCHED_IDLE";
    default:
      return "unknown";
  }
}

std::string milliseconds(u64 ns) { return format("%.3f ms", static_cast<double>(ns) / 1e6); }

}  // namespace

void draw_limits(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const auto& details = pane.p.details;
  if (!details.valid) return;
  c.clip(r);
  const inspect::SchedView& s = details.sched;
  struct Row {
    const char* name;
    std::string value;
    const char* explain;
  };
  std::vector<Row> rows = {
      {"policy", policy_text(s.policy), "by which rule it is scheduled (sched_setscheduler(2))"},
      {"nice", std::to_string(s.nice), "-20 gets most of the processor, 19 least"},
      {"weight", std::to_string(s.weight), "its share against the others', 1024 at nice 0"},
      {"vruntime", milliseconds(s.vruntime), "processor time used, divided by its share"},
      {"waited", duration(s.waited), "time it was ready and another one ran"},
      {"got the CPU", grouped(s.switched_in), "how often it was switched to"},
      {"gave it up", grouped(s.voluntary_switches), "switches because it had to wait"},
      {"lost it", grouped(s.involuntary_switches), "switches because its slice had ended or another one came first"},
      {"minor faults", grouped(s.minor_faults), "page faults repaired without a disk"},
      {"major faults", grouped(s.major_faults), "page faults that had to wait for a disk"},
  };
  for (size_t i = 0; i < details.limits.size() && i < std::size(limits); ++i)
    rows.push_back({limits[i].name,
                    details.limits[i].soft == details.limits[i].hard
                        ? limit_text(details.limits[i].soft)
                        : limit_text(details.limits[i].soft) + " of " + limit_text(details.limits[i].hard),
                    limits[i].explain});
  constexpr size_t of_scheduling = 10;
  constexpr float headings = 2;  // a heading takes a row and a bit
  const size_t first = pane.scrolled(r, rows.size() + static_cast<size_t>(headings) + 1, row);
  float y = r.y;
  for (size_t i = first; i < rows.size() && y + row <= r.bottom(); ++i, y += row) {
    if (i == 0 || i == of_scheduling) {
      y += i == of_scheduling && y > r.y ? 6 : 0;
      y += c.heading(r.x, y, i == 0 ? "SCHEDULING" : "LIMITS");
      if (y + row > r.bottom()) break;
    }
    field(pane, {r.x, y, r.w, row - 1}, name_width, {rows[i].name, rows[i].value, rows[i].explain, {}, ""});
  }
  c.unclip();
}

}  // namespace lucid::ui
