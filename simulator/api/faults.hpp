#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "simulator/world/order_status.hpp"

namespace cdiscount::simulator {

enum class FaultKind : std::uint8_t {
  k429,                  ///< Gateway body, Retry-After of `seconds` (0 = no header).
  kQuota403,             ///< Gateway body with a countdown of `seconds`.
  k500,                  ///< problem+json.
  k502Html,              ///< A proxy's page.
  kEmptyBody,            ///< `status` (200) without a body.
  kSlow,                 ///< The answer leaves `ms` late; what it did is done at once.
  kCutConnection,        ///< No byte of the answer.
  kCutMiddle,            ///< Head and half of the body.
  k401Once,              ///< The token is refused, and from then on worthless.
  kUnsortedPage,         ///< The items of a page are out of order.
  kIgnoreSort,           ///< `sort` and `desc` count for nothing: the list is by creation, newest first.
  kPageShift,            ///< The first order of a full page changes as soon as the page is out.
  kLateOrder,            ///< An order appears whose stamps are `ms` old.
  kSameOrderOnTwoPages,  ///< A page from the second on starts with the last order of the page before.
  kMalformedJson,        ///< The body ends in the middle, or, with `item`, one item is broken.
  kUnknownEnum,          ///< Words that are in no list, in item `item`, or in the first.
  kUnknownFields,        ///< Unknown keys, in every item.
  kNullFields,           ///< Null wherever a client may not rely on a value, in every item.
  kAbsentFields,         ///< The same, left out.
  kBody,                 ///< `status` with exactly `body`, labelled `content_type`.
  kBom,                  ///< A UTF-8 byte order mark stands before the body.
  kWrongDate,            ///< The Date header is `date`, or `ms` away from the true one.
  kPageSizeCap,          ///< A page holds at most `size` orders, whatever is asked for.
  kClampedIndex,         ///< A page index beyond the last shows the last page again.
};
std::string_view ToText(FaultKind kind);
std::optional<FaultKind> ParseFaultKind(std::string_view text);
/// Of every kind, in the order of the enum.
std::span<const std::string_view> FaultKindNames();

/// Kinds of faults, one bit each.
using FaultKinds = std::uint32_t;
constexpr FaultKinds KindsOf(std::initializer_list<FaultKind> kinds) {
  FaultKinds set = 0;
  for (const auto kind : kinds) set |= FaultKinds{1} << static_cast<unsigned>(kind);
  return set;
}
constexpr bool Contains(FaultKinds set, FaultKind kind) {
  return (set & KindsOf({kind})) != 0;
}
/// True when a fault for `pattern` ("orders.list", "orders.*", "*") strikes the route of this name.
bool RouteMatches(std::string_view pattern, std::string_view route);

/// When the fault strikes a call with an effect: instead of it, or after it (then the caller cannot know).
enum class FaultMoment : std::uint8_t { kBefore, kAfter };

struct Fault {
  std::uint64_t id = 0;
  FaultKind kind = FaultKind::k500;
  std::string route = "*";  ///< A route's name, "orders.*", or "*".
  std::optional<SellerId> seller;
  std::optional<std::string> client_id;
  std::optional<std::uint64_t> remaining;  ///< Nothing = until it is cleared.
  std::uint64_t skip = 0;                  ///< Calls to let pass first.
  std::uint32_t percent = 100;             ///< Of the calls that match.
  FaultMoment moment = FaultMoment::kBefore;
  std::int64_t seconds = 1;
  std::int64_t ms = 1000;
  int status = 200;
  std::optional<std::size_t> item;
  std::size_t size = 50;
  std::string body = {};
  std::string content_type = {};
  std::optional<SysTime> date = std::nullopt;
  std::uint64_t fired = 0;
};

/// The call a fault may strike.
struct FaultTarget {
  std::string_view route;
  std::optional<SellerId> seller;
  std::string_view client_id;
};

/// The faults asked for. Not thread-safe.
class Faults {
 public:
  /// Returns its id.
  std::uint64_t Add(Fault fault);
  bool Remove(std::uint64_t id);
  void Clear() { faults_.clear(); }
  const std::vector<Fault>& list() const { return faults_; }
  bool empty() const { return faults_.empty(); }

  /// The first fault of this kind that strikes this call now, counted as fired; else null.
  const Fault* Fire(FaultKind kind, const FaultTarget& target, std::optional<FaultMoment> moment = std::nullopt);

 private:
  std::vector<Fault> faults_;
  std::uint64_t last_id_ = 0;
  std::mt19937_64 random_{7};
};

}  // namespace cdiscount::simulator
