// SPDX-License-Identifier: MIT
#include "core/gdb/server.h"

#include <algorithm>
#include <utility>

#include "core/base/hex.h"
#include "core/gdb/registers.h"
#include "core/inspect/bytes.h"

namespace lucid::gdb {
namespace {

using session::AccessSide;
using session::Stop;

constexpr u64 most_memory = PacketReader::longest / 2 - 16;  // bytes in an answer

std::string text_of(const std::vector<u8>& bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

Server::Server(session::Session& session, std::string focus) : session_(session), focus_(std::move(focus)) {}

std::string Server::receive(std::string_view bytes) {
  std::string out;
  for (const Incoming& incoming : reader_.feed(bytes)) {
    switch (incoming.kind) {
      case Incoming::Kind::damaged:
        if (acknowledges_) out += '-';
        break;
      case Incoming::Kind::refused:
        if (acknowledges_) out += unacknowledged_;
        break;
      case Incoming::Kind::acknowledged:
        unacknowledged_.clear();
        break;
      case Incoming::Kind::interrupt:
        if (running_) running_ = false, out += framed(last_stop_ = "T02thread:1;");
        break;
      case Incoming::Kind::packet: {
        if (acknowledges_) out += '+';
        const std::string answer = handle(incoming.text);
        if (running_ || (killed_ && answer.empty())) break;  // it comes when the run stops, or not at all
        unacknowledged_ = framed(answer);
        out += unacknowledged_;
        break;
      }
    }
  }
  return out;
}

void Server::leave() {
  for (const Point& point : points_) session_.remove_breakpoint(point.id);
  points_.clear();
}

std::string Server::console(std::string_view text) { return framed("O" + to_hex(text)); }

std::string Server::handle(std::string_view packet) {
  if (packet.empty()) return "";
  const std::string_view rest = packet.substr(1);
  switch (packet[0]) {
    case '?':
      return last_stop_;
    case 'g':
      return to_hex(all_registers(session_.registers().state));
    case 'G':
      return write_registers(rest);
    case 'p': {
      std::string_view number = rest;
      u64 index;
      if (!take_number(number, index) || !number.empty()) return "E01";
      const auto bytes = register_bytes(session_.registers().state, static_cast<unsigned>(std::min<u64>(index, 9999)));
      return bytes.empty() ? "E01" : to_hex(bytes);
    }
    case 'P':
      return write_register(rest);
    case 'm':
      return read_memory(rest);
    case 'M':
      return write_memory(rest, false);
    case 'X':
      return write_memory(rest, true);
    case 'Z':
      return breakpoint(rest, true);
    case 'z':
      return breakpoint(rest, false);
    case 'H':
    case 'T':  // one thread, alive
      return "OK";
    case 'c':
    case 'C':
    case 's':
    case 'S':
    case 'b':
      return resume(packet);
    case 'v':
      if (packet == "vCont?") return "vCont;c;C;s;S";
      if (packet.starts_with("vCont;")) return resume(packet.substr(6));
      if (packet.starts_with("vKill")) return killed_ = true, "OK";
      return "";
    case 'D':
      leave();
      return detached_ = true, "OK";
    case 'k':
      return killed_ = true, "";
    case 'q':
    case 'Q':
      return query(packet);
    default:
      return "";
  }
}

std::string Server::query(std::string_view packet) {
  if (packet.starts_with("qSupported")) {
    knows_break_reasons_ = packet.find("swbreak+") != std::string_view::npos;
    return "PacketSize=" + inspect::hex(PacketReader::longest).substr(2) +
           ";QStartNoAckMode+;qXfer:features:read+;ReverseStep+;ReverseContinue+;vContSupported+;swbreak+;hwbreak+";
  }
  if (packet == "QStartNoAckMode") return acknowledges_ = false, "OK";
  if (packet == "qfThreadInfo") return "m1";
  if (packet == "qsThreadInfo") return "l";
  if (packet == "qC") return "QC1";
  if (packet == "qAttached") return "1";
  if (packet.starts_with("qThreadExtraInfo,")) return to_hex("processor");
  if (packet.starts_with("qSymbol:")) return "OK";
  if (packet.starts_with("qXfer:features:read:")) return transfer(packet.substr(20));
  if (packet.starts_with("qRcmd,")) {
    std::string command;
    if (!from_hex(packet.substr(6), command)) return "E01";
    const std::string text = monitor(command);
    return text.empty() ? "OK" : to_hex(text);
  }
  return "";
}

/// NAME:OFFSET,LENGTH of the target's description.
std::string Server::transfer(std::string_view rest) {
  constexpr std::string_view name = "target.xml:";
  u64 offset, length;
  if (!rest.starts_with(name)) return "E00";
  rest.remove_prefix(name.size());
  if (!take_number(rest, offset) || !take(rest, ',') || !take_number(rest, length) || !rest.empty()) return "E00";
  const std::string xml = target_description();
  if (offset >= xml.size()) return "l";
  length = std::min(length, most_memory);
  return (offset + length >= xml.size() ? "l" : "m") + xml.substr(offset, length);
}

// --- registers and memory ---

/// A command takes effect at once. In the past it would start another future: only when asked for.
bool Server::apply(session::Command command) {
  if (session_.over() || (session_.in_past() && !may_change_past_)) return false;
  session_.submit(std::move(command));
  session_.run({0, ~u64{0}, {}});
  return true;
}

std::string Server::write_register(std::string_view rest) {
  u64 number;
  std::string bytes;
  if (!take_number(rest, number) || !take(rest, '=') || !from_hex(rest, bytes) || number >= register_count())
    return "E01";
  if (register_bytes(session_.registers().state, static_cast<unsigned>(number)) == bytes) return "OK";
  const auto poke = poke_of(static_cast<unsigned>(number), bytes);
  return poke && apply(*poke) ? "OK" : "E02";
}

std::string Server::write_registers(std::string_view rest) {
  std::string bytes;
  if (!from_hex(rest, bytes)) return "E01";
  std::string_view left = bytes;
  for (unsigned i = 0; i < register_count() && left.size() >= register_size(i); ++i) {
    const std::string_view value = left.substr(0, register_size(i));
    left.remove_prefix(value.size());
    if (register_bytes(session_.registers().state, i) == value) continue;
    const auto poke = poke_of(i, value);
    if (!poke || !apply(*poke)) return "E02";
  }
  return "OK";
}

std::string Server::read_memory(std::string_view rest) {
  u64 address, size;
  if (!take_number(rest, address) || !take(rest, ',') || !take_number(rest, size) || !rest.empty()) return "E01";
  size = std::min(size, most_memory);
  std::vector<u8> bytes = session_.read_memory(0, Gva{address}, size);
  while (bytes.size() < size) {
    const auto more = session_.read_file_image(Gva{address + bytes.size()}, size - bytes.size());
    if (more.empty()) break;
    bytes.insert(bytes.end(), more.begin(), more.end());
  }
  return bytes.empty() && size != 0 ? "E14" : to_hex(text_of(bytes));
}

std::string Server::write_memory(std::string_view rest, bool binary) {
  u64 address, size;
  if (!take_number(rest, address) || !take(rest, ',') || !take_number(rest, size) || !take(rest, ':')) return "E01";
  std::string bytes(rest);
  if (!binary && !from_hex(rest, bytes)) return "E01";
  if (bytes.size() != size) return "E01";
  for (size_t done = 0; done < bytes.size();) {
    const auto walk = session_.walk(0, Gva{address + done}).result;
    if (walk.outcome != mem::WalkResult::Outcome::mapped) return "E14";
    const size_t here = std::min<size_t>(bytes.size() - done, page_size - (address + done) % page_size);
    session::PokeMemory poke{walk.physical, {}};
    poke.bytes.assign(bytes.begin() + static_cast<std::ptrdiff_t>(done),
                      bytes.begin() + static_cast<std::ptrdiff_t>(done + here));
    if (!apply(std::move(poke))) return "E02";
    done += here;
  }
  return "OK";
}

// --- breakpoints ---

std::string Server::breakpoint(std::string_view rest, bool set) {
  const std::string packet(rest.substr(0, rest.find(';')));
  rest = packet;
  u64 type, address, size;
  if (!take_number(rest, type) || !take(rest, ',') || !take_number(rest, address) || !take(rest, ',') ||
      !take_number(rest, size) || !rest.empty())
    return "E01";
  if (type > 4) return "";
  const auto same = [&](const Point& point) { return point.packet == packet; };
  const auto known = std::find_if(points_.begin(), points_.end(), same);
  if (!set) {
    if (known == points_.end()) return "OK";
    session_.remove_breakpoint(known->id);
    points_.erase(known);
    return "OK";
  }
  if (known != points_.end()) return "OK";
  const std::string at = inspect::hex(address);
  static constexpr const char* accesses[] = {"write", "read", "access"};
  std::string text = type < 2 ? at : std::string(accesses[type - 2]) + "(" + at + ", " + std::to_string(size) + ")";
  if (address >> 63 == 0 && !focus_.empty()) text += " " + focus_;
  const auto added = session_.add_breakpoint(text);
  if (!added) return "E01";
  points_.push_back({packet, added.value(), static_cast<char>('0' + type), address});
  return "OK";
}

// --- time ---

/// "c", "s", "bc", "bs", "Csig", "c:1", "c;…": with one thread the first action is all there is.
std::string Server::resume(std::string_view packet) {
  if (packet == "bs") return step_backward();
  if (packet == "bc") return continue_backward();
  if (packet.empty()) return "E01";
  const char action = packet[0];
  // An address to go on from ("c401000") is not given by today's GDB.
  if ((action == 'c' || action == 's') && packet.size() > 1 && hex_digit(packet[1]) >= 0) return "E01";
  return action == 's' || action == 'S' ? step_forward() : action == 'b' ? "" : continue_forward();
}

std::string Server::continue_forward() {
  if (session_.over()) return ended();
  running_ = true;
  return "";
}

std::string Server::run_slice(u64 instructions, u64 until_time) {
  const Stop stop = session_.run({instructions, until_time, {}});
  if (stop != Stop::breakpoint && !session_.over()) return "";
  running_ = false;
  unacknowledged_ = framed(session_.over() ? ended() : stopped());
  return unacknowledged_;
}

std::string Server::step_forward() {
  if (session_.over()) return ended();
  if (steps_in_programs_) {
    session_.step_in_program();
  } else {
    session_.step();
  }
  return session_.over() ? ended() : stopped();
}

std::string Server::step_backward() {
  const bool moved =
      steps_in_programs_ ? session_.step_back_in_program() : session_.step_back(session::Grain::instruction);
  end_was_told_ = false;
  return stopped(moved ? "" : "replaylog:begin;");
}

std::string Server::continue_backward() {
  end_was_told_ = false;
  if (session_.run_back(AccessSide::before)) return stopped();
  session_.seek_instruction(0);
  return stopped("replaylog:begin;");
}

std::string Server::ended() {
  if (!end_was_told_) {
    end_was_told_ = true;
    return stopped("replaylog:end;");
  }
  if (session_.last_stop() != Stop::powered_off) return last_stop_ = "X06";
  static constexpr char digits[] = "0123456789abcdef";
  const int status = session_.exit_status();
  return last_stop_ = std::string("W") + digits[status >> 4 & 15] + digits[status & 15];
}

std::string Server::stopped(const char* reason) {
  return last_stop_ = "T05" + (*reason ? std::string(reason) : reason_of_hit()) + "thread:1;";
}

std::string Server::reason_of_hit() const {
  for (const u32 id : session_.last_hit().ids) {
    for (const Point& point : points_) {
      if (point.id != id) continue;
      if (point.type < '2') {
        if (!knows_break_reasons_) return "";
        return point.type == '0' ? "swbreak:;" : "hwbreak:;";
      }
      const char* name = point.type == '2' ? "watch:" : point.type == '3' ? "rwatch:" : "awatch:";
      return name + inspect::hex(point.address).substr(2) + ";";
    }
  }
  return "";
}

}  // namespace lucid::gdb
