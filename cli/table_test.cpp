#include "table.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace cdiscount::cli {
namespace {

TEST(Table, MakesEachColumnAsWideAsItNeeds) {
  Table table({"NAME", "STATE"});
  table.Add({"a long name", "on"});
  table.Add({"b", ""});

  EXPECT_EQ(table.Render(0),
            "NAME         STATE\n"
            "a long name  on\n"
            "b            -\n");
}

TEST(Table, CountsCharactersNotBytes) {
  Table table({"NAME", "X"});
  table.Add({"caf\xC3\xA9", "1"});
  table.Add({"cafe", "2"});

  EXPECT_EQ(table.Render(0),
            "NAME  X\n"
            "caf\xC3\xA9  1\n"
            "cafe  2\n");
}

TEST(Table, CutsTheWidestColumnToFitTheScreen) {
  Table table({"TITLE", "N"});
  table.Add({"a very long title of an \xC3\xA9l\xC3\xA9gant thing", "1"});
  table.Add({"short", "2"});

  EXPECT_EQ(table.Render(20),
            "TITLE              N\n"
            "a very long ti...  1\n"
            "short              2\n");
}

TEST(Table, NeverCutsInsideACharacter) {
  Table table({"T", "N"});
  table.Add({"\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", "1"});

  EXPECT_EQ(table.Render(11),
            "T         N\n"
            "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9...  1\n");
}

TEST(Table, KeepsARowOnOneLineThatSteersNoTerminal) {
  Table table({"TITLE"});
  table.Add({"two\nlines\tand a \x1B[31mtab"});

  EXPECT_EQ(table.Render(0), "TITLE\ntwo\\nlines\\tand a \\u001b[31mtab\n");
}

TEST(Table, RefusesARowThatDoesNotFitTheHead) {
  Table table({"A", "B"});

  EXPECT_THROW(table.Add({"1"}), std::logic_error);
}

}  // namespace
}  // namespace cdiscount::cli
