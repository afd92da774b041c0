// SPDX-License-Identifier: MIT
// How a run notices that a breakpoint is true: the machine stops wherever one can be, at full speed
// in between, and the expressions decide.
#include <algorithm>

#include "core/inspect/bytes.h"
#include "core/inspect/kernel_tables.h"
#include "core/inspect/processes.h"
#include "core/session/impl.h"

namespace lucid::session {
namespace {

using machine::MachineStop;
using trace::Kind;

constexpr u64 mmap_number = 9;

}  // namespace

std::string Session::Impl::process_name() const {
  const inspect::Guest now = guest();
  const auto kernel = inspect::KernelTables::open(now);
  inspect::Task task;
  return kernel.ok() && kernel.value().find(inspect::current_pid(now), task) ? task.name : "";
}

std::optional<u64> Session::Impl::address_of(const Location& location) const {
  if (location.image.empty()) return location.address;
  for (const inspect::MappedImage& mapped : symbolizer().all()) {
    if (images->same_file(mapped.name, location.image)) return location.address + mapped.bias;
  }
  return std::nullopt;
}

Scope Session::Impl::scope() const {
  Scope moment;
  const inspect::Guest now = guest();
  moment.cpu = &now.cpu;
  moment.pid = machine->current_pid();
  moment.time = machine->clock().now();
  moment.instruction = machine->clock().retired;
  moment.read = [this](Gva at, void* out, u64 size) {
    return inspect::GuestMemory(machine->ram(), guest().paging()).read(at, out, size) == size;
  };
  moment.read_physical = [this](Gpa at, void* out, u64 size) {
    return machine->ram().read(at, std::span(static_cast<u8*>(out), static_cast<size_t>(size)));
  };
  moment.process_name = [this] { return process_name(); };
  moment.address_of = [this](const Location& location) { return address_of(location); };
  return moment;
}

// --- what the machine looks for ---

void Session::Impl::plan_stops() {
  plan = {};
  for (const Breakpoint& each : breakpoints) {
    if (each.enabled) plan.add(each.expression);
  }
  machine->cpu().set_watches(plan.ranges);
  bind_places();
  ++revision;
}

void Session::Impl::bind_places() {
  places.clear();
  std::vector<inspect::MappedImage> loaded;
  if (plan.moves) {
    const inspect::Guest now = guest();
    const auto kernel = inspect::KernelTables::open(now);
    for (const inspect::Task& task : kernel.ok() ? kernel.value().tasks() : std::vector<inspect::Task>()) {
      for (auto& image : inspect::Symbolizer(*images, kernel.value().vmas(task)).all())
        loaded.push_back(std::move(image));
    }
  }
  for (const Location& place : plan.places) {
    if (!place.moves) places.push_back({place.address});
    for (const auto& image : loaded) {
      if (place.moves && images->same_file(image.name, place.image)) places.push_back({place.address + image.bias});
    }
  }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  machine->cpu().set_breakpoints(places);
}

void Session::Impl::arm(bool on) {
  armed = on;
  machine->cpu().set_armed(on);
  machine->cpu().clear_watch_hits();
  if (!on) return;
  if (plan.moves) bind_places();
  machine->cpu().pass_breakpoint();
}

trace::KindSet Session::Impl::kinds_to_stop_for() const {
  if (!armed) return {};
  return plan.moves ? plan.kinds.with(Kind::execed).with(Kind::returned_to_user) : plan.kinds;
}

// --- where it stopped ---

void Session::Impl::look_for_hits(const Scope& moment) {
  for (Breakpoint& each : breakpoints) {
    if (!each.enabled || std::find(hit.ids.begin(), hit.ids.end(), each.id) != hit.ids.end()) continue;
    if (!holds(each.expression, moment)) continue;
    hit.ids.push_back(each.id);
    if (!travelling) ++each.hits;
  }
}

void Session::Impl::look_for_hits_of(const trace::Event& event) {
  const auto call = open_calls.find(event.pid);
  const bool returned = event.kind == Kind::returned_to_user && call != open_calls.end();
  if (plan.moves && (event.kind == Kind::execed || (returned && call->second == mmap_number))) bind_places();
  if (!plan.kinds.contains(event.kind)) return;
  Scope moment = scope();
  moment.event = &event;
  moment.pid = event.pid;
  if (returned) moment.returned_from = call->second;
  const size_t before = hit.ids.size();
  look_for_hits(moment);
  if (hit.ids.size() > before && !hit.has_event) hit.has_event = true, hit.event = event;
}

std::vector<u32> Session::Impl::true_of_every_instruction() const {
  std::vector<u32> found;
  const Scope moment = scope();
  for (const Breakpoint& each : breakpoints) {
    StopPlan own;
    own.add(each.expression);
    if (each.enabled && own.every && holds(each.expression, moment)) found.push_back(each.id);
  }
  return found;
}

bool Session::Impl::stopped_at_breakpoint(MachineStop stop, const std::vector<u32>& were_true) {
  cpu::Cpu& cpu = machine->cpu();
  const std::vector<cpu::WatchHit> accesses = cpu.watch_hits();
  cpu.clear_watch_hits();
  const bool arrived = stop == MachineStop::breakpoint;
  if (!arrived && accesses.empty() && !plan.every) return !hit.ids.empty();
  Scope moment = scope();
  moment.arrived = arrived;
  moment.accesses = accesses;
  const std::vector<u32> noted = hit.ids;
  look_for_hits(moment);
  // What looks at every instruction is reported where it becomes true.
  for (const u32 id : were_true) {
    const auto at = std::find(hit.ids.begin(), hit.ids.end(), id);
    if (at == hit.ids.end() || std::find(noted.begin(), noted.end(), id) != noted.end()) continue;
    hit.ids.erase(at);
    for (Breakpoint& each : breakpoints) each.hits -= each.id == id && !travelling;
  }
  if (!hit.ids.empty()) hit.accesses = accesses;
  const bool passed = arrived && passing && passing->value == moment.cpu->rip;
  return !hit.ids.empty() || passed;
}

// --- as the user sees it ---

Result<u32, ExpressionError> Session::add_breakpoint(std::string_view text) {
  Impl& impl = *impl_;
  auto parsed = parse_expression(text, [&impl](std::string_view name) { return impl.locate(name); });
  if (!parsed) return parsed.error();
  Scope now = impl.scope();
  now.address_of = [&impl](const Location& location) {
    return location.moves ? impl.address_of(location) : std::optional(location.address);
  };
  auto fixed = with_fixed_ranges(parsed.take(), now);
  if (!fixed) return fixed.error();
  impl.breakpoints.push_back({++impl.last_breakpoint_id, fixed.take(), true, 0});
  impl.plan_stops();
  impl.machine->cpu().pass_breakpoint();
  return impl.last_breakpoint_id;
}

bool Session::remove_breakpoint(u32 id) {
  const size_t removed = std::erase_if(impl_->breakpoints, [id](const Breakpoint& each) { return each.id == id; });
  if (removed != 0) impl_->plan_stops();
  return removed != 0;
}

bool Session::enable_breakpoint(u32 id, bool on) {
  for (Breakpoint& each : impl_->breakpoints) {
    if (each.id != id) continue;
    each.enabled = on;
    impl_->plan_stops();
    return true;
  }
  return false;
}

std::vector<BreakpointView> Session::breakpoint_list() const {
  std::vector<BreakpointView> list;
  for (const Breakpoint& each : impl_->breakpoints) {
    StopPlan own;
    own.add(each.expression);
    BreakpointView view{each.id,
                        each.expression.text,
                        each.enabled,
                        each.hits,
                        {},
                        !own.ranges.empty(),
                        own.every,
                        !own.kinds.empty(),
                        own.places.empty() ? "" : own.places.front().image};
    for (const Location& place : own.places) {
      if (const auto at = place.moves ? impl_->address_of(place) : place.address) view.places.push_back({*at});
    }
    list.push_back(std::move(view));
  }
  return list;
}

const BreakpointHit& Session::last_hit() const { return impl_->hit; }

void Session::set_breakpoint(Gva address, bool on) {
  const auto is_it = [&](const BreakpointView& each) { return each.places.size() == 1 && each.places[0] == address; };
  if (on && std::binary_search(impl_->places.begin(), impl_->places.end(), address)) return;
  if (on) return (void)add_breakpoint(inspect::hex(address.value)).ok();
  for (const BreakpointView& each : breakpoint_list()) {
    if (is_it(each)) remove_breakpoint(each.id);
  }
}

void Session::clear_breakpoints() {
  impl_->breakpoints.clear();
  impl_->plan_stops();
}

std::vector<Gva> Session::breakpoints() const { return impl_->places; }

void Session::prefer_program(std::string program) { impl_->program = std::move(program); }

Result<EventFilter, ExpressionError> Session::event_filter(std::string_view text) const {
  return EventFilter::parse(text, [this](std::string_view name) { return impl_->locate(name); });
}

Result<std::optional<u64>, ExpressionError> Session::evaluate(std::string_view text) const {
  const auto parsed = parse_expression(text, [this](std::string_view name) { return impl_->locate(name); });
  if (!parsed) return parsed.error();
  const auto value = value_of(parsed.value(), parsed.value().root, impl_->scope());
  return value ? std::optional(value->bits) : std::optional<u64>();
}

}  // namespace lucid::session
