#include "service/settings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "core/given_value.hpp"
#include "core/unicode.hpp"
#include "service/setting_values.hpp"
#include "service/settings_file.hpp"

namespace cdiscount::service {
namespace {

Error Wrong(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

std::string Upper(std::string_view text) {
  std::string upper;
  for (const char character : text) {
    if (character == '-') {
      upper += '_';
    } else {
      upper += character >= 'a' && character <= 'z' ? static_cast<char>(character - 'a' + 'A') : character;
    }
  }
  return upper;
}

std::string EnvironmentPrefix(std::string_view service) {
  return "CDISCOUNT_" + Upper(service);
}

std::string Replaced(std::string_view text, char from, std::string_view to) {
  std::string replaced;
  for (const char character : text) {
    if (character == from) {
      replaced += to;
    } else {
      replaced += character;
    }
  }
  return replaced;
}

/// What the name of a variable means: "polling.period" of <prefix>__POLLING__PERIOD.
std::string KeyOf(std::string_view variable, std::string_view prefix) {
  std::string key;
  for (auto rest = variable.substr(std::min(prefix.size() + 2, variable.size())); !rest.empty();) {
    const bool dot = rest.starts_with("__");
    key += dot ? '.' : rest.front() >= 'A' && rest.front() <= 'Z' ? static_cast<char>(rest.front() + 32) : rest.front();
    rest.remove_prefix(dot ? 2 : 1);
  }
  return key;
}

/// Changes of one character that turn one text into the other.
std::size_t Distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t column = 0; column <= right.size(); ++column) row[column] = column;
  for (std::size_t line = 1; line <= left.size(); ++line) {
    auto diagonal = row[0];
    row[0] = line;
    for (std::size_t column = 1; column <= right.size(); ++column) {
      const auto above = row[column];
      row[column] =
          std::min({above + 1, row[column - 1] + 1, diagonal + (left[line - 1] == right[column - 1] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row.back();
}

std::string DidYouMean(std::string_view wrong, const std::vector<std::string>& known) {
  const std::string* best = nullptr;
  std::size_t least = 4;  // more than three changes are another word
  for (const auto& candidate : known) {
    const auto distance = Distance(wrong, candidate);
    if (distance < least) {
      least = distance;
      best = &candidate;
    }
  }
  if (best == nullptr) return "--print-settings-manual lists the keys";
  return "did you mean " + *best + "?";
}

/// The value for a message: no secret, no password inside a URL, nothing that a terminal obeys.
std::string Shown(const SettingsTable::Row& row, const std::string& value) {
  const bool may_hold_password = value.find("://") != std::string::npos && value.find('@') != std::string::npos;
  return row.secret || may_hold_password ? "***" : EscapeInvisible(value);
}

}  // namespace

std::string EnvironmentName(std::string_view service, std::string_view key) {
  return EnvironmentPrefix(service) + "__" + Replaced(Upper(key), '.', "__");
}

void SettingsTable::Add(Row row) {
  const bool well_formed = !row.key.empty() && row.key.find("__") == std::string::npos &&
                           row.key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.") == std::string::npos;
  const bool taken = std::any_of(rows_.begin(), rows_.end(), [&](const Row& other) { return other.key == row.key; });
  if (!well_formed || taken)
    throw std::logic_error("the key \"" + row.key + "\" is malformed or stands in the table twice");
  rows_.push_back(std::move(row));
}

void SettingsTable::Text(std::string key, std::string& target, std::optional<std::string> fallback, std::string about,
                         TextRules rules) {
  auto constraint = rules.constraint.empty() && !rules.may_be_empty ? "not empty" : rules.constraint;
  auto set = [&target, rules = std::move(rules)](const std::string& text) -> Status {
    if (text.empty() && !rules.may_be_empty) return Wrong("must not be empty");
    if (rules.accepts && !(text.empty() && rules.may_be_empty) && !rules.accepts(text)) {
      return Wrong("must be " + rules.constraint);
    }
    target = text;
    return Ok();
  };
  Add({std::move(key), "text", std::move(fallback), "", std::move(constraint), std::move(about), false,
       std::move(set)});
}

void SettingsTable::Path(std::string key, std::string& target, std::optional<std::string> fallback, std::string about) {
  const bool may_be_empty = fallback && fallback->empty();
  auto set = [&target, may_be_empty](const std::string& text) -> Status {
    if (text.empty() && !may_be_empty) return Wrong("must name a file or folder");
    target = text;
    return Ok();
  };
  Add({std::move(key), "path", std::move(fallback), "", may_be_empty ? "" : "not empty", std::move(about), false,
       std::move(set)});
}

void SettingsTable::SecretText(std::string key, Secret& target, std::optional<std::string> fallback,
                               std::string about) {
  const bool may_be_empty = fallback && fallback->empty();
  auto set = [&target, may_be_empty](const std::string& text) -> Status {
    auto secret = ReadSecretValue(text);
    if (!secret) return secret.error();
    if (secret->empty() && !may_be_empty) return Wrong("must not be empty");
    target = Secret(*std::move(secret));
    return Ok();
  };
  Add({std::move(key), "secret", std::move(fallback), "", "or file:/path", std::move(about), true, std::move(set)});
}

void SettingsTable::Flag(std::string key, bool& target, std::optional<bool> fallback, std::string about) {
  std::optional<std::string> word;
  if (fallback) word = *fallback ? "true" : "false";
  auto set = [&target](const std::string& text) -> Status {
    if (text != "true" && text != "false") return Wrong("must be true or false");
    target = text == "true";
    return Ok();
  };
  Add({std::move(key), "flag", std::move(word), "", "true or false", std::move(about), false, std::move(set)});
}

void SettingsTable::AddInteger(std::string key, std::optional<std::int64_t> fallback, Range<std::int64_t> range,
                               std::string unit, std::string about, std::function<void(std::int64_t)> store) {
  std::optional<std::string> text;
  if (fallback) text = std::to_string(*fallback);
  auto constraint = fmt::format("{} to {}", range.least, range.most);
  auto set = [range, constraint, store = std::move(store)](const std::string& given) -> Status {
    const auto value = ParseInteger(given);
    if (!value || *value < range.least || *value > range.most)
      return Wrong("must be a whole number from " + constraint);
    store(*value);
    return Ok();
  };
  Add({std::move(key), "integer", std::move(text), std::move(unit), constraint, std::move(about), false,
       std::move(set)});
}

void SettingsTable::AddDuration(std::string key, std::optional<Milliseconds> fallback, Range<Milliseconds> range,
                                Milliseconds step, std::string about, std::function<void(Milliseconds)> store) {
  std::optional<std::string> text;
  if (fallback) text = FormatDuration(*fallback);
  auto constraint = fmt::format("{} to {}", FormatDuration(range.least), FormatDuration(range.most));
  auto set = [range, step, constraint, store = std::move(store)](const std::string& given) -> Status {
    const auto value = ParseDuration(given);
    if (!value || *value < range.least || *value > range.most) {
      return Wrong("must be a duration from " + constraint + ", written like 200ms, 15s, 10m, 1h or 7d");
    }
    if (value->count() % step.count() != 0) return Wrong("must be a multiple of " + FormatDuration(step));
    store(*value);
    return Ok();
  };
  Add({std::move(key), "duration", std::move(text), "", constraint, std::move(about), false, std::move(set)});
}

void SettingsTable::Size(std::string key, std::size_t& target, std::optional<std::size_t> fallback,
                         Range<std::size_t> range, std::string about) {
  std::optional<std::string> text;
  if (fallback) text = FormatSize(*fallback);
  auto constraint = fmt::format("{} to {}", FormatSize(range.least), FormatSize(range.most));
  auto set = [&target, range, constraint](const std::string& given) -> Status {
    const auto value = ParseSize(given);
    if (!value || *value < range.least || *value > range.most) {
      return Wrong("must be a size from " + constraint + ", written like 65536, 64KiB or 16MiB");
    }
    target = *value;
    return Ok();
  };
  Add({std::move(key), "size", std::move(text), "bytes", constraint, std::move(about), false, std::move(set)});
}

void SettingsTable::AddChoice(std::string key, std::optional<std::string> fallback, std::vector<std::string> words,
                              std::string about, std::function<void(std::size_t)> store) {
  auto constraint = fmt::format("{}", fmt::join(words, ", "));
  auto set = [words = std::move(words), constraint, store = std::move(store)](const std::string& given) -> Status {
    const auto found = std::find(words.begin(), words.end(), given);
    if (found == words.end()) return Wrong("must be one of " + constraint);
    store(static_cast<std::size_t>(found - words.begin()));
    return Ok();
  };
  Add({std::move(key), "choice", std::move(fallback), "", constraint, std::move(about), false, std::move(set)});
}

void SettingsTable::Custom(std::string key, std::string type, std::optional<std::string> fallback,
                           std::string constraint, std::string about, std::function<Status(const std::string&)> set,
                           bool secret) {
  Add({std::move(key), std::move(type), std::move(fallback), "", std::move(constraint), std::move(about), secret,
       std::move(set)});
}

void SettingsTable::SecretMap(std::string key, std::map<std::string, std::string>& target, std::string about,
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

const SettingsTable::Row* SettingsTable::MapOf(std::string_view key) const {
  const auto holds = [key](const Row& row) { return row.set_entry && key.starts_with(row.key + "."); };
  const auto found = std::ranges::find_if(rows_, holds);
  return found == rows_.end() ? nullptr : &*found;
}

void SettingsTable::Load(std::string_view service, std::string_view yaml, std::string_view yaml_name,
                         const std::map<std::string, std::string>& environment) {
  std::vector<std::string> keys;
  std::map<std::string, std::string> by_variable;  // variable -> key
  for (const auto& row : rows_) {
    keys.push_back(row.key);
    by_variable.emplace(EnvironmentName(service, row.key), row.key);
  }
  auto file = ReadSettingsFile(yaml, yaml_name);
  auto problems = std::move(file.problems);

  std::map<std::string, Given> given;
  for (const auto& [key, value, line] : file.settings) {
    const auto place = fmt::format("{}, line {}", yaml_name, line);
    if (std::find(keys.begin(), keys.end(), key) == keys.end() && MapOf(key) == nullptr) {
      problems.push_back(fmt::format("{}: unknown key ({}); {}", ShownKey(key), place, DidYouMean(key, keys)));
    } else if (!given.emplace(key, Given{value, place}).second) {
      problems.push_back(fmt::format("{}: given twice ({}, and {}); keep one", key, given[key].source, place));
    }
  }

  std::vector<std::string> variables;
  for (const auto& [variable, key] : by_variable) variables.push_back(variable);
  const auto prefix = EnvironmentPrefix(service);
  for (const auto& [variable, value] : environment) {
    if (!variable.starts_with(prefix + "_")) continue;
    const auto key = KeyOf(variable, prefix);
    if (const auto known = by_variable.find(variable); known != by_variable.end()) {
      given[known->second] = {value, variable};
    } else if (MapOf(key) != nullptr) {
      given[key] = {value, variable};
    } else if (variable.starts_with(prefix + "__")) {
      problems.push_back(fmt::format("{}: unknown variable; {}", variable, DidYouMean(variable, variables)));
    } else {
      // Others may own variables with one underscore (Kubernetes, our own CLI), unless one is a key of ours misspelt.
      for (const auto& [right, misspelt] : by_variable) {
        if (prefix + "_" + Replaced(Upper(misspelt), '.', "_") == variable) {
          problems.push_back(fmt::format("{}: has no effect; write {}", variable, right));
        }
      }
    }
  }

  for (auto& row : rows_) {
    if (row.set_entry) SetEntries(row, given, problems);
    const auto found = given.find(row.key);
    if (found == given.end() && !row.fallback) {
      problems.push_back(fmt::format("{}: is required ({}); set it in the file or as {}", row.key, row.about,
                                     EnvironmentName(service, row.key)));
      continue;
    }
    auto value = found == given.end() ? Result<std::string>(*row.fallback) : CleanValue(found->second.value);
    row.source = found == given.end() ? "default" : found->second.source;
    row.value = value ? *value : found->second.value;
    const auto set = value ? row.set(row.value) : Status(value.error());
    if (!set) {
      problems.push_back(
          fmt::format("{}: \"{}\" {} ({})", row.key, Shown(row, row.value), set.error().message, row.source));
    }
  }
  if (!problems.empty()) throw WrongSettings(fmt::format("{}", fmt::join(problems, "\n")));
}

void SettingsTable::SetEntries(Row& row, const std::map<std::string, Given>& given,
                               std::vector<std::string>& problems) {
  const auto prefix = row.key + ".";
  for (auto entry = given.lower_bound(prefix); entry != given.end() && entry->first.starts_with(prefix); ++entry) {
    const auto& [value, source] = entry->second;
    row.entries[entry->first] = source;
    if (const auto set = row.set_entry(entry->first.substr(prefix.size()), value); !set) {
      problems.push_back(fmt::format("{}: \"***\" {} ({})", entry->first, set.error().message, source));
    }
  }
}

std::string SettingsTable::Print() const {
  std::string text;
  for (const auto& row : rows_) {
    for (const auto& [key, source] : row.entries) text += fmt::format("{} = ***  ({})\n", key, source);
    if (!row.entries.empty()) continue;
    const auto value = row.secret && !row.value.empty() ? "***" : EscapeInvisible(row.value);
    text += fmt::format("{} = {}  ({})\n", row.key, value, row.source);
  }
  return text;
}

std::string SettingsTable::Manual(std::string_view service) const {
  const auto cell = [](std::string_view text) { return Replaced(text, '|', "\\|"); };
  auto text = fmt::format("## {}\n\nEnvironment: `{}` and so on.\n\n", service,
                          rows_.empty() ? EnvironmentPrefix(service) : EnvironmentName(service, rows_.front().key));
  text += "| key | type | default | allowed | meaning |\n|---|---|---|---|---|\n";
  for (const auto& row : rows_) {
    const auto fallback = !row.fallback ? "**required**" : row.fallback->empty() ? "" : "`" + cell(*row.fallback) + "`";
    const auto type = row.unit.empty() ? row.type : row.type + ", " + row.unit;
    text +=
        fmt::format("| `{}` | {} | {} | {} | {} |\n", row.key, type, fallback, cell(row.constraint), cell(row.about));
  }
  return text;
}

}  // namespace cdiscount::service
