#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/given_value.hpp"
#include "core/unicode.hpp"
#include "settings/file.hpp"
#include "settings/table.hpp"

namespace cdiscount::settings {
namespace {

struct Given {
  std::string value, source;
};
using GivenByKey = std::map<std::string, Given>;

std::string Upper(std::string_view text) {
  std::string upper(text);
  for (char& character : upper) {
    if (character == '-') character = '_';
    if (character >= 'a' && character <= 'z') character = static_cast<char>(character - 'a' + 'A');
  }
  return upper;
}

std::string EnvironmentPrefix(std::string_view service) {
  return "CDISCOUNT_" + Upper(service);
}

/// The key with another separator, in capitals.
std::string Spelled(std::string_view key, std::string_view separator) {
  std::string spelled;
  for (const char character : Upper(key))
    spelled += character == '.' ? std::string(separator) : std::string(1, character);
  return spelled;
}

/// The key that a variable's name stands for: "polling.period" of <prefix>__POLLING__PERIOD.
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
std::string Shown(const Table::Row& row, const std::string& value) {
  const bool may_hold_password = value.find("://") != std::string::npos && value.find('@') != std::string::npos;
  return row.secret || may_hold_password ? "***" : EscapeInvisible(value);
}

/// The map that this key is an entry of; nullptr when there is none.
const Table::Row* MapOf(const std::vector<Table::Row>& rows, std::string_view key) {
  const auto found = std::ranges::find_if(
      rows, [key](const Table::Row& row) { return row.set_entry && key.starts_with(row.key + "."); });
  return found == rows.end() ? nullptr : &*found;
}

void ReadFileInto(GivenByKey& given, const std::vector<Table::Row>& rows, std::string_view yaml, std::string_view name,
                  std::vector<std::string>& problems) {
  std::vector<std::string> keys;
  for (const auto& row : rows) keys.push_back(row.key);
  auto file = ReadSettingsFile(yaml, name);
  problems = std::move(file.problems);
  for (const auto& [key, value, line] : file.settings) {
    const auto place = fmt::format("{}, line {}", name, line);
    if (std::ranges::find(keys, key) == keys.end() && MapOf(rows, key) == nullptr) {
      problems.push_back(fmt::format("{}: unknown key ({}); {}", ShownKey(key), place, DidYouMean(key, keys)));
    } else if (!given.emplace(key, Given{value, place}).second) {
      problems.push_back(fmt::format("{}: given twice ({}, and {}); keep one", key, given[key].source, place));
    }
  }
}

void ReadEnvironmentInto(GivenByKey& given, const std::vector<Table::Row>& rows, std::string_view service,
                         const std::map<std::string, std::string>& environment, std::vector<std::string>& problems) {
  std::vector<std::string> variables;
  std::map<std::string, std::string> keys, misspelt;  // by variable
  const auto prefix = EnvironmentPrefix(service);
  for (const auto& row : rows) {
    variables.push_back(EnvironmentName(service, row.key));
    keys.emplace(variables.back(), row.key);
    misspelt.emplace(prefix + "_" + Spelled(row.key, "_"), variables.back());
  }
  for (const auto& [variable, value] : environment) {
    if (!variable.starts_with(prefix + "_")) continue;
    const auto key = KeyOf(variable, prefix);
    // Others may own variables with one underscore (Kubernetes, our own CLI), unless one is a key of ours misspelt.
    if (const auto known = keys.find(variable); known != keys.end()) {
      given[known->second] = {value, variable};
    } else if (MapOf(rows, key) != nullptr) {
      given[key] = {value, variable};
    } else if (variable.starts_with(prefix + "__")) {
      problems.push_back(fmt::format("{}: unknown variable; {}", variable, DidYouMean(variable, variables)));
    } else if (const auto meant = misspelt.find(variable); meant != misspelt.end()) {
      problems.push_back(fmt::format("{}: has no effect; write {}", variable, meant->second));
    }
  }
}

void SetEntries(Table::Row& row, const GivenByKey& given, std::vector<std::string>& problems) {
  const auto prefix = row.key + ".";
  for (auto entry = given.lower_bound(prefix); entry != given.end() && entry->first.starts_with(prefix); ++entry) {
    const auto& [value, source] = entry->second;
    row.entries[entry->first] = source;
    if (const auto set = row.set_entry(entry->first.substr(prefix.size()), value); !set) {
      problems.push_back(fmt::format("{}: \"***\" {} ({})", entry->first, set.error().message, source));
    }
  }
}

}  // namespace

std::string EnvironmentName(std::string_view service, std::string_view key) {
  return EnvironmentPrefix(service) + "__" + Spelled(key, "__");
}

void Table::Load(std::string_view service, std::string_view yaml, std::string_view yaml_name,
                 const std::map<std::string, std::string>& environment) {
  GivenByKey given;
  std::vector<std::string> problems;
  ReadFileInto(given, rows_, yaml, yaml_name, problems);
  ReadEnvironmentInto(given, rows_, service, environment, problems);
  for (auto& row : rows_) {
    if (row.set_entry) SetEntries(row, given, problems);
    const auto found = given.find(row.key);
    const auto value = found == given.end() ? Result<std::string>(row.fallback) : CleanValue(found->second.value);
    row.source = found == given.end() ? "default" : found->second.source;
    row.value = value ? *value : found->second.value;
    if (const auto set = value ? row.set(row.value) : Status(value.error()); !set) {
      problems.push_back(
          fmt::format("{}: \"{}\" {} ({})", row.key, Shown(row, row.value), set.error().message, row.source));
    }
  }
  if (!problems.empty()) throw WrongSettings(fmt::format("{}", fmt::join(problems, "\n")));
}

}  // namespace cdiscount::settings
