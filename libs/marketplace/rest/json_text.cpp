#include "marketplace/rest/json_text.hpp"

#include <algorithm>
#include <cstdint>

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

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

void AppendUtf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

/// Four hex digits.
std::optional<std::uint32_t> CodeUnit(std::string_view digits) {
  if (digits.size() < 4) return std::nullopt;
  std::uint32_t unit = 0;
  for (const char c : digits.substr(0, 4)) {
    unit *= 16;
    if (c >= '0' && c <= '9') {
      unit += static_cast<std::uint32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      unit += static_cast<std::uint32_t>(c - 'a' + 10);
    } else if (c >= 'A' && c <= 'F') {
      unit += static_cast<std::uint32_t>(c - 'A' + 10);
    } else {
      return std::nullopt;
    }
  }
  return unit;
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
      if (open.empty()) return Trim(json.substr(i + 1)).empty();
    }
  }
  return open.empty();
}

std::string_view WithoutByteOrderMark(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text;
}

std::optional<ListScan> ScanList(std::string_view json, std::string_view key) {
  json = Trim(json);
  if (!json.starts_with('{')) return std::nullopt;
  std::optional<ListScan> scan;
  std::string open;           // the brackets that wait for their partner
  std::string_view text;      // the last string, which before a colon is a key
  std::string_view last_key;  // of the object itself
  bool in_list = false;
  bool closed = false;    // the element at hand was a whole object or list
  std::size_t begin = 0;  // of the element at hand, or of what follows the list
  const auto end_element = [&](std::size_t end) {
    const auto element = Trim(json.substr(begin, end - begin));
    const bool list_is_empty = json[end] == ']' && scan->elements.empty() && element.empty();
    if (!list_is_empty) scan->elements.push_back(element);
    begin = end + 1;
    closed = false;
  };
  const auto break_off = [&] {
    if (scan) {
      scan->cut = true;
      scan->rest = Trim(json.substr(begin));
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
    scan->elements.push_back(Trim(json.substr(begin)));  // whole, and nothing behind it
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
    switch (escape) {
      case '"':
      case '\\':
      case '/':
        out += escape;
        break;
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case 'u':
        AppendUtf8(out, TakeUnicode(token));
        break;
      default:
        AppendUtf8(out, kReplacement);
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
