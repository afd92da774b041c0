// SPDX-License-Identifier: MIT
// Threads, condition variables, thread-local storage, exceptions through frames and threads, iostreams.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <future>
#include <iomanip>
#include <iostream>
#include <map>
#include <mutex>
#include <queue>
#include <shared_mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

thread_local int mine = 7;

struct Noisy {
  explicit Noisy(std::string name) : name(std::move(name)) {}
  ~Noisy() { std::cout << "gone: " << name << '\n'; }
  std::string name;
};

int dig(int depth) {
  const Noisy noisy("depth " + std::to_string(depth));
  if (depth == 0) throw std::out_of_range("at the bottom");
  return dig(depth - 1) + 1;
}

void exceptions() {
  try {
    dig(2);
  } catch (const std::logic_error& error) {
    std::cout << "caught " << error.what() << '\n';
  }
  try {
    try {
      std::vector<int>().at(3);
    } catch (...) {
      std::throw_with_nested(std::runtime_error("outer"));
    }
  } catch (const std::exception& outer) {
    std::cout << outer.what() << " around ";
    try {
      std::rethrow_if_nested(outer);
    } catch (const std::exception& inner) {
      std::cout << inner.what() << '\n';
    }
  }
  auto promise = std::async(std::launch::async, []() -> int { throw std::string("from a thread"); });
  try {
    promise.get();
  } catch (const std::string& text) {
    std::cout << text << '\n';
  }
}

/// Eight producers, four consumers, one bounded queue.
void queue() {
  std::mutex mutex;
  std::condition_variable not_empty, not_full;
  std::queue<int> queue;
  std::atomic<long> sum{0};
  std::atomic<int> left{8 * 500};
  std::vector<std::thread> threads;
  for (int p = 0; p < 8; ++p) {
    threads.emplace_back([&, p] {
      for (int i = 0; i < 500; ++i) {
        std::unique_lock lock(mutex);
        not_full.wait(lock, [&] { return queue.size() < 10; });
        queue.push(p * 500 + i);
        not_empty.notify_one();
      }
    });
  }
  for (int c = 0; c < 4; ++c) {
    threads.emplace_back([&] {
      while (left.fetch_sub(1) > 0) {
        std::unique_lock lock(mutex);
        not_empty.wait(lock, [&] { return !queue.empty(); });
        sum += queue.front();
        queue.pop();
        not_full.notify_one();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::cout << "sum " << sum << ", left in the queue " << queue.size() << '\n';
}

void locals_and_locks() {
  std::shared_mutex shared;
  std::once_flag once;
  std::map<int, int> squares;
  std::atomic<int> initialised{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&, i] {
      std::call_once(once, [&] { ++initialised; });
      mine += i;
      const std::unique_lock lock(shared);
      squares[i] = mine;
    });
  }
  for (auto& thread : threads) thread.join();
  const std::shared_lock lock(shared);
  for (const auto& [key, value] : squares) std::cout << key << ':' << value << ' ';
  std::cout << "once " << initialised << ", mine " << mine << '\n';
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock wait(mutex);
  std::cout << "time-out " << (never.wait_for(wait, std::chrono::milliseconds(5)) == std::cv_status::timeout) << '\n';
}

}  // namespace

int main() {
  exceptions();
  queue();
  locals_and_locks();
  std::ostringstream text;
  text << std::setprecision(10) << std::fixed << 2.0 / 3 << std::hex << std::showbase << 255;
  std::cout << text.str() << std::endl;
  std::vector<double> numbers(1000);
  std::generate(numbers.begin(), numbers.end(), [n = 0.0]() mutable { return n = n * 1.1 + 1; });
  std::sort(numbers.rbegin(), numbers.rend());
  std::cout << numbers[10] << '\n';
  throw std::runtime_error("nobody catches this");
}
