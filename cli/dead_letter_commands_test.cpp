// cdiscountctl dlt: the service that it asks, the requests that it sends, and the text that it prints of each answer.
#include "testing/run_test.hpp"

namespace cdiscount::cli {
namespace {

using fakes::FakeAccounts;
using fakes::RunTest;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

inbox::v1::DeadLetter ALetter() {
  inbox::v1::DeadLetter letter;
  letter.set_topic("commands");
  letter.set_id(42);
  letter.set_partition(3);
  letter.set_offset(17);
  letter.set_key("CDISFR/1/A-1");
  letter.set_reason("it makes no sense");
  letter.mutable_kept_at()->set_seconds(1'790'000'000);
  letter.set_value_size(9);
  return letter;
}

TEST_F(RunTest, AsksTheServiceThatIsNamedForItsDeadLetters) {
  around_.environment["CDISCOUNT_AUTH_ADDRESS"] = "127.0.0.1:1";

  EXPECT_EQ(Do({"dlt", "list", "--service", "orders", "--topic", "commands", "--limit", "7"}), kOk);
  EXPECT_THAT(out_.str(), HasSubstr("No message is kept."));
  EXPECT_EQ(letters_.list.asked.topic(), "commands");
  EXPECT_EQ(letters_.list.asked.page_size(), 7);
  EXPECT_EQ(Do({"dlt", "list", "--service", "auth"}), kUnreachable);
  EXPECT_THAT(err_.str(), HasSubstr("auth at 127.0.0.1:1 (from CDISCOUNT_AUTH_ADDRESS) gave no answer"));
}

TEST_F(RunTest, WantsToKnowWhoseDeadLettersAreMeant) {
  EXPECT_EQ(Do({"dlt", "list"}), kUsage);
  EXPECT_THAT(err_.str(), HasSubstr("--service is required"));
  EXPECT_EQ(Do({"dlt", "list", "--service", "order-ingest"}), kUsage);
  EXPECT_THAT(err_.str(), AllOf(HasSubstr("order-ingest"), HasSubstr("auth,orders")));
  EXPECT_EQ(Do({"dlt", "show", "commands", "x", "--service", "orders"}), kUsage);
}

TEST_F(RunTest, ListsTheDeadLettersWithTheReasonOrThatTheyWait) {
  inbox::v1::ListDeadLettersResponse response;
  *response.add_letters() = ALetter();
  *response.add_letters() = ALetter();
  response.mutable_letters(1)->clear_reason();
  letters_.list.answer = response;

  EXPECT_EQ(Do({"dlt", "list", "--service", "orders"}), kOk);

  EXPECT_THAT(out_.str(), AllOf(HasSubstr("42"), HasSubstr("CDISFR/1/A-1"), HasSubstr("2026-09-21T14:13:20Z"),
                                HasSubstr("it makes no sense"), HasSubstr("waits behind an earlier one of its key")));
}

TEST_F(RunTest, PrintsTheValueOfADeadLetterOnlyWhenToldTo) {
  inbox::v1::GetDeadLetterResponse response;
  *response.mutable_letter() = ALetter();
  letters_.get.answer = response;

  EXPECT_EQ(Do({"dlt", "show", "commands", "4294967296", "--service", "orders"}), kOk);
  EXPECT_EQ(letters_.get.asked.topic(), "commands");
  EXPECT_EQ(letters_.get.asked.id(), 4'294'967'296);
  EXPECT_FALSE(letters_.get.asked.include_value());
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("Size       9 bytes\n"), Not(HasSubstr("Value"))));

  response.set_value("\x1b[31m\xff Claire");
  response.add_headers()->set_name("ce_id");
  response.mutable_headers(0)->set_value("id-1");
  letters_.get.answer = response;
  EXPECT_EQ(Do({"dlt", "show", "commands", "42", "--value", "--service", "orders"}), kOk);
  EXPECT_TRUE(letters_.get.asked.include_value());
  EXPECT_THAT(out_.str(),
              AllOf(HasSubstr("Header     ce_id: id-1\n"), HasSubstr("Value      \\u001b[31m\\xff Claire\n")));
  EXPECT_EQ(Do({"dlt", "show", "commands", "42", "--value", "--service", "orders", "--json"}), kOk);
  EXPECT_EQ(Json().at("value").as_string(), "G1szMW3/IENsYWlyZQ==");
}

TEST_F(RunTest, ShowsThatADeadLetterIsATombstone) {
  letters_.get.answer = [] {
    inbox::v1::GetDeadLetterResponse response;
    *response.mutable_letter() = ALetter();
    response.mutable_letter()->clear_value_size();
    return response;
  }();

  EXPECT_EQ(Do({"dlt", "show", "commands", "42", "--service", "orders"}), kOk);

  EXPECT_THAT(out_.str(), HasSubstr("none, it is a tombstone"));
}

TEST_F(RunTest, ReplaysTheDeadLettersOfAKey) {
  inbox::v1::ReplayDeadLettersResponse response;
  response.set_replayed(3);
  letters_.replay.answer = response;

  EXPECT_EQ(Do({"dlt", "replay", "commands", "CDISFR/1/A-1", "--service", "orders"}), kOk);
  EXPECT_EQ(letters_.replay.asked.topic(), "commands");
  EXPECT_EQ(letters_.replay.asked.key(), "CDISFR/1/A-1");
  EXPECT_THAT(out_.str(), HasSubstr("Of the key \"CDISFR/1/A-1\": 3 succeeded, 0 are still kept.\n"));
  EXPECT_EQ(Do({"dlt", "replay", "commands", "", "--service", "orders"}), kOk);
  EXPECT_THAT(letters_.replay.asked.key(), IsEmpty());
  EXPECT_THAT(out_.str(), HasSubstr("Of those without a key: 3 succeeded, 0 are still kept.\n"));

  response.set_left(2);
  response.set_reason("still not");
  letters_.replay.answer = response;
  EXPECT_EQ(Do({"dlt", "replay", "commands", "A", "--service", "orders"}), kRefused);
  EXPECT_THAT(out_.str(), HasSubstr("The first that did not succeed: still not\n"));
}

TEST_F(RunTest, DiscardsADeadLetterAndSaysWhatWaitsBehindIt) {
  inbox::v1::DiscardDeadLetterResponse response;
  *response.mutable_letter() = ALetter();
  letters_.discard.answer = response;

  EXPECT_EQ(Do({"dlt", "discard", "commands", "42", "--service", "orders"}), kOk);
  EXPECT_EQ(letters_.discard.asked.id(), 42);
  EXPECT_EQ(out_.str(), "Message 42 of commands (partition 3, offset 17) is dropped.\n");

  response.set_left(2);
  letters_.discard.answer = response;
  EXPECT_EQ(Do({"dlt", "discard", "commands", "42", "--service", "orders"}), kOk);
  EXPECT_THAT(out_.str(), HasSubstr("Of its key 2 are still kept; `dlt replay` hands them to the service."));
}

TEST_F(RunTest, SaysWhyADeadLetterIsNotFound) {
  letters_.discard.answer = Error{ErrorCode::kNotFound, "no message of commands is kept under the id 42"};

  EXPECT_EQ(Do({"dlt", "discard", "commands", "42", "--service", "orders"}), kRefused);

  EXPECT_THAT(err_.str(), AllOf(HasSubstr("no message of commands is kept under the id 42"),
                                HasSubstr("Asked: orders at " + address_)));
}

TEST_F(RunTest, SaysThatAServiceKeepsNoDeadLetters) {
  FakeAccounts accounts(calls_);
  rpc::Server auth({.token_file = token_.path()}, {{&accounts, auth::v1::AccountService::service_full_name(), rows_}});
  around_.environment["CDISCOUNT_AUTH_ADDRESS"] = fmt::format("127.0.0.1:{}", auth.port());

  EXPECT_EQ(Do({"dlt", "list", "--service", "auth"}), kRefused);

  EXPECT_THAT(err_.str(), HasSubstr("it is a service that does not offer it"));
}

}  // namespace
}  // namespace cdiscount::cli
