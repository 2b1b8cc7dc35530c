#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "kafka/record.hpp"
#include "store/session.hpp"

namespace cdiscount::inbox {

/// What a service makes of one message, in the transaction that moves its position. Ok: done. kUnreadable, or
/// kInvalidArgument (also as a StoreError): the message never succeeds; what the handler wrote for it is rolled back.
/// Any other error, and what it throws: nothing of the transaction is kept, and it is done again.
using Handler = std::function<Status(store::Transaction&, const kafka::Message&)>;

/// From where a topic is read at each start.
enum class Reading {
  /// From its beginning: a mirror of a compacted topic. A topic that was made anew cannot be told from the old one by
  /// its offsets, and what is known already costs little: the handler sees it again, and compares versions.
  kWhole,
  /// From where the database stands.
  kOnwards,
};

/// The database's side of a topic: applies messages, and keeps the position in the same transaction. A process that
/// reads the topic beside this one with the same database moves the position, and then this one changes nothing any
/// more. migrations::Inbox() must have been applied. For one thread.
class Inbox {
 public:
  /// `topic` without the namespace prefix.
  Inbox(std::string topic, Reading reading, Handler handler)
      : topic_(std::move(topic)), reading_(reading), handler_(std::move(handler)) {}

  /// Where these partitions are to be read from; they are the ones that Apply takes messages of from now on. Throws
  /// StoreError.
  std::vector<kafka::PartitionOffset> Begin(store::Session& session, const std::vector<std::int32_t>& partitions);

  struct Applied {
    std::size_t handled = 0;
    std::size_t unreadable = 0;  ///< Logged with their place and reason, and stepped over.
  };
  /// Applies messages that follow one another, in one transaction. kConflict: another process moved the position.
  /// Throws StoreError.
  Result<Applied> Apply(store::Session& session, const std::vector<kafka::Message>& messages);

 private:
  /// Those that are to be handled, and where they take each partition.
  std::vector<const kafka::Message*> News(const std::vector<kafka::Message>& messages,
                                          std::map<std::int32_t, std::int64_t>& next) const;
  Result<Applied> Attempt(store::Session& session, const std::vector<kafka::Message>& messages, bool one_by_one);
  Status MovePositions(store::Transaction& transaction, const std::map<std::int32_t, std::int64_t>& next) const;

  std::string topic_;
  Reading reading_;
  Handler handler_;
  std::map<std::int32_t, std::int64_t> positions_;  // as the database has them
};

}  // namespace cdiscount::inbox
