#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kafka/record.hpp"

namespace cdiscount::contract {

/// order-ingest from the body of an answer to the records of its relay, without network and without broker, on the
/// engine under test. Keys and clock are fixed.
class RecordLine {
 public:
  RecordLine();
  ~RecordLine();

  /// One page of orders, as the marketplace answers, read and stored as a poll does.
  void Take(const std::string& body);
  /// All that the relay would publish, in order of topic, partition and sequence. Once.
  std::vector<kafka::Record> Records();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// A record for people and for a diff: its headers, the bytes of its value, and what they say.
std::string TextOf(const kafka::Record& record);

}  // namespace cdiscount::contract
