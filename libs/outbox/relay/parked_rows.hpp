#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "outbox/topics.hpp"
#include "store/session.hpp"

namespace cdiscount::outbox {

/// A row whose value cannot be read now, since the key that it was encrypted with is missing. It has no sequence, so
/// its stream goes on without a gap; it gets one when its value can be read again. All functions throw StoreError.
struct ParkedRow {
  std::int64_t id = 0;
  std::string topic;
  std::string key;
  std::int64_t version = 0;
};

/// Takes a row out of its stream: what was numbered after it moves up by one. Only for rows that are not on Kafka.
void Park(store::Transaction& transaction, const StreamId& stream, std::int64_t sequence, const std::string& problem);

/// The lane's parked rows, longest untried first.
std::vector<ParkedRow> ParkedOf(store::Session& session, int lane, int most);

/// Their values can be read again: they wait for a sequence like new rows.
void Unpark(store::Transaction& transaction, const std::vector<std::int64_t>& ids);
/// They were tried in vain.
void NoteTried(store::Transaction& transaction, const std::vector<std::int64_t>& ids);

/// Of the keys that got sequences after `counter`: a newer version reads the same value, so the parked one is not
/// published behind it. In the transaction that gave the sequences, and after it gave them.
void DropReplaced(store::Transaction& transaction, const StreamId& stream, std::int64_t counter);

/// The parked rows of all lanes, for people.
struct ParkedSummary {
  std::int64_t rows = 0;
  std::string example;  ///< "<topic> <key> version <n>: <problem>"; empty when there is none.
};
ParkedSummary SummarizeParked(store::Session& session);

}  // namespace cdiscount::outbox
