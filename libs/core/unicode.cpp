#include "core/unicode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/locale/utf.hpp>
#include <cstdint>
#include <utility>

namespace cdiscount {
namespace {

struct Span {
  char32_t first, last;
};

constexpr std::array kInvisible = {
    Span{0x00, 0x1F},       Span{0x7F, 0x9F},       Span{0xAD, 0xAD},     Span{0x34F, 0x34F},   Span{0x61C, 0x61C},
    Span{0x115F, 0x1160},   Span{0x17B4, 0x17B5},   Span{0x180B, 0x180F}, Span{0x200B, 0x200F}, Span{0x2028, 0x202E},
    Span{0x2060, 0x206F},   Span{0x3164, 0x3164},   Span{0xFEFF, 0xFEFF}, Span{0xFFA0, 0xFFA0}, Span{0xFFF0, 0xFFFB},
    Span{0x1D173, 0x1D17A}, Span{0xE0000, 0xE0FFF},
};

/// Spaces that look like U+0020, and variation selectors: harmless on a screen, a different text for a machine.
constexpr std::array kLookalikes = {
    Span{0xA0, 0xA0},     Span{0x1680, 0x1680}, Span{0x2000, 0x200A}, Span{0x202F, 0x202F},
    Span{0x205F, 0x205F}, Span{0x2800, 0x2800}, Span{0x3000, 0x3000}, Span{0xFE00, 0xFE0F},
};

template <std::size_t N>
bool Holds(const std::array<Span, N>& spans, char32_t character) {
  return std::ranges::any_of(spans,
                             [=](const Span& span) { return span.first <= character && character <= span.last; });
}

bool IsUnseen(char32_t character) {
  return IsInvisible(character) || Holds(kLookalikes, character);
}

void AppendEscape(std::string& out, char32_t character) {
  switch (character) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  auto code = static_cast<std::uint32_t>(character);
  if (code > 0xFFFF) {
    code -= 0x10000;
    out += fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + (code >> 10U), 0xDC00 + (code & 0x3FFU));
  } else {
    out += fmt::format("\\u{:04x}", code);
  }
}

/// Where the last character begins.
std::size_t LastCharacterAt(std::string_view text) {
  auto at = text.size() - 1;
  while (at > 0 && text.size() - at < 4 && (static_cast<std::uint8_t>(text[at]) & 0xC0U) == 0x80U) --at;
  return at;
}

std::string_view WithoutUnseenEnds(std::string_view text) {
  while (!text.empty()) {
    const auto [character, length] = FirstCharacter(text);
    if (length == 0 || (character != ' ' && !IsUnseen(character))) break;
    text.remove_prefix(length);
  }
  while (!text.empty()) {
    const auto at = LastCharacterAt(text);
    const auto [character, length] = FirstCharacter(text.substr(at));
    if (length != text.size() - at || (character != ' ' && !IsUnseen(character))) break;
    text.remove_suffix(length);
  }
  return text;
}

}  // namespace

Utf8Character FirstCharacter(std::string_view text) {
  namespace utf = boost::locale::utf;
  const auto* after = text.data();
  const auto value = utf::utf_traits<char>::decode(after, text.data() + text.size());
  if (value == utf::illegal || value == utf::incomplete) return {};
  return {value, static_cast<std::size_t>(after - text.data())};
}

bool IsInvisible(char32_t character) {
  return Holds(kInvisible, character);
}

std::string EscapeInvisible(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto [character, length] = FirstCharacter(text);
    if (length == 0) {
      out += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(text.front()));
      text.remove_prefix(1);
      continue;
    }
    if (IsInvisible(character)) {
      AppendEscape(out, character);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return out;
}

Result<std::string> CleanInput(std::string_view text) {
  const auto wrong = [](std::string message) { return Error{ErrorCode::kInvalidArgument, std::move(message)}; };
  const auto clean = WithoutUnseenEnds(text);
  std::size_t position = 1;
  for (auto rest = clean; !rest.empty(); ++position) {
    const auto [character, length] = FirstCharacter(rest);
    if (length == 0) {
      return wrong(fmt::format("holds the byte 0x{:02x}, which is not UTF-8, at position {}: write it in UTF-8",
                               static_cast<std::uint8_t>(rest.front()), position));
    }
    if (IsUnseen(character)) {
      return wrong(fmt::format("holds U+{:04X}, which cannot be seen, at position {}: copy it again without",
                               static_cast<std::uint32_t>(character), position));
    }
    rest.remove_prefix(length);
  }
  return std::string(clean);
}

}  // namespace cdiscount
