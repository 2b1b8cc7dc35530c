#include "marketplace/rest/json_text.hpp"

#include <algorithm>
#include <boost/locale/utf.hpp>
#include <charconv>
#include <cstdint>
#include <iterator>

#include "core/trimmed.hpp"

namespace cdiscount::marketplace::rest {
namespace {

constexpr std::uint32_t kReplacement = 0xFFFD;

/// The position behind the string that begins at `quote`; npos when it does not end.
std::size_t EndOfString(std::string_view json, std::size_t quote) {
  for (std::size_t i = quote + 1; i < json.size(); ++i) {
    if (json[i] == '\\') {
      ++i;
    } else if (json[i] == '"') {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

void AppendUtf8(std::string& out, std::uint32_t code) {
  boost::locale::utf::utf_traits<char>::encode(code, std::back_inserter(out));
}

/// Four hex digits.
std::optional<std::uint32_t> CodeUnit(std::string_view text) {
  const auto digits = text.substr(0, 4);
  std::uint32_t unit = 0;
  const bool read = digits.size() == 4 && std::from_chars(digits.begin(), digits.end(), unit, 16).ptr == digits.end();
  return read ? std::optional(unit) : std::nullopt;
}

bool IsHigh(std::uint32_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}
bool IsLow(std::uint32_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

/// Reads what follows "\u" and takes it from `rest`.
std::uint32_t TakeUnicode(std::string_view& rest) {
  const auto unit = CodeUnit(rest);
  if (!unit) return kReplacement;
  rest.remove_prefix(4);
  if (IsLow(*unit)) return kReplacement;
  if (!IsHigh(*unit)) return *unit;
  const auto low = rest.starts_with("\\u") ? CodeUnit(rest.substr(2)) : std::nullopt;
  if (!low || !IsLow(*low)) return kReplacement;
  rest.remove_prefix(6);
  return 0x10000 + ((*unit - 0xD800) << 10) + (*low - 0xDC00);
}

}  // namespace

bool IsBalanced(std::string_view json, std::size_t most_levels) {
  std::string open;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"') {
      const auto end = EndOfString(json, i);
      if (end == std::string_view::npos) return false;
      i = end - 1;
    } else if (c == '{' || c == '[') {
      if (open.size() == most_levels) return false;
      open += c;
    } else if (c == '}' || c == ']') {
      if (open.empty() || open.back() != (c == '}' ? '{' : '[')) return false;
      open.pop_back();
      if (open.empty()) return Trimmed(json.substr(i + 1)).empty();
    }
  }
  return open.empty();
}

std::string_view WithoutByteOrderMark(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text;
}

std::optional<ListScan> ScanList(std::string_view json, std::string_view key) {
  json = Trimmed(json);
  if (!json.starts_with('{')) return std::nullopt;
  std::optional<ListScan> scan;
  std::string open;           // the brackets that wait for their partner
  std::string_view text;      // the last string, which before a colon is a key
  std::string_view last_key;  // of the object itself
  bool in_list = false;
  bool closed = false;    // the element at hand was a whole object or list
  std::size_t begin = 0;  // of the element at hand, or of what follows the list
  const auto end_element = [&](std::size_t end) {
    const auto element = Trimmed(json.substr(begin, end - begin));
    const bool list_is_empty = json[end] == ']' && scan->elements.empty() && element.empty();
    if (!list_is_empty) scan->elements.push_back(element);
    begin = end + 1;
    closed = false;
  };
  const auto break_off = [&] {
    if (scan) {
      scan->cut = true;
      scan->rest = Trimmed(json.substr(begin));
    }
    return scan;
  };
  for (std::size_t i = 0; i < json.size(); ++i) {
    const bool at_elements = in_list && open.size() == 2;
    switch (json[i]) {
      case '"': {
        const auto end = EndOfString(json, i);
        if (end == std::string_view::npos || (at_elements && closed)) return break_off();
        text = json.substr(i + 1, end - i - 2);
        i = end - 1;
        break;
      }
      case ':':
        if (open.size() == 1) last_key = text;
        break;
      case ',':
        if (at_elements) end_element(i);
        break;
      case '{':
      case '[':
        if (at_elements && closed) return break_off();
        if (open.size() == 1 && json[i] == '[' && last_key == key) {
          scan.emplace();
          in_list = true;
          closed = false;
          begin = i + 1;
        }
        open += json[i];
        break;
      case '}':
      case ']':
        if (open.empty() || open.back() != (json[i] == '}' ? '{' : '[')) return break_off();
        if (at_elements) {
          end_element(i);
          in_list = false;
        }
        open.pop_back();
        if (in_list && open.size() == 2) closed = true;
        if (open.empty() && i + 1 != json.size()) return break_off();
        break;
      default:
        break;
    }
  }
  if (open.empty()) return scan;
  if (scan && in_list && open.size() == 2 && closed && json.back() != ',') {
    scan->elements.push_back(Trimmed(json.substr(begin)));  // whole, and nothing behind it
    begin = json.size();
  }
  return break_off();
}

bool IsJsonNumber(std::string_view text) {
  const auto take_digits = [&] {
    const auto count = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(count);
    return count;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool leading_zero = text.starts_with('0');
  const auto whole = take_digits();
  if (whole == 0 || (leading_zero && whole > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (take_digits() == 0) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (take_digits() == 0) return false;
  }
  return text.empty();
}

std::string UnescapeLeniently(std::string_view token) {
  if (token.starts_with('"')) token.remove_prefix(1);
  if (token.ends_with('"')) token.remove_suffix(1);
  std::string out;
  while (!token.empty()) {
    const char c = token.front();
    token.remove_prefix(1);
    if (c != '\\') {
      out += c;
      continue;
    }
    const char escape = token.empty() ? '\0' : token.front();
    if (!token.empty()) token.remove_prefix(1);
    constexpr std::string_view kEscapes = "\"\\/bfnrt", kMeant = "\"\\/\b\f\n\r\t";
    if (const auto known = kEscapes.find(escape); known != std::string_view::npos) {
      out += kMeant[known];
    } else {
      AppendUtf8(out, escape == 'u' ? TakeUnicode(token) : kReplacement);
    }
  }
  return out;
}

std::string FindText(std::string_view json, std::string_view key) {
  const std::string quoted = '"' + std::string(key) + '"';
  for (auto at = json.find(quoted); at != std::string_view::npos; at = json.find(quoted, at + 1)) {
    const auto colon = json.find_first_not_of(" \t\r\n", at + quoted.size());
    if (colon == std::string_view::npos || json[colon] != ':') continue;
    const auto quote = json.find_first_not_of(" \t\r\n", colon + 1);
    if (quote == std::string_view::npos || json[quote] != '"') continue;
    const auto end = EndOfString(json, quote);
    if (end != std::string_view::npos) return UnescapeLeniently(json.substr(quote, end - quote));
  }
  return {};
}

}  // namespace cdiscount::marketplace::rest
