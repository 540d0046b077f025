// The press queue alone, with its own clock: what takes minutes, weeks or bad luck on a board. Each line of the
// output is a rule that holds; the first that doesn't ends the program.

#include <cstdio>
#include <cstdlib>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "press_queue.h"
#include "receipt.h"

using namespace esphome::numbered_press;

static void check(bool holds, const char *rule) {
  if (!holds) {
    printf("broken: %s\n", rule);
    exit(1);
  }
}

static std::vector<std::pair<uint32_t, bool>> due(PressQueue &queue, uint32_t now) {
  std::vector<std::pair<uint32_t, bool>> sent;
  queue.send_due(now, 2000, 10000, [&](const Press &press) { sent.emplace_back(press.seq, press.test); });
  return sent;
}

static void clock_wraps() {
  PressQueue queue;
  const uint32_t late = UINT32_MAX - 500;  // a board's clock after 49.7 days
  queue.number(7);
  queue.press(false, late);
  check(due(queue, late).size() == 1, "sent at once");
  check(due(queue, late + 1999).empty(), "not before its repeat");
  check(due(queue, late + 2000).size() == 1, "repeated across the wrap of the clock");
  queue.receipt(7, 1, Stage::AT_HQ, late + 2000);
  check(queue.lamp(late + 2000 + 59999) == Lamp::GREEN, "green for a minute");
  check(queue.lamp(late + 2000 + 60000) == Lamp::OFF, "then off");
  printf("the clock may wrap\n");
}

static void lamp_is_honest() {
  PressQueue queue;
  queue.number(7);
  queue.press(false, 0);
  queue.press(false, 0);
  queue.receipt(7, 1, Stage::AT_HQ, 10);
  check(queue.lamp(20) == Lamp::BLINKING, "a press nobody has shows above one that HQ has");
  queue.receipt(7, 2, Stage::STORED, 30);
  check(queue.lamp(40) == Lamp::STEADY, "stored shows above HQ");
  check(!queue.receipt(7, 1, Stage::STORED, 50), "a late receipt takes nothing back");
  check(queue.lamp(1800030) == Lamp::OFF, "not steady for ever where HQ is never reached");
  queue.press(true, 2000000);
  queue.receipt(7, 3, Stage::STORED, 2000000);
  check(queue.lamp(2000001) == Lamp::STEADY && queue.lamp(2060000) == Lamp::OFF, "a stored test is shown a minute");
  queue.press(true, 3000000);
  queue.press(false, 3000000);
  queue.receipt(7, 5, Stage::AT_HQ, 3000000);
  check(queue.lamp(3000001) == Lamp::GREEN, "an unanswered test doesn't hide that HQ has the alarm");
  printf("the lamp says no more than is true\n");
}

static void asks_again() {
  PressQueue queue;
  queue.number(7);
  queue.press(false, 0);
  queue.press(true, 0);
  check(due(queue, 0).size() == 2, "both are sent");
  queue.receipt(7, 1, Stage::STORED, 100);
  queue.receipt(7, 2, Stage::STORED, 100);
  check(due(queue, 9999).empty(), "stored: no repeats in a hurry");
  check(due(queue, 10000).size() == 1, "but a question whether HQ has it, of the alarm alone");
  queue.hurry();
  check(due(queue, 10001).size() == 1, "asked at once when the connection is back");
  check(queue.lamp(15000) == Lamp::STEADY, "asking changes no lamp");
  queue.receipt(7, 1, Stage::AT_HQ, 15000);
  queue.hurry();
  check(due(queue, 60000).empty(), "HQ has it: silence");
  printf("a stored press asks for HQ's receipt\n");
}

static void full_queue() {
  PressQueue queue;
  queue.number(7);
  for (size_t i = 0; i < PressQueue::CAPACITY; i++)
    check(queue.press(true, 0), "room for tests");
  check(!queue.press(true, 0), "no room for one more test");
  check(queue.press(false, 0), "an alarm takes a test's place");
  check(due(queue, 0).front() == std::make_pair(uint32_t(PressQueue::CAPACITY + 1), false), "and is sent first");
  for (size_t i = 1; i < PressQueue::CAPACITY; i++)
    check(queue.press(false, 0), "alarms take the place of all tests");
  check(!queue.press(false, 0), "further alarms join those waiting");
  check(due(queue, 5000).size() == PressQueue::CAPACITY, "none of which is lost");
  printf("a full queue loses no alarm\n");
}

