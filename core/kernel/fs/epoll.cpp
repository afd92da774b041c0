// SPDX-License-Identifier: MIT
#include "core/kernel/fs/epoll.h"

namespace lucid::kernel {
namespace {

constexpr u32 deepest_nesting = 5;  // Linux: EP_MAX_NESTS + 1
constexpr u32 always_reported = poll_event::error | poll_event::hang_up;

}  // namespace

EpollItem::EpollItem(Epoll& o, File& f, i32 descriptor, const EpollEvent& w)
    : owner(o), file(f), fd(descriptor), wanted(w) {
  next_of_file = file.epoll_items;
  file.epoll_items = this;
}

EpollItem::~EpollItem() {
  while (announcements_) {
    Announcement* a = announcements_;
    announcements_ = a->next;
    delete a;
  }
  EpollItem** link = &file.epoll_items;
  while (*link != this) link = &(*link)->next_of_file;
  *link = next_of_file;
}

void EpollItem::add(WaitQueue& queue) {
  auto* a = new (or_null) Announcement;
  if (!a) {
    out_of_memory_ = true;
    return;
  }
  a->item = this;
  a->next = announcements_;
  announcements_ = a;
  a->start(queue);
}

Result<u32> EpollItem::watch() {
  u32 events = file.inode->poll(file, *this);
  if (out_of_memory_) return Errno::NOMEM;
  return events & (wanted.events | always_reported);
}

u32 EpollItem::ready_events() const {
  LookOnly look;
  return file.inode->poll(file, look) & (wanted.events | always_reported);
}

void EpollItem::notified() {
  if (wanted.events & ~epoll_event::behaviour) owner.enqueue(*this);
}

Epoll::~Epoll() {
  while (EpollItem* item = items_) {
    items_ = item->next;
    delete item;
  }
}

EpollItem* Epoll::find(const File& file, i32 fd) const {
  for (EpollItem* i = items_; i; i = i->next)
    if (&i->file == &file && i->fd == fd) return i;
  return nullptr;
}

/// Is `other` watched by this one, through however many between?
bool Epoll::reaches(const Epoll& other, u32 depth) const {
  if (this == &other || depth > deepest_nesting) return true;
  for (EpollItem* i = items_; i; i = i->next)
    if (Epoll* inner = i->file.inode->as_epoll(); inner && inner->reaches(other, depth + 1)) return true;
  return false;
}

u32 Epoll::height() const {
  u32 most = 0;
  for (EpollItem* i = items_; i; i = i->next)
    if (Epoll* inner = i->file.inode->as_epoll()) most = max(most, inner->height());
  return most + 1;
}

Status Epoll::add(File& file, i32 fd, const EpollEvent& event) {
  if (find(file, fd)) return Errno::EXIST;
  if (Epoll* inner = file.inode->as_epoll(); inner && (inner->reaches(*this, 0) || inner->height() >= deepest_nesting))
    return Errno::LOOP;
  auto* item = new (or_null) EpollItem(*this, file, fd, event);
  if (!item) return Errno::NOMEM;
  Result<u32> now = item->watch();
  if (!now.ok()) {
    delete item;
    return now.error();
  }
  item->next = items_;
  items_ = item;
  if (now.value()) enqueue(*item);
  return {};
}

Status Epoll::change(File& file, i32 fd, const EpollEvent& event) {
  EpollItem* item = find(file, fd);
  if (!item) return Errno::NOENT;
  item->wanted = event;
  if (item->ready_events()) enqueue(*item);
  return {};
}

Status Epoll::remove(File& file, i32 fd) {
  EpollItem* item = find(file, fd);
  if (!item) return Errno::NOENT;
  drop(*item);
  return {};
}

void Epoll::drop(EpollItem& item) {
  if (item.queued) ready_.remove(&item);
  EpollItem** link = &items_;
  while (*link != &item) link = &(*link)->next;
  *link = item.next;
  delete &item;
}

void Epoll::enqueue(EpollItem& item) {
  if (!item.queued) {
    item.queued = true;
    ready_.push(&item);
  }
  arrived_.wake_all();
}

SysResult Epoll::collect(UserPtr<EpollEvent> to, u32 most) {
  u32 count = 0;
  Queue<EpollItem, &EpollItem::next_ready> again;
  Errno error{};
  while (count < most && !ready_.empty()) {
    EpollItem* item = ready_.pop();
    u32 events = item->ready_events();
    item->queued = false;
    if (!events) continue;
    if (!write_user(to + count, EpollEvent{events, item->wanted.data}).ok()) {
      item->queued = true;
      again.push(item);
      error = Errno::FAULT;
      break;
    }
    count++;
    if (item->wanted.events & epoll_event::one_shot) {
      item->wanted.events &= epoll_event::behaviour;
    } else if (!(item->wanted.events & epoll_event::edge_triggered)) {
      item->queued = true;  // level-triggered: looked at again next time
      again.push(item);
    }
  }
  while (EpollItem* item = again.pop()) ready_.push(item);
  return count || error == Errno{} ? SysResult(count) : error;
}

u32 Epoll::poll(File&, PollTable& table) {
  table.add(arrived_);
  while (EpollItem* item = ready_.first()) {
    if (item->ready_events()) return poll_event::in | poll_event::read_normal;
    ready_.pop();
    item->queued = false;
  }
  return 0;
}

void forget_watched_file(File& file) {
  while (EpollItem* item = file.epoll_items) item->owner.drop(*item);
}

}  // namespace lucid::kernel
