#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "simulator/world/order_status.hpp"

namespace cdiscount::simulator {

/// One version of one order, as it was kept: enough to recognise it in an event.
struct KeptVersion {
  std::uint64_t seq = 0;  ///< Position in the ledger, from 1, in the order the versions were made.
  std::string order_id;
  SellerId seller = 0;
  std::uint32_t version = 0;  ///< Per order, from 1.
  SysTime made_at;            ///< Simulated time, microseconds.
  SysTime visible_at;         ///< From when on it could be read; equal to made_at unless it was held back.
  SysTime updated_at;         ///< As shown: whole seconds.
  OrderStatus status = OrderStatus::kProcessing;
  std::vector<OrderStatus> line_statuses;
  std::int64_t total_minor = 0;  ///< `totalPrice.sellingPrice` of the order.
  std::size_t parcels = 0;       ///< `parcels` of all lines.

  // Showing.
  std::uint64_t shown_count = 0;    ///< In how many answers that left whole.
  std::uint64_t altered_count = 0;  ///< How many of these a fault or an oddity had altered.
  SysTime first_shown_at;
  std::string first_shown_to;        ///< Client id.
  std::uint64_t first_shown_in = 0;  ///< Call.
};

/// One call the marketplace was told, with what it answered.
struct ToldCall {
  std::uint64_t id = 0;  ///< From 1.
  SysTime at;            ///< Simulated time.
  std::string method;
  std::string path;
  std::string query;
  std::string client_id;           ///< Empty when the token told none.
  std::optional<SellerId> seller;  ///< As the header said.
  int status = 0;                  ///< As answered; 0 when the connection was cut instead.
  std::vector<std::string> faults;
  std::size_t orders_shown = 0;
  std::string effect;  ///< The change that the call made; empty for a read or a refusal.
};

/// Everything the marketplace kept, showed and was told. Versions are never forgotten, nor calls with an effect; of the
/// reads the last `reads_kept` remain. Not thread-safe.
class Ledger {
 public:
  explicit Ledger(std::size_t reads_kept = 200'000) : reads_kept_(reads_kept) {}

  /// Returns its seq.
  std::uint64_t Keep(KeptVersion version);
  void Show(std::uint64_t seq, const std::string& client_id, std::uint64_t call, SysTime at, bool altered);

  /// The id of the call that is being answered.
  std::uint64_t OpenCall() { return ++last_call_; }
  /// Writes a call down under the id that OpenCall gave.
  void Tell(ToldCall call);

  const KeptVersion& version(std::uint64_t seq) const { return versions_[seq - 1]; }
  const std::vector<KeptVersion>& versions() const { return versions_; }
  /// Seqs in the order in which versions were shown for the first time.
  const std::vector<std::uint64_t>& shown() const { return shown_; }
  const std::deque<ToldCall>& reads() const { return reads_; }
  const std::vector<ToldCall>& effects() const { return effects_; }

  struct Totals {
    std::uint64_t versions = 0, versions_shown = 0, showings = 0, calls = 0, calls_with_effect = 0;
    std::map<int, std::uint64_t> calls_by_status;
  };
  Totals totals() const;

 private:
  std::size_t reads_kept_;
  std::vector<KeptVersion> versions_;
  std::vector<std::uint64_t> shown_;
  std::deque<ToldCall> reads_;
  std::vector<ToldCall> effects_;
  std::uint64_t last_call_ = 0, told_ = 0, showings_ = 0;
  std::map<int, std::uint64_t> by_status_;
};

}  // namespace cdiscount::simulator
