#include "telemetry/trace_context.hpp"

#include <algorithm>
#include <random>
#include <span>

namespace cdiscount::telemetry {
namespace {

/// Trace ids only have to be unique, not secret.
std::mt19937_64& Generator() {
  thread_local std::mt19937_64 generator = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  return generator;
}

bool AllZero(std::span<const std::uint8_t> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

void Randomise(std::span<std::uint8_t> bytes) {
  do {
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(Generator()());
  } while (AllZero(bytes));
}

std::string Hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const auto byte : bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 0xFU];
  }
  return text;
}

/// W3C allows lower case only.
bool ReadHex(std::string_view text, std::span<std::uint8_t> bytes) {
  const auto digit = [](char character) {
    if (character >= '0' && character <= '9') return character - '0';
    if (character >= 'a' && character <= 'f') return character - 'a' + 10;
    return -1;
  };
  for (std::size_t index = 0; index < bytes.size(); ++index) {
    const int high = digit(text[2 * index]), low = digit(text[2 * index + 1]);
    if (high < 0 || low < 0) return false;
    bytes[index] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

}  // namespace

TraceContext TraceContext::NewRoot() {
  TraceContext context;
  Randomise(context.trace_);
  Randomise(context.span_);
  return context;
}

std::optional<TraceContext> TraceContext::Parse(std::string_view text) {
  constexpr std::size_t kLength = 55;  // 2 + 1 + 32 + 1 + 16 + 1 + 2
  if (text.size() < kLength || text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;

  TraceContext context;
  std::array<std::uint8_t, 1> version{}, flags{};
  if (!ReadHex(text.substr(0, 2), version) || !ReadHex(text.substr(3, 32), context.trace_) ||
      !ReadHex(text.substr(36, 16), context.span_) || !ReadHex(text.substr(53, 2), flags)) {
    return std::nullopt;
  }
  if (version[0] == 0xFF || AllZero(context.trace_) || AllZero(context.span_)) return std::nullopt;
  // Version 00 ends here; a newer one may go on, after a dash.
  if (text.size() > kLength && (version[0] == 0 || text[kLength] != '-')) return std::nullopt;
  context.flags_ = flags[0] & 1U;  // the one flag that version 00 defines
  return context;
}

TraceContext TraceContext::ParseOrNewRoot(std::string_view text) {
  const auto parsed = Parse(text);
  return parsed ? *parsed : NewRoot();
}

TraceContext TraceContext::Child() const {
  TraceContext child = *this;
  Randomise(child.span_);
  return child;
}

std::string TraceContext::ToHeader() const {
  return "00-" + trace_id() + "-" + span_id() + (sampled() ? "-01" : "-00");
}

std::string TraceContext::trace_id() const {
  return Hex(trace_);
}

std::string TraceContext::span_id() const {
  return Hex(span_);
}

}  // namespace cdiscount::telemetry
