// The dead letters of a service, asked over a real gRPC server.
#include "inbox_api/dead_letter_api.hpp"

#include "cdiscount/inbox/v1/dead_letter_service.grpc.pb.h"
#include "core/testing/result_matchers.hpp"
#include "inbox/inbox.hpp"
#include "inbox/letters.hpp"
#include "migrations/inbox.hpp"
#include "rpc/client.hpp"
#include "rpc/testing/in_process_server.hpp"
#include "store/testing/database_test.hpp"
#include "telemetry/testing/captured_log.hpp"

namespace cdiscount::inbox {
namespace {

using fakes::FailsWith;
using fakes::Succeeds;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Stub = class v1::DeadLetterService::Stub::async;

class DeadLetterApiTest : public fakes::DatabaseTest {
 protected:
  DeadLetterApiTest() : DatabaseTest({migrations::Inbox()}) {
    Execute("CREATE TABLE seen (text TEXT NOT NULL)");
    inbox_.Begin(*session_, {0});
  }

  static kafka::Message AMessage(std::int64_t offset, const std::string& key, std::optional<std::string> value) {
    return {.topic = "commands",
            .partition = 0,
            .offset = offset,
            .timestamp = SysTime{std::chrono::seconds{1'790'000'000}},
            .key = key,
            .value = std::move(value),
            .headers = {{"ce_id", "id-1"}, {"\xff", std::string("\0", 1)}}};
  }
  /// As the follower does.
  void Follow(const std::vector<kafka::Message>& messages) {
    ASSERT_THAT(inbox_.Apply(*session_, messages), Succeeds());
  }
  /// Two letters of the key A, of which the first never succeeds, and one without a key.
  void KeepThree() {
    Follow({AMessage(3, "A", "poison of Claire"), AMessage(4, "A", std::nullopt), AMessage(5, "", "poison")});
  }

  std::vector<v1::DeadLetter> Letters(const std::string& topic = "") {
    v1::ListDeadLettersRequest request;
    request.set_topic(topic);
    const auto listed = Run(client_.Call(&Stub::ListDeadLetters, request)).value();
    return {listed.letters().begin(), listed.letters().end()};
  }
  Result<v1::ListDeadLettersResponse> Page(int size, const std::string& token) {
    v1::ListDeadLettersRequest request;
    request.set_page_size(size);
    request.set_page_token(token);
    return Run(client_.Call(&Stub::ListDeadLetters, request));
  }
  Result<v1::GetDeadLetterResponse> Get(std::int64_t id, bool value, const std::string& topic = "commands") {
    v1::GetDeadLetterRequest request;
    request.set_topic(topic);
    request.set_id(id);
    request.set_include_value(value);
    return Run(client_.Call(&Stub::GetDeadLetter, request));
  }
  Result<v1::ReplayDeadLettersResponse> Replay(const std::string& key, const std::string& topic = "commands") {
    v1::ReplayDeadLettersRequest request;
    request.set_topic(topic);
    request.set_key(key);
    return Run(client_.Call(&Stub::ReplayDeadLetters, request));
  }
  Result<v1::DiscardDeadLetterResponse> Discard(std::int64_t id, const std::string& topic = "commands") {
    v1::DiscardDeadLetterRequest request;
    request.set_topic(topic);
    request.set_id(id);
    return Run(client_.Call(&Stub::DiscardDeadLetter, request));
  }
  std::vector<std::string> Seen() { return Texts("SELECT text FROM seen ORDER BY text"); }

  fakes::CapturedLog log_;
  std::atomic<bool> mended_ = false;
  const Handler handler_ = [this](store::Transaction& transaction, const kafka::Message& message) -> Status {
    const auto value = message.value.value_or("tombstone");
    transaction.Execute("INSERT INTO seen (text) VALUES (:text)", {{"text", value}});
    if (!mended_ && value.starts_with("poison")) return Error{ErrorCode::kUnreadable, "it makes no sense"};
    return Ok();
  };
  std::unique_ptr<store::Session> session_ = database_->NewSession();
  Inbox inbox_{"commands", Reading::kOnwards, handler_};
  telemetry::Metrics metrics_{"test"};
  rpc::Calls calls_{io_.get_executor(), metrics_};
  DeadLetterApi api_{calls_, *database_, {{"commands", handler_}}};
  fakes::InProcessServer server_{io_, api_.apis()};
  rpc::Client<v1::DeadLetterService> client_{server_.channel()};
};

TEST_F(DeadLetterApiTest, ShowsALetterWhoseTimeNoTimestampHolds) {
  KeepThree();
  session_->Execute("UPDATE inbox_letter SET written_at = 1790000000000000000");

  const auto letters = Letters();

  ASSERT_EQ(letters.size(), 3u);
  EXPECT_EQ(letters[0].written_at().seconds(), 253402300799);
  EXPECT_THAT(Discard(letters[0].id()), Succeeds());
}

TEST_F(DeadLetterApiTest, ListsWhatIsKeptAndWhy) {
  KeepThree();

  const auto letters = Letters();

  ASSERT_EQ(letters.size(), 3u);
  EXPECT_EQ(letters[0].topic(), "commands");
  EXPECT_EQ(letters[0].key(), "A");
  EXPECT_EQ(letters[0].offset(), 3);
  EXPECT_EQ(letters[0].reason(), "it makes no sense");
  EXPECT_EQ(letters[0].written_at().seconds(), 1'790'000'000);
  EXPECT_GT(letters[0].kept_at().seconds(), 0);
  EXPECT_EQ(letters[0].value_size(), 16);
  EXPECT_EQ(letters[1].reason(), "") << "it waits";
  EXPECT_FALSE(letters[1].has_value_size()) << "a tombstone";
  EXPECT_EQ(letters[2].key(), "");
  EXPECT_EQ(Letters("commands").size(), 3u);
  EXPECT_EQ(Letters("another").size(), 0u);
}

TEST_F(DeadLetterApiTest, ListsInPages) {
  KeepThree();

  const auto first = Page(2, "").value();
  const auto last = Page(2, first.next_page_token()).value();

  EXPECT_EQ(first.letters_size(), 2);
  ASSERT_EQ(last.letters_size(), 1);
  EXPECT_EQ(last.letters(0).offset(), 5);
  EXPECT_EQ(last.next_page_token(), "");
  EXPECT_THAT(Page(-1, ""), FailsWith(ErrorCode::kInvalidArgument));
  for (const auto* wrong : {"x", "1x", "-1", "99999999999999999999"}) {
    EXPECT_THAT(Page(2, wrong), FailsWith(ErrorCode::kInvalidArgument)) << wrong;
  }
}

TEST_F(DeadLetterApiTest, GivesTheValueByteForByteButOnlyWhenAskedForIt) {
  const std::string value("poison \0\xff of Claire", 19);
  Follow({AMessage(3, std::string("\xfe", 1), value)});
  const auto id = Letters().at(0).id();

  const auto without = Get(id, false).value();
  const auto with = Get(id, true).value();

  EXPECT_THAT(without.letter().reason(), Not(IsEmpty()));
  EXPECT_THAT(without.ShortDebugString(), Not(HasSubstr("Claire")));
  EXPECT_EQ(without.headers_size(), 0);
  EXPECT_EQ(with.value(), value);
  EXPECT_EQ(with.letter().key(), "\xfe");
  ASSERT_EQ(with.headers_size(), 2);
  EXPECT_EQ(with.headers(0).name(), "ce_id");
  EXPECT_EQ(with.headers(0).value(), "id-1");
  EXPECT_EQ(with.headers(1).name(), "\\xff");
  EXPECT_EQ(with.headers(1).value(), std::string("\0", 1));
  EXPECT_THAT(Get(id + 1, true), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(Get(id, true, "another"), FailsWith(ErrorCode::kNotFound));
}

TEST_F(DeadLetterApiTest, WritesAnAuditLineBeforeOneIsShown) {
  KeepThree();

  ASSERT_THAT(Get(Letters().at(0).id(), true), Succeeds());

  EXPECT_THAT(log_.lines(), Contains(AllOf(HasSubstr("rpc_audited"), HasSubstr("/GetDeadLetter"),
                                           HasSubstr("\"caller\":\"local\""))));
}

TEST_F(DeadLetterApiTest, ReplaysAKeyOnceItsFirstMessageSucceeds) {
  KeepThree();

  const auto too_early = Replay("A").value();
  EXPECT_EQ(too_early.replayed(), 0);
  EXPECT_EQ(too_early.left(), 2);
  EXPECT_EQ(too_early.reason(), "it makes no sense");
  EXPECT_THAT(Seen(), ElementsAre());
  mended_ = true;
  const auto replayed = Replay("A").value();

  EXPECT_EQ(replayed.replayed(), 2);
  EXPECT_EQ(replayed.left(), 0);
  EXPECT_EQ(replayed.reason(), "");
  EXPECT_THAT(Seen(), ElementsAre("poison of Claire", "tombstone"));
  EXPECT_EQ(Letters().size(), 1u) << "the one without a key";
  EXPECT_THAT(log_.lines(), Contains(AllOf(HasSubstr("dead_letters_replayed"), HasSubstr("\"audit\":true"),
                                           HasSubstr("\"caller\":\"local\""), HasSubstr("\"replayed\":2"))));
  Follow({AMessage(6, "A", "its key is free again")});
  EXPECT_THAT(Seen(), Contains("its key is free again"));
}

TEST_F(DeadLetterApiTest, ReplaysMoreThanOneTransactionHolds) {
  Follow(std::vector<kafka::Message>{AMessage(0, "A", "poison")});
  for (int more = 1; more <= 250; ++more) Follow({AMessage(more, "A", "waiting")});
  mended_ = true;

  const auto replayed = Replay("A").value();

  EXPECT_EQ(replayed.replayed(), 251);
  EXPECT_EQ(replayed.left(), 0);
}

TEST_F(DeadLetterApiTest, KeepsWhatAReplayCouldNotFinishBecauseTheDatabaseFails) {
  KeepThree();
  mended_ = true;

  for (int nth = 1;; ++nth) {
    faults_.FailStatement(nth);
    const auto replayed = Replay("A");
    if (faults_.Disarm()) {
      EXPECT_EQ(replayed.value().replayed(), 2);
      break;
    }
    EXPECT_THAT(replayed, FailsWith(ErrorCode::kUnavailable));
    EXPECT_EQ(Letters().size(), 3u) << "after statement " << nth;
    EXPECT_THAT(Seen(), ElementsAre());
  }
}

TEST_F(DeadLetterApiTest, ReplaysNothingOfAnUnknownTopicOrKey) {
  KeepThree();

  const auto topic = Replay("A", "another");
  EXPECT_THAT(topic, FailsWith(ErrorCode::kNotFound));
  EXPECT_EQ(topic.error().field, "topic");
  EXPECT_THAT(topic.error().message, HasSubstr("it follows commands"));
  const auto key = Replay("B");
  EXPECT_THAT(key, FailsWith(ErrorCode::kNotFound));
  EXPECT_EQ(key.error().field, "key");
}

TEST_F(DeadLetterApiTest, DiscardsOneForGoodAndSaysWhatWaitsBehindIt) {
  KeepThree();
  const auto id = Letters().at(0).id();

  const auto discarded = Discard(id).value();

  EXPECT_EQ(discarded.letter().offset(), 3);
  EXPECT_EQ(discarded.left(), 1);
  EXPECT_EQ(Letters().size(), 2u);
  EXPECT_THAT(log_.lines(), Contains(AllOf(HasSubstr("dead_letter_discarded"), HasSubstr("\"audit\":true"),
                                           HasSubstr("\"caller\":\"local\""), HasSubstr("\"offset\":3"))));
  EXPECT_THAT(Discard(id), FailsWith(ErrorCode::kNotFound));
  EXPECT_EQ(Replay("A").value().replayed(), 1);
  EXPECT_THAT(Seen(), ElementsAre("tombstone"));
}

TEST_F(DeadLetterApiTest, LogsNothingOfAValue) {
  KeepThree();
  const auto id = Letters().at(0).id();

  ASSERT_THAT(Get(id, true), Succeeds());
  ASSERT_THAT(Replay("A"), Succeeds());
  ASSERT_THAT(Discard(id), Succeeds());

  EXPECT_THAT(log_.lines(), Not(Contains(HasSubstr("Claire"))));
}

}  // namespace
}  // namespace cdiscount::inbox
