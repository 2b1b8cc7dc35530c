// The commands that ask no service, and the list of all.
#include <google/protobuf/empty.pb.h>

#include "cdiscountctl.pb.h"
#include "command.hpp"
#include "json.hpp"
#include "telemetry/build_info.hpp"

namespace cdiscount::cli {
namespace {

// The program itself knows what can be typed: "cdiscountctl __complete WORDS..." gives a candidate a line, with a tab
// and what it means.
constexpr const char* kBash = R"(# In ~/.bashrc:  source <(cdiscountctl completion bash)
_cdiscountctl() {
  local IFS=$'\n'
  COMPREPLY=($("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
}
complete -o default -F _cdiscountctl cdiscountctl
)";
constexpr const char* kZsh = R"(#compdef cdiscountctl
# In ~/.zshrc, after compinit:  source <(cdiscountctl completion zsh)
_cdiscountctl() {
  local -a found
  found=("${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null | sed $'s/:/\\\\:/g; s/\t/:/')}")
  if [[ -n $found ]]; then _describe cdiscountctl found; else _files; fi
}
if [[ $funcstack[1] == _cdiscountctl ]]; then _cdiscountctl "$@"; else compdef _cdiscountctl cdiscountctl; fi
)";

int PrintCompletion(const Context& context) {
  const auto& shell = dynamic_cast<const CompletionRequest&>(*context.arguments.request).shell();
  if (shell != "bash" && shell != "zsh") {
    return context.Fail({{ErrorCode::kInvalidArgument, "must be bash or zsh", std::nullopt, "shell"}, kUsage});
  }
  context.streams.out << (shell == "bash" ? kBash : kZsh);
  return kOk;
}

int PrintVersion(const Context& context) {
  if (context.arguments.json) {
    context.streams.out << ObjectJson({{"version", telemetry::Version()}, {"compiler", telemetry::Compiler()}}) << "\n";
  } else {
    context.streams.out << "cdiscountctl " << telemetry::Version() << "\n";
  }
  return kOk;
}

std::vector<Command> OwnCommands() {
  return {
      {.name = "events tail",
       .help = "The newest events on Kafka, decoded, with their headers",
       .example = "--since \"2 hours ago\" --follow",
       .request = &TailEventsRequest::default_instance(),
       .flags =
           {{.name = "--topic",
             .field = "topic",
             .help = "Topic without the namespace",
             .preset = "cdiscount.order.events.v1"},
            {"--from-beginning", "from_beginning", "Everything that the topic holds"},
            {"--follow,-f", "follow", "Go on with what comes, until Ctrl-C"},
            {.name = "--last",
             .field = "last",
             .help = "How many of those that are there",
             .preset = "10",
             .least = 0,
             .most = 1'000'000},
            {.name = "--max", .field = "max", .help = "End after so many events", .least = 1, .most = 1'000'000'000},
            {"--since", "since", "All of this time or later: 2026-10-06T15:30:00Z, or \"2 hours ago\""},
            {"--until", "until", "All before this time"}},
       .run = TailEvents},
      {.name = "completion",
       .help = "A script that lets the shell complete commands and flags",
       .example = "bash",
       .request = &CompletionRequest::default_instance(),
       .flags = {{"shell", "shell", "bash or zsh"}},
       .run = PrintCompletion},
      {.name = "version",
       .help = "The version of this program",
       .example = "--json",
       .request = &google::protobuf::Empty::default_instance(),
       .run = PrintVersion},
  };
}

}  // namespace

const std::vector<Command>& Commands() {
  static const auto commands = [] {
    auto all = AccountCommands();
    for (auto& command : OrderCommands()) all.push_back(command);
    for (auto& command : DeadLetterCommands()) all.push_back(command);
    for (auto& command : OwnCommands()) all.push_back(command);
    return all;
  }();
  return commands;
}

std::string AboutGroup(const std::string& name) {
  if (name == "account") return "Sellers and the credentials to act for them";
  if (name == "orders") return "Orders and polls of an account (order-ingest)";
  if (name == "orders unreadable") return "Orders that were set aside, and why";
  if (name == "sync") return "How the polling of the marketplace goes";
  if (name == "dlt") return "Dead letters: messages of a topic that a service could not apply";
  return name == "events" ? "Records on Kafka" : "";
}

}  // namespace cdiscount::cli
