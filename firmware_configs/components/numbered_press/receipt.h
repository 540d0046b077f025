#pragma once

// Reads the hub's receipt, {"boot":7,"seq":42,"stage":"stored"}: keys in any order, other keys ignored.
// A JSON library would have to be fetched for the host target; three fields of one flat object don't need it.

#include <cstdint>
#include <string>

#include "press_queue.h"

namespace esphome::numbered_press {

struct Receipt {
  uint32_t boot;
  uint32_t seq;
  Stage stage;
};

/// The first character of the value of `key`, or npos.
inline size_t find_value(const std::string &json, const std::string &key) {
  static const char *const SPACE = " \t\r\n";
  const std::string quoted = "\"" + key + "\"";
  for (size_t at = json.find(quoted); at != std::string::npos; at = json.find(quoted, at + 1)) {
    const size_t colon = json.find_first_not_of(SPACE, at + quoted.size());
    if (colon != std::string::npos && json[colon] == ':')
      return json.find_first_not_of(SPACE, colon + 1);
  }
  return std::string::npos;
}

/// A whole number of 0 to 2^32-1; anything else is refused.
inline bool read_number(const std::string &json, const std::string &key, uint32_t &number) {
  size_t at = find_value(json, key);
  if (at == std::string::npos)
    return false;
  uint64_t value = 0;
  size_t digits = 0;
  for (; at < json.size() && json[at] >= '0' && json[at] <= '9'; at++) {
    value = value * 10 + static_cast<uint64_t>(json[at] - '0');
    if (++digits > 10 || value > UINT32_MAX)
      return false;
  }
  const bool ended = at < json.size() && std::string(" \t\r\n,}").find(json[at]) != std::string::npos;
  number = static_cast<uint32_t>(value);
  return digits > 0 && ended;
}

/// False for whatever is no receipt, a stage of a later protocol included.
inline bool read_receipt(const std::string &json, Receipt &receipt) {
  const size_t stage = find_value(json, "stage");
  if (stage == std::string::npos)
    return false;
  if (json.compare(stage, 8, "\"stored\"") == 0) {
    receipt.stage = Stage::STORED;
  } else if (json.compare(stage, 4, "\"hq\"") == 0) {
    receipt.stage = Stage::AT_HQ;
  } else {
    return false;
  }
  return read_number(json, "boot", receipt.boot) && read_number(json, "seq", receipt.seq);
}

}  // namespace esphome::numbered_press
