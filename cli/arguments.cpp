#include "arguments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/util/time_util.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <numeric>
#include <ranges>
#include <regex>
#include <set>

#include "command.hpp"
#include "core/time_text.hpp"
#include "service_list.hpp"
#include "telemetry/build_info.hpp"
#include "values.hpp"

namespace cdiscount::cli {
namespace {

constexpr const char* kFooter =
    R"(cdiscountctl help lists the commands with examples.
Exit codes: 0 done, 1 refused or failed, 2 wrong command line, 3 a server cannot be reached.
Servers are found by flags, else CDISCOUNT_AUTH_ADDRESS, CDISCOUNT_ORDERS_ADDRESS, CDISCOUNT_KAFKA and
CDISCOUNT_KAFKA_NAMESPACE, else the ./dev demo that runs beside this program, else the services' default ports
on this machine. Without TLS a service wants its token: --token-file, else CDISCOUNT_AUTH_TOKEN_FILE or
CDISCOUNT_ORDERS_TOKEN_FILE, else auth.token or order-ingest.token here. TLS: the flags, else CDISCOUNT_TLS_CERT,
CDISCOUNT_TLS_KEY, CDISCOUNT_TLS_CA and CDISCOUNT_TLS_SERVER_NAME. Plain text goes to this machine alone.)";

/// How many letters must be put in, left out or replaced to turn one word into the other.
std::size_t Distance(const std::string& left, const std::string& right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 1; i <= left.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const auto replaced = diagonal + (left[i - 1] == right[j - 1] ? 0U : 1U);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

/// Turns what a person types for a time into RFC 3339.
CLI::Validator Instant(SysTime now) {
  const auto read = [now](std::string& text) -> std::string {
    static const std::regex offset(R"(.*(Z|[+-]\d\d:\d\d))");
    static const std::regex ago(R"((\d{1,5}) ?([smhdw]|min|(second|minute|hour|day|week)s?)( ago)?)");
    static const std::map<char, int> units{{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86'400}, {'w', 604'800}};
    auto instant = std::regex_match(text, offset) ? ParseIso8601(text) : std::nullopt;
    if (std::smatch found; std::regex_match(text, found, ago)) {
      instant = now - std::chrono::seconds{std::stol(found[1]) * units.at(found.str(2)[0])};
    }
    google::protobuf::Timestamp known;
    if (!instant || !google::protobuf::util::TimeUtil::FromString(FormatIso8601(*instant), &known))
      return text + " is no time; 2026-10-06T15:30:00Z, ...+02:00, 30m and \"2 hours ago\" are";
    text = FormatIso8601(*instant);
    return "";
  };
  return CLI::Validator(read, "");
}

class Parser {
 public:
  explicit Parser(SysTime now) : now_(now) {
    app_.require_subcommand(1);
    app_.fallthrough();
    app_.set_version_flag("--version", fmt::format("cdiscountctl {}", telemetry::Version()));
    app_.add_flag("--json", arguments_.json, "Print JSON, for programs");
    app_.add_option("--timeout", timeout_, "For each answer, in seconds (default 10)")
        ->type_name("S")
        ->check(CLI::Range(1, 600));
    Connections();
    for (const auto& command : Commands()) Add(command);
    app_.footer(kFooter);
  }

  std::variant<Arguments, Explanation, Error> Parse(std::vector<std::string> words) {
    if (!words.empty() && words.front() == "help") {
      words.erase(words.begin());
      if (!words.empty()) words.emplace_back("--help");
    }
    if (words.empty()) return Explanation{Overview()};
    std::reverse(words.begin(), words.end());  // as CLI11 takes them
    try {
      app_.parse(std::move(words));
    } catch (const CLI::Success& asked) {
      std::ostringstream text;
      app_.exit(asked, text, text);
      return Explanation{text.str()};
    } catch (const CLI::ParseError& error) {
      return Wrong(error.what());
    }
    arguments_.timeout = std::chrono::seconds{timeout_};
    return std::move(arguments_);
  }

  Candidates Complete(const std::vector<std::string>& words) {
    auto* node = &app_;
    for (std::size_t at = 0; at + 1 < words.size(); ++at) {
      if (auto* child = Child(*node, words[at])) node = child;
    }
    const auto typed = words.empty() ? std::string() : words.back();
    auto found = Children(*node);
    if (const auto* option = OptionOf(*node, words); option != nullptr && option->get_items_expected_max() > 0) {
      found.clear();
      for (const auto& word : words_[option]) found.emplace_back(word, "");
    } else if (typed.starts_with('-') || (typed.empty() && found.empty())) {
      found = Options(*node);
    }
    std::erase_if(found, [&](const auto& candidate) { return !candidate.first.starts_with(typed); });
    return found;
  }

 private:
  void Connections() {
    for (const auto& row : ConnectionFlags()) {
      app_.add_option(row.flag, arguments_.given[row.flag], row.help)->type_name(row.type);
    }
    app_.add_option("--kafka-property", arguments_.kafka_properties,
                    "A property of librdkafka, such as security.protocol=ssl; a value file:/path is read from there")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    app_.add_flag("--kafka-allow-plaintext", arguments_.kafka_allow_plaintext,
                  "Read from Kafka on another machine unencrypted, though others on the way read along; or "
                  "CDISCOUNT_KAFKA_ALLOW_PLAINTEXT=true");
  }

  /// The command below its groups, which are made when they are new.
  void Add(const Command& command) {
    auto* node = &app_;
    for (std::size_t begin = 0; begin < command.name.size();) {
      const auto end = std::min(command.name.find(' ', begin), command.name.size());
      const auto word = command.name.substr(begin, end - begin);
      auto* child = Child(*node, word);
      if (child == nullptr) {
        const bool leaf = end == command.name.size();
        child = node->add_subcommand(word, leaf ? command.help : AboutGroup(command.name.substr(0, end)));
        child->footer(leaf ? "Example: cdiscountctl " + command.name + " " + command.example : "");
        if (!leaf) child->require_subcommand(1);
      }
      node = child;
      begin = end + 1;
    }
    std::shared_ptr<google::protobuf::Message> request(command.request->New());
    for (const auto& flag : command.flags) Add(*node, flag, *request);
    if (command.any_service) AddService(*node);
    node->callback([this, &command, request] {
      arguments_.command = &command;
      arguments_.request = request;
    });
  }

  void Add(CLI::App& node, const Flag& flag, google::protobuf::Message& request) {
    if (flag.need == Need::kSecret) {
      auto* file = node.add_option("--secret-file", arguments_.secret.file, "Read the secret from this file");
      file->type_name("FILE");
      node.add_flag("--secret-stdin", arguments_.secret.standard_input, "Read the secret from standard input")
          ->excludes(file);
      return;
    }
    const auto set = [&flag, &request](const std::string& text) { SetField(request, flag.field, text); };
    const auto& type = *FindField(request, flag.field).type;
    if (type.cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_BOOL) {
      node.add_flag_callback(flag.name, [set] { set("true"); }, flag.help);
      return;
    }
    if (!flag.preset.empty()) set(flag.preset);
    const auto preset = flag.preset.empty() ? "" : " (default " + flag.preset + ")";
    auto* option = node.add_option_function<std::string>(flag.name, set, flag.help + preset);
    option->required(flag.need == Need::kRequired || !flag.name.starts_with('-'));
    if (type.enum_type() != nullptr) {
      words_[option] = WordsOf(*type.enum_type());
      option->type_name("WORD")->check(CLI::IsMember(words_[option], CLI::ignore_case));
    } else if (type.message_type() != nullptr) {
      option->type_name("TIME")->transform(Instant(now_));
    } else if (type.cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
      option->type_name("N")->check(CLI::Range(flag.least, flag.most));
    }
  }

  void AddService(CLI::App& node) {
    auto* option = node.add_option("--service", arguments_.service, "The service that keeps them");
    for (const auto& service : kServices) words_[option].emplace_back(service.cli);
    option->required()->type_name("WORD")->check(CLI::IsMember(words_[option]));
  }

  static CLI::App* Child(CLI::App& node, const std::string& name) {
    const auto found = node.get_subcommands([&](CLI::App* child) { return child->get_name() == name; });
    return found.empty() ? nullptr : found.front();
  }

  static Candidates Children(const CLI::App& node) {
    Candidates found;
    for (const auto* child : node.get_subcommands({})) found.emplace_back(child->get_name(), child->get_description());
    return found;
  }

  /// Its own and the global ones.
  Candidates Options(const CLI::App& node) const {
    Candidates found;
    for (const auto* from : std::set<const CLI::App*>{&node, &app_}) {
      for (const auto* option : from->get_options()) {
        for (const auto& name : option->get_lnames()) found.emplace_back("--" + name, option->get_description());
      }
    }
    return found;
  }

  /// The one that stands before the last word.
  const CLI::Option* OptionOf(const CLI::App& node, const std::vector<std::string>& words) const {
    if (words.size() < 2 || !words[words.size() - 2].starts_with('-')) return nullptr;
    const auto* own = node.get_option_no_throw(words[words.size() - 2]);
    return own != nullptr ? own : app_.get_option_no_throw(words[words.size() - 2]);
  }

  static std::string Overview() {
    std::string text =
        "cdiscountctl: accounts, orders and events of cdiscount-connect\n"
        "Usage: cdiscountctl COMMAND [OPTIONS]\n\nCommands:\n";
    std::string examples;
    for (const auto& command : Commands()) {
      text += fmt::format("  {:<23} {}\n", command.name, command.help);
      examples += fmt::format("  cdiscountctl {} {}\n", command.name, command.example);
    }
    return text + "\nExamples:\n" + examples +
           "\ncdiscountctl help COMMAND tells the options of a command, cdiscountctl --help those of all.\n";
  }

  /// CLI11's own words, or better ones for what it did not understand.
  Error Wrong(const std::string& said) {
    auto* node = &app_;
    while (!node->get_subcommands().empty()) node = node->get_subcommands().front();
    const auto children = Children(*node);
    const auto unknown = app_.remaining(true);
    if (unknown.empty() && children.empty()) return {ErrorCode::kInvalidArgument, said};
    if (unknown.empty()) {
      return {ErrorCode::kInvalidArgument,
              fmt::format("a subcommand is missing: {}", fmt::join(children | std::views::keys, ", "))};
    }
    const auto word = unknown.front().substr(0, unknown.front().find('='));
    const bool option = word.starts_with('-');
    const auto* kind = option ? "unknown option" : children.empty() ? "unexpected word" : "unknown command";
    auto text = fmt::format("{} \"{}\"", kind, word);
    std::pair<std::size_t, std::string> nearest{std::max<std::size_t>(2, word.size() / 3) + 1, ""};
    for (const auto& [known, about] : option ? Options(*node) : children) {
      nearest = std::min(nearest, {Distance(word, known), known});
    }
    if (!nearest.second.empty()) text += fmt::format("; did you mean \"{}\"?", nearest.second);
    return {ErrorCode::kInvalidArgument, text};
  }

  const SysTime now_;
  CLI::App app_{"cdiscountctl: accounts, orders and events of cdiscount-connect", "cdiscountctl"};
  Arguments arguments_;
  int timeout_ = 10;
  std::map<const CLI::Option*, std::vector<std::string>> words_;  ///< Those that an option takes.
};

}  // namespace

std::variant<Arguments, Explanation, Error> ParseArguments(const std::vector<std::string>& words, SysTime now) {
  return Parser(now).Parse(words);
}

Candidates Complete(const std::vector<std::string>& words) {
  return Parser({}).Complete(words);
}

}  // namespace cdiscount::cli
