// The published records: each page of samples -> the exact bytes and headers of every record, as tests/golden/records/
// keeps them. A byte that changes is a difference in the review. To accept the records that the code writes now:
//
//     CDISCOUNT_ACCEPT_RECORDS=1 build/dev/tests/contract/cdiscount_contract_test --gtest_filter='*Records*'
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ostream>

#include "record_line.hpp"
#include "samples.hpp"

namespace cdiscount::contract {
namespace {

std::string PageOf(const std::string& order) {
  return R"({"itemsPerPage":1,"items":[)" + order + "]}";
}

std::string With(std::string text, const std::string& part, const std::string& other) {
  EXPECT_NE(text.find(part), std::string::npos) << part;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + other.size())) {
    text.replace(at, part.size(), other);
  }
  return text;
}

struct Story {
  std::string name;  ///< Of its file.
  std::vector<std::string> pages;

  friend void PrintTo(const Story& story, std::ostream* out) { *out << story.name; }
};

std::vector<Story> Stories() {
  std::vector<Story> stories;
  for (const std::string name : {"every-field", "inpreparation", "shipped-pickup", "waitingacceptance"}) {
    stories.push_back({"order-" + name, {PageOf(OctopiaSample("COMPOSED-order-" + name + ".json"))}});
  }
  stories.push_back({"orders-page", {OctopiaSample("COMPOSED-orders-page.json")}});
  stories.push_back({"orders-page-odoo", {OctopiaSample("orders-page-odoo-fixture.json")}});
  for (const std::string name :
       {"escapes-in-texts", "items-null", "negative-quantity", "nul-in-order-id", "other-seller",
        "pickup-name-without-id", "rate-as-number", "rate-as-text", "times-out-of-range"}) {
    stories.push_back({"odd-" + name, {OddAnswer(name + ".json")}});
  }
  const auto waiting = PageOf(OctopiaSample("COMPOSED-order-waitingacceptance.json"));
  const auto later = With(waiting, "16:00:30+00:00", "16:10:00+00:00");
  const auto ready = With(later, "WaitingAcceptance", "InPreparation");
  const auto cancelled = With(With(ready, "16:10:00+00:00", "16:20:00+00:00"), "InPreparation", "Cancelled");
  const auto revived = With(With(cancelled, "16:20:00+00:00", "16:30:00+00:00"), "Cancelled", "Shipped");
  stories.push_back({"story-of-an-order", {waiting, later, ready, ready, cancelled, revived}});
  const auto home = PageOf(OctopiaSample("COMPOSED-order-inpreparation.json"));
  const auto moved = With(With(home, "16:02:11+00:00", "16:12:11+00:00"), "18 rue Victor Hugo", "2 place de la Paix");
  stories.push_back({"story-of-another-address", {home, moved}});
  return stories;
}

class RecordsTest : public ::testing::TestWithParam<Story> {};

TEST_P(RecordsTest, AreThoseThatWereReviewed) {
  RecordLine line;
  for (const auto& page : GetParam().pages) line.Take(page);

  std::string text;
  for (const auto& record : line.Records()) text += (text.empty() ? "" : "\n") + TextOf(record);

  const auto path = std::filesystem::path(CDISCOUNT_GOLDEN_RECORDS_DIR) / (GetParam().name + ".txt");
  if (std::getenv("CDISCOUNT_ACCEPT_RECORDS") != nullptr) std::ofstream(path, std::ios::binary) << text;
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path << " is missing; how to write it stands at the top of records_test.cpp";
  const std::string reviewed{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_EQ(text, reviewed) << "how to accept this stands at the top of records_test.cpp";
}

INSTANTIATE_TEST_SUITE_P(Of, RecordsTest, ::testing::ValuesIn(Stories()), [](const auto& story) {
  auto name = story.param.name;
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
}  // namespace cdiscount::contract
