#include "settings/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "core/given_value.hpp"
#include "core/host_port.hpp"
#include "core/unicode.hpp"
#include "settings/values.hpp"

namespace cdiscount::settings {
namespace {

Error Wrong(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

/// A value between two others; `parse` gives nothing for a text that is none.
template <class T>
Result<T> Within(std::optional<T> value, Range<T> range, std::string must_be) {
  if (!value || *value < range.least || *value > range.most) return Wrong(std::move(must_be));
  return *value;
}

}  // namespace

TextRules IpAddress() {
  return {.constraint = "an IP address", .accepts = [](std::string_view text) {
            boost::system::error_code failed;
            boost::asio::ip::make_address(text, failed);
            return !failed;
          }};
}

TextRules HostAndPort() {
  return {.constraint = "host:port with a port from 1 to 65535",
          .accepts = [](std::string_view text) { return ParseHostPort(text).has_value(); }};
}

void Table::Add(Row row) {
  const bool well_formed = !row.key.empty() && row.key.find("__") == std::string::npos &&
                           row.key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.") == std::string::npos;
  const bool taken = std::ranges::any_of(rows_, [&](const Row& other) { return other.key == row.key; });
  if (!well_formed || taken)
    throw std::logic_error("the key \"" + row.key + "\" is malformed or stands in the table twice");
  rows_.push_back(std::move(row));
}

void Table::Text(std::string key, std::string& target, std::string about, TextRules rules) {
  const bool may_be_empty = target.empty();
  auto constraint = rules.constraint.empty() && !may_be_empty ? "not empty" : rules.constraint;
  auto set = [&target, may_be_empty, rules = std::move(rules)](const std::string& text) -> Status {
    if (text.empty() && !may_be_empty) return Wrong("must not be empty");
    if (rules.accepts && !text.empty() && !rules.accepts(text)) return Wrong("must be " + rules.constraint);
    target = text;
    return Ok();
  };
  Add({std::move(key), "text", target, "", std::move(constraint), std::move(about), false, std::move(set)});
}

void Table::Path(std::string key, std::string& target, std::string about) {
  const bool may_be_empty = target.empty();
  auto set = [&target, may_be_empty](const std::string& text) -> Status {
    if (text.empty() && !may_be_empty) return Wrong("must name a file or folder");
    target = text;
    return Ok();
  };
  Add({std::move(key), "path", target, "", may_be_empty ? "" : "not empty", std::move(about), false, std::move(set)});
}

void Table::SecretText(std::string key, std::string& target, std::string about) {
  const bool may_be_empty = target.empty();
  auto set = [&target, may_be_empty](const std::string& text) -> Status {
    auto secret = ReadSecretValue(text);
    if (!secret) return secret.error();
    if (secret->empty() && !may_be_empty) return Wrong("must not be empty");
    target = *std::move(secret);
    return Ok();
  };
  Add({std::move(key), "secret", target, "", "or file:/path", std::move(about), true, std::move(set)});
}

void Table::Flag(std::string key, bool& target, std::string about) {
  auto set = [&target](const std::string& text) -> Status {
    if (text != "true" && text != "false") return Wrong("must be true or false");
    target = text == "true";
    return Ok();
  };
  Add({std::move(key), "flag", target ? "true" : "false", "", "true or false", std::move(about), false,
       std::move(set)});
}

void Table::AddInteger(std::string key, std::int64_t fallback, Range<std::int64_t> range, std::string unit,
                       std::string about, std::function<void(std::int64_t)> store) {
  auto constraint = fmt::format("{} to {}", range.least, range.most);
  auto set = [range, constraint, store = std::move(store)](const std::string& given) -> Status {
    const auto value = Within(ParseInteger(given), range, "must be a whole number from " + constraint);
    if (!value) return value.error();
    store(*value);
    return Ok();
  };
  Add({std::move(key), "integer", std::to_string(fallback), std::move(unit), constraint, std::move(about), false,
       std::move(set)});
}

void Table::AddDuration(std::string key, Milliseconds fallback, Range<Milliseconds> range, Milliseconds step,
                        std::string about, std::function<void(Milliseconds)> store) {
  auto constraint = fmt::format("{} to {}", FormatDuration(range.least), FormatDuration(range.most));
  auto set = [range, step, constraint, store = std::move(store)](const std::string& given) -> Status {
    const auto value = Within(ParseDuration(given), range,
                              "must be a duration from " + constraint + ", written like 200ms, 15s, 10m, 1h or 7d");
    if (!value) return value.error();
    if (value->count() % step.count() != 0) return Wrong("must be a multiple of " + FormatDuration(step));
    store(*value);
    return Ok();
  };
  Add({std::move(key), "duration", FormatDuration(fallback), "", constraint, std::move(about), false, std::move(set)});
}

void Table::Size(std::string key, std::size_t& target, Range<std::size_t> range, std::string about) {
  auto constraint = fmt::format("{} to {}", FormatSize(range.least), FormatSize(range.most));
  auto set = [&target, range, constraint](const std::string& given) -> Status {
    const auto value =
        Within(ParseSize(given), range, "must be a size from " + constraint + ", written like 65536, 64KiB or 16MiB");
    if (!value) return value.error();
    target = *value;
    return Ok();
  };
  Add({std::move(key), "size", FormatSize(target), "bytes", constraint, std::move(about), false, std::move(set)});
}

void Table::AddChoice(std::string key, std::string fallback, std::vector<std::string> words, std::string about,
                      std::function<void(std::size_t)> store) {
  auto constraint = fmt::format("{}", fmt::join(words, ", "));
  auto set = [words = std::move(words), constraint, store = std::move(store)](const std::string& given) -> Status {
    const auto found = std::ranges::find(words, given);
    if (found == words.end()) return Wrong("must be one of " + constraint);
    store(static_cast<std::size_t>(found - words.begin()));
    return Ok();
  };
  Add({std::move(key), "choice", std::move(fallback), "", constraint, std::move(about), false, std::move(set)});
}

void Table::Custom(std::string key, std::string type, std::string constraint, std::string about,
                   std::function<Status(const std::string&)> set) {
  Add({std::move(key), std::move(type), "", "", std::move(constraint), std::move(about), false, std::move(set)});
}

void Table::SecretMap(std::string key, std::map<std::string, std::string>& target, std::string about,
                      std::function<bool(std::string_view)> keeps_lines) {
  auto set = [key](const std::string& text) -> Status {
    if (text.empty()) return Ok();
    return Wrong("is no text: write one line for each name, " + key + ".NAME: value");
  };
  auto set_entry = [&target, keeps_lines = std::move(keeps_lines)](const std::string& name,
                                                                   const std::string& text) -> Status {
    auto value = ReadSecretValue(text, keeps_lines(name));
    if (!value) return value.error();
    target[name] = *std::move(value);
    return Ok();
  };
  Add({std::move(key), "map of secrets", "", "", "NAME: value, or file:/path", std::move(about), true, std::move(set),
       std::move(set_entry)});
}

std::string Table::Print() const {
  std::string text;
  for (const auto& row : rows_) {
    for (const auto& [key, source] : row.entries) text += fmt::format("{} = ***  ({})\n", key, source);
    if (!row.entries.empty()) continue;
    const auto value = row.secret && !row.value.empty() ? "***" : EscapeInvisible(row.value);
    text += fmt::format("{} = {}  ({})\n", row.key, value, row.source);
  }
  return text;
}

std::string Table::Manual(std::string_view service) const {
  const auto cell = [](std::string text) {
    for (auto bar = text.find('|'); bar != std::string::npos; bar = text.find('|', bar + 2)) text.insert(bar, 1, '\\');
    return text;
  };
  auto text = fmt::format("## {}\n\nEnvironment: `{}` and so on.\n\n", service,
                          EnvironmentName(service, rows_.empty() ? "" : rows_.front().key));
  text += "| key | type | default | allowed | meaning |\n|---|---|---|---|---|\n";
  for (const auto& row : rows_) {
    const auto fallback = row.fallback.empty() ? "" : "`" + cell(row.fallback) + "`";
    const auto type = row.unit.empty() ? row.type : row.type + ", " + row.unit;
    text +=
        fmt::format("| `{}` | {} | {} | {} | {} |\n", row.key, type, fallback, cell(row.constraint), cell(row.about));
  }
  return text;
}

}  // namespace cdiscount::settings