static void restart() {
  PressQueue before;
  before.press(false, 0);
  before.press(true, 0);
  before.number(7);
  before.press(false, 0);
  before.receipt(7, 3, Stage::STORED, 0);
  PressQueue after;
  after.restore(before.save(), 0);
  after.number(9);
  std::set<std::pair<uint32_t, uint32_t>> sent;
  after.press(false, 0);
  after.send_due(0, 2000, 10000, [&](const Press &press) { sent.emplace(press.boot, press.seq); });
  check(sent == std::set<std::pair<uint32_t, uint32_t>>{{7, 1}, {7, 2}, {9, 1}}, "old numbers stay, new ones are new");
  check(after.receipt(7, 1, Stage::STORED, 0) && after.receipt(9, 1, Stage::STORED, 0), "each has its receipt");
  Saved garbage{};
  garbage.count = 4000000000u;
  PressQueue fresh;
  fresh.restore(garbage, 0);
  check(fresh.lamp(0) == Lamp::OFF, "garbage restores nothing");
  printf("a restart keeps the numbers\n");
}

static void receipts() {
  Receipt receipt{};
  check(read_receipt("{\"boot\":7,\"seq\":42,\"stage\":\"stored\"}", receipt) && receipt.boot == 7 && receipt.seq == 42,
        "as the hub writes it");
  check(read_receipt("{ \"stage\" : \"hq\",\n \"seq\" : 4294967295 , \"more\":[1], \"boot\":0 }", receipt) &&
            receipt.seq == UINT32_MAX && receipt.stage == Stage::AT_HQ,
        "keys in any order, blanks, other keys");
  for (const char *bad :
       {"", "{}", "null", "{\"boot\":7,\"seq\":42}", "{\"boot\":7,\"seq\":42,\"stage\":\"later\"}",
        "{\"boot\":-7,\"seq\":42,\"stage\":\"hq\"}", "{\"boot\":7.5,\"seq\":42,\"stage\":\"hq\"}",
        "{\"boot\":4294967296,\"seq\":42,\"stage\":\"hq\"}", "{\"boot\":\"7\",\"seq\":42,\"stage\":\"hq\"}",
        "{\"boot\":7,\"seq\":99999999999999999999999,\"stage\":\"hq\"}", "{\"boot\":7,\"seq\":,\"stage\":\"hq\"}",
        "{\"stage\":\"hq\",\"boot\":7,\"seq\":4"})
    check(!read_receipt(bad, receipt), bad);
  std::mt19937 random(1);
  const std::string alphabet = "{}\":, 0129bootseqstagehqstored\\\n\t[]";
  for (int i = 0; i < 200000; i++) {
    std::string text;
    for (size_t length = random() % 60; length > 0; length--)
      text += alphabet[random() % alphabet.size()];
    read_receipt(text, receipt);  // the sanitizers watch
  }
  printf("only a receipt is a receipt\n");
}

/// Any order of presses, receipts, restarts and time: every alarm that was taken is sent until it is confirmed.
static void model() {
  for (uint32_t seed = 0; seed < 3000; seed++) {
    std::mt19937 random(seed);
    PressQueue queue;
    std::set<std::pair<uint32_t, uint32_t>> open;
    uint32_t now = random(), boot = 1, seq = 0;
    queue.number(boot);
    for (int step = 0; step < 60; step++) {
      now += random() % 3000;
      const uint32_t dice = random() % 10;
      if (dice < 4) {
        const bool test = random() % 4 == 0;
        if (queue.press(test, now)) {
          seq++;
          if (!test)
            open.emplace(boot, seq);
        } else {
          check(test || open.size() == PressQueue::CAPACITY, "an alarm is refused only when all places hold alarms");
        }
      } else if (dice < 8 && !open.empty()) {
        auto chosen = open.begin();
        std::advance(chosen, random() % open.size());
        check(queue.receipt(chosen->first, chosen->second, random() % 2 ? Stage::STORED : Stage::AT_HQ, now), "known");
        open.erase(chosen);
      } else if (dice == 8) {
        PressQueue after;
        after.restore(queue.save(), now);
        queue = after;
        queue.number(++boot);
        seq = 0;
      }
      queue.lamp(now);
      queue.hurry();
      std::set<std::pair<uint32_t, uint32_t>> sent;
      queue.send_due(now, 2000, 10000, [&](const Press &press) {
        if (!press.test && press.stage == Stage::WAITING)
          sent.emplace(press.boot, press.seq);
      });
      check(sent == open, "what is open is what is sent");
      check(open.empty() || queue.lamp(now) == Lamp::BLINKING, "and the lamp says so");
    }
  }
  printf("no order of events loses a press\n");
}

int main() {
  clock_wraps();
  lamp_is_honest();
  asks_again();
  full_queue();
  restart();
  receipts();
  model();
}
