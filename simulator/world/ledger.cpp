#include "simulator/world/ledger.hpp"

#include <utility>

namespace cdiscount::simulator {

std::uint64_t Ledger::Keep(KeptVersion version) {
  version.seq = versions_.size() + 1;
  versions_.push_back(std::move(version));
  return versions_.back().seq;
}

void Ledger::Show(std::uint64_t seq, const std::string& client_id, std::uint64_t call, SysTime at, bool altered) {
  auto& version = versions_[seq - 1];
  if (version.shown_count++ == 0) {
    version.first_shown_at = at;
    version.first_shown_to = client_id;
    version.first_shown_in = call;
    shown_.push_back(seq);
  }
  if (altered) ++version.altered_count;
  ++showings_;
}

void Ledger::Tell(ToldCall call) {
  ++told_;
  ++by_status_[call.status];
  if (!call.effect.empty()) {
    effects_.push_back(std::move(call));
    return;
  }
  reads_.push_back(std::move(call));
  if (reads_.size() > reads_kept_) reads_.pop_front();
}

Ledger::Totals Ledger::totals() const {
  return {.versions = versions_.size(),
          .versions_shown = shown_.size(),
          .showings = showings_,
          .calls = told_,
          .calls_with_effect = effects_.size(),
          .calls_by_status = by_status_};
}

}  // namespace cdiscount::simulator
