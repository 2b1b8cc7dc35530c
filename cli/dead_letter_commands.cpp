#include "cdiscount/inbox/v1/dead_letter_service.pb.h"
#include "command.hpp"

namespace cdiscount::cli {
namespace {

namespace pb = cdiscount::inbox::v1;

const Flag kTopic{"topic", "topic", "Its topic, without the namespace"};
const Flag kId{
    .name = "id", .field = "id", .help = "As the list names it", .most = std::numeric_limits<std::int64_t>::max()};

}  // namespace

std::vector<Command> DeadLetterCommands() {
  return {
      {.name = "dlt list",
       .help = "Messages of a topic that never succeeded, and those that wait behind them; the oldest first",
       .example = "--service orders",
       .request = &pb::ListDeadLettersRequest::default_instance(),
       .any_service = true,
       .flags = {{"--topic", "topic", "Only of this topic, without the namespace"},
                 {.name = "--limit",
                  .field = "page_size",
                  .help = "At most so many",
                  .preset = "50",
                  .least = 1,
                  .most = 100'000}},
       .views = {{.rows = "letters",
                  .columns = {"ID={id}", "TOPIC={topic}", "KEY={key}", "PARTITION={partition}", "OFFSET={offset}",
                              "KEPT={kept_at}", "REASON={reason}||waits behind an earlier one of its key"},
                  .empty = "No message is kept."},
                 {.lines = {"{?next_page_token}There are more: --limit shows them."}}}},
      {.name = "dlt show",
       .help = "One of them",
       .example = "cdiscount.shipment.commands.v1 42 --service orders",
       .request = &pb::GetDeadLetterRequest::default_instance(),
       .any_service = true,
       .flags = {kTopic, kId, {"--value", "include_value", "Also its value and headers: they may hold personal data"}},
       .views = {{.columns = {"Id={letter.id}", "Topic={letter.topic}", "Key={letter.key}",
                              "Partition={letter.partition}", "Offset={letter.offset}", "Written={letter.written_at}",
                              "Kept={letter.kept_at}", "Reason={letter.reason}||waits behind an earlier one of its key",
                              "Size={?letter.value_size}{letter.value_size} bytes||none, it is a tombstone"}},
                 {.rows = "headers", .lines = {"Header     {name}: {value}"}},
                 {.columns = {"Value    ={value}"}}}},
      {.name = "dlt replay",
       .help = "Hand those of a key to the service again, in their order, once its fault is mended",
       .example = "cdiscount.shipment.commands.v1 CDISFR/98979/2610061530ABCDE --service orders",
       .request = &pb::ReplayDeadLettersRequest::default_instance(),
       .any_service = true,
       .flags = {kTopic, {"key", "key", "As the list names it; \"\" for those without a key"}},
       .views = {{.lines = {"Of the key \"{request.key}\": {replayed} succeeded, {left} are still kept.||"
                            "Of those without a key: {replayed} succeeded, {left} are still kept.",
                            "{?reason}The first that did not succeed: {reason}"}}},
       .succeeds = "{!reason}"},
      {.name = "dlt discard",
       .help = "Drop one for good: the service never sees it again",
       .example = "cdiscount.shipment.commands.v1 42 --service orders",
       .request = &pb::DiscardDeadLetterRequest::default_instance(),
       .any_service = true,
       .flags = {kTopic, kId},
       .views = {{.lines = {"Message {letter.id} of {letter.topic} (partition {letter.partition}, offset "
                            "{letter.offset}) is dropped.",
                            "{?left}Of its key {left} are still kept; `dlt replay` hands them to the service."}}}},
  };
}

}  // namespace cdiscount::cli
