// SPDX-License-Identifier: MIT
// epoll(7): a set of watched files, and the queue of those that were announced to be ready. An item
// enters the queue when its file says so, and leaves it when it turns out not to be ready after all,
// or has been reported and does not ask for more (EPOLLET, EPOLLONESHOT).
#pragma once
#include "core/kernel/fs/inode.h"
#include "core/kernel/proc/sched.h"

namespace lucid::kernel {

class Epoll;

/// Linux's struct epoll_event, packed as on x86-64.
struct [[gnu::packed]] EpollEvent {
  u32 events;
  u64 data;
};

namespace epoll_event {
constexpr u32 exclusive = 1u << 28, wake_up = 1u << 29, one_shot = 1u << 30, edge_triggered = 1u << 31,
              behaviour = exclusive | wake_up | one_shot | edge_triggered;
}

/// One watched descriptor. Lives as long as both the Epoll and the File.
class EpollItem final : public PollTable {
 public:
  EpollItem(Epoll& owner, File& file, i32 fd, const EpollEvent& wanted);
  ~EpollItem();
  /// Asks the file to announce itself here; what it says now.
  Result<u32> watch();
  u32 ready_events() const;
  void notified();
  void add(WaitQueue& queue) override;

  Epoll& owner;
  File& file;
  i32 fd;
  EpollEvent wanted;
  EpollItem *next = nullptr, *next_of_file = nullptr, *next_ready = nullptr;
  bool queued = false;

 private:
  struct Announcement : Watch {
    EpollItem* item;
    Announcement* next;
    void notified() override { item->notified(); }
  };
  Announcement* announcements_ = nullptr;
  bool out_of_memory_ = false;
};

class Epoll : public Inode {
 public:
  Epoll() : Inode(0600) {}
  ~Epoll() override;
  const char* anonymous_name() const override { return "anon_inode:[eventpoll]"; }
  Epoll* as_epoll() override { return this; }
  bool seekable() const override { return false; }
  u32 poll(File&, PollTable& table) override;

  Status add(File& file, i32 fd, const EpollEvent& event);
  Status change(File& file, i32 fd, const EpollEvent& event);
  Status remove(File& file, i32 fd);
  /// Up to `most` events to user memory, at `to`.
  SysResult collect(UserPtr<EpollEvent> to, u32 most);
  void enqueue(EpollItem& item);
  void drop(EpollItem& item);
  WaitQueue& ready_queue() { return arrived_; }

 private:
  EpollItem* find(const File& file, i32 fd) const;
  bool reaches(const Epoll& other, u32 depth) const;
  u32 height() const;
  EpollItem* items_ = nullptr;
  Queue<EpollItem, &EpollItem::next_ready> ready_;
  WaitQueue arrived_;
};

/// A file goes away: nobody watches it any more.
void forget_watched_file(File& file);

}  // namespace lucid::kernel
