#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <deque>
#include <limits>
#include <stop_token>
#include <tuple>
#include <vector>

#include "cdiscountctl.pb.h"
#include "command.hpp"
#include "kafka/consumer.hpp"
#include "kafka_properties.hpp"
#include "show_events.hpp"

namespace cdiscount::cli {
namespace {

/// Reading a whole topic takes as long as it takes; that the cluster answers was seen before.
constexpr std::chrono::hours kWholeTopic{1};

SysTime TimeOf(const google::protobuf::Timestamp& time) {
  return SysTime{std::chrono::microseconds{google::protobuf::util::TimeUtil::TimestampToMicroseconds(time)}};
}

/// Prints events until the last one that was asked for.
class Printer {
 public:
  Printer(const Context& context, const TailEventsRequest& request)
      : context_(context),
        topic_(request.topic()),
        since_(request.has_since() ? TimeOf(request.since()) : SysTime::min()),
        until_(request.has_until() ? TimeOf(request.until()) : SysTime::max()),
        left_(request.has_max() ? request.max() : std::numeric_limits<int>::max()) {}

  /// False when no more is wanted.
  bool Print(const kafka::Message& message) {
    if (left_ <= 0) return false;
    if (message.timestamp < since_ || message.timestamp >= until_) return true;
    const auto shown =
        context_.arguments.json ? EventJson(message, topic_) : ShowEvent(message, topic_, context_.width);
    context_.streams.out << shown.text << std::flush;
    if (!shown.readable && readable_ && IsOurs(topic_)) readable_ = shown.readable;
    return --left_ > 0;
  }
  /// The first value of a topic of ours that could not be read; what stands behind it is shown all the same.
  const Status& readable() const { return readable_; }
  bool wants_more() const { return left_ > 0 && context_.streams.out.good() && SystemClock().Now() < until_; }

 private:
  const Context& context_;
  const std::string topic_;
  const SysTime since_, until_;
  int left_;
  Status readable_;
};

/// Where to begin so that the last `count` records of every partition are read: markers of transactions take offsets
/// too, so it is begun earlier. A position that was trimmed meanwhile makes the reader begin anew.
std::vector<kafka::PartitionOffset> Before(std::vector<kafka::PartitionOffset> ends, int count) {
  for (auto& end : ends) end.offset = std::max<std::int64_t>(0, end.offset - 4 * std::int64_t{count} - 100);
  return ends;
}

Status ShowAll(kafka::Consumer& consumer, Printer& printer) {
  std::stop_source enough;
  const auto on_message = [&](const kafka::Message& message) {
    if (!printer.Print(message)) enough.request_stop();
  };
  const auto read = consumer.ReadToEnd({}, on_message, kWholeTopic, enough.get_token());
  return enough.stop_requested() ? Ok() : read;
}

Status ShowLast(kafka::Consumer& consumer, Printer& printer, int count, std::chrono::milliseconds timeout) {
  const auto ends = consumer.Ends(timeout);
  if (!ends) return ends.error();
  std::deque<kafka::Message> last;
  const auto older = [](const kafka::Message& left, const kafka::Message& right) {
    return std::tie(left.timestamp, left.partition, left.offset) <
           std::tie(right.timestamp, right.partition, right.offset);
  };
  const auto keep = [&](kafka::Message message) {
    last.insert(std::upper_bound(last.begin(), last.end(), message, older), std::move(message));
    if (last.size() > static_cast<std::size_t>(count)) last.pop_front();
  };
  auto read = consumer.ReadToEnd(Before(*ends, count), keep, timeout);
  if (!read && read.error().code == ErrorCode::kNotFound) {
    last.clear();
    read = consumer.ReadToEnd({}, keep, kWholeTopic);
  }
  if (!read) return read;
  for (const auto& message : last) {
    if (!printer.Print(message)) break;
  }
  return Ok();
}

Status Follow(kafka::Consumer& consumer, Printer& printer) {
  while (printer.wants_more()) {
    const auto messages = consumer.Poll(100, std::chrono::milliseconds{500});
    if (!messages) return messages.error();
    for (const auto& message : *messages) {
      if (!printer.Print(message)) return Ok();
    }
  }
  return Ok();
}

Status Tail(const Context& context, const TailEventsRequest& request) {
  const auto timeout = context.arguments.timeout;
  kafka::KafkaOptions options;
  options.bootstrap_servers = context.addresses.kafka.target;
  options.namespace_prefix = context.addresses.kafka_namespace;
  auto properties = ReadKafkaProperties(context.addresses.kafka_properties_file, context.arguments.kafka_properties);
  if (!properties) return properties.error();
  options.properties = *std::move(properties);
  options.allow_plaintext = context.addresses.kafka_allow_plaintext;
  kafka::Consumer consumer(options, request.topic());
  const auto partitions = consumer.CountPartitions(timeout);
  if (!partitions && partitions.error().code == ErrorCode::kNotFound) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("there is no topic {} on {}: the services create their topics when they "
                             "start; is the namespace right (--kafka-namespace)?",
                             options.Prefixed(request.topic()), options.bootstrap_servers)};
  }
  if (!partitions) return partitions.error();

  Printer printer(context, request);
  const bool all = request.from_beginning() || request.has_since() || request.has_until();
  auto shown = all ? ShowAll(consumer, printer) : ShowLast(consumer, printer, request.last(), timeout);
  if (shown && request.follow()) shown = Follow(consumer, printer);
  return shown ? printer.readable() : shown;
}

}  // namespace

int TailEvents(const Context& context) {
  Status done;
  try {
    done = Tail(context, dynamic_cast<const TailEventsRequest&>(*context.arguments.request));
  } catch (const BadResult& refused) {
    done = refused.error();
  }
  if (done) return kOk;
  return context.Fail(ProblemWith(context.addresses.kafka, "kafka", done.error()));
}

}  // namespace cdiscount::cli
