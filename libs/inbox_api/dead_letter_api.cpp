#include "inbox_api/dead_letter_api.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <ranges>
#include <utility>

#include "cdiscount/inbox/v1/dead_letter_service.grpc.pb.h"
#include "core/unicode.hpp"
#include "inbox/letters.hpp"
#include "rpc/unary.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::inbox {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;
using store::Transaction;

// A name in certificates.
constexpr const char* kOperator = "operator";

constexpr int kDefaultPage = 50, kLargestPage = 500;

Error Invalid(std::string field, std::string message) {
  return Error{.code = ErrorCode::kInvalidArgument, .message = std::move(message), .field = std::move(field)};
}

/// A producer may have written any time; one that a Timestamp cannot hold is shown as the nearest that it can.
google::protobuf::Timestamp ToTimestamp(SysTime time) {
  using google::protobuf::util::TimeUtil;
  const auto at = std::clamp<std::int64_t>(time.time_since_epoch().count(), TimeUtil::kTimestampMinSeconds * 1'000'000,
                                           TimeUtil::kTimestampMaxSeconds * 1'000'000);
  return TimeUtil::MicrosecondsToTimestamp(at);
}

v1::DeadLetter ToMessage(const Letter& letter) {
  v1::DeadLetter message;
  message.set_topic(letter.message.topic);
  message.set_id(letter.id);
  message.set_partition(letter.message.partition);
  message.set_offset(letter.message.offset);
  message.set_key(letter.message.key);
  message.set_reason(letter.reason);
  *message.mutable_written_at() = ToTimestamp(letter.message.timestamp);
  *message.mutable_kept_at() = ToTimestamp(letter.kept_at);
  if (letter.value_size) message.set_value_size(*letter.value_size);
  return message;
}

/// The id behind which the page begins.
std::optional<std::int64_t> FromToken(const std::string& token) {
  std::int64_t after = 0;
  if (token.empty()) return after;
  const auto* end = token.data() + token.size();
  const auto [at, error] = std::from_chars(token.data(), end, after);
  return error == std::errc{} && at == end && after > 0 ? std::optional(after) : std::nullopt;
}

Result<v1::ListDeadLettersResponse> List(Transaction& transaction, const v1::ListDeadLettersRequest& request) {
  if (request.page_size() < 0) return Invalid("page_size", "must not be negative");
  const auto after = FromToken(request.page_token());
  if (!after) return Invalid("page_token", "is not one that an answer gave");
  const int size = request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kLargestPage);
  auto letters = ListLetters(transaction, {.topic = request.topic(), .after = *after, .most = size + 1});
  v1::ListDeadLettersResponse response;
  if (std::cmp_greater(letters.size(), size)) {
    letters.pop_back();
    response.set_next_page_token(std::to_string(letters.back().id));
  }
  for (const auto& letter : letters) *response.add_letters() = ToMessage(letter);
  return response;
}

Result<v1::GetDeadLetterResponse> Get(Transaction& transaction, const v1::GetDeadLetterRequest& request) {
  auto letter = FindLetter(transaction, request.topic(), request.id());
  if (!letter) return letter.error();
  v1::GetDeadLetterResponse response;
  *response.mutable_letter() = ToMessage(*letter);
  if (!request.include_value()) return response;
  for (auto& [name, value] : letter->message.headers) {
    auto& header = *response.add_headers();
    header.set_name(EscapeInvisible(name));
    header.set_value(std::move(value));
  }
  if (letter->message.value) response.set_value(std::move(*letter->message.value));
  return response;
}

}  // namespace

class DeadLetterApi::Impl final : public v1::DeadLetterService::CallbackService {
 public:
  Impl(rpc::Calls& calls, store::Database& database, std::map<std::string, Handler> handlers)
      : calls_(calls), database_(database), handlers_(std::move(handlers)) {}

  ServerUnaryReactor* ListDeadLetters(CallbackServerContext* context, const v1::ListDeadLettersRequest* request,
                                      v1::ListDeadLettersResponse* response) override {
    return rpc::Unary(calls_, context, request, response, [this](const auto& asked, rpc::CallContext) {
      return database_.Read([&asked](Transaction& transaction) { return List(transaction, asked); });
    });
  }
  ServerUnaryReactor* GetDeadLetter(CallbackServerContext* context, const v1::GetDeadLetterRequest* request,
                                    v1::GetDeadLetterResponse* response) override {
    return rpc::Unary(calls_, context, request, response, [this](const auto& asked, rpc::CallContext) {
      return database_.Read([&asked](Transaction& transaction) { return Get(transaction, asked); });
    });
  }
  ServerUnaryReactor* ReplayDeadLetters(CallbackServerContext* context, const v1::ReplayDeadLettersRequest* request,
                                        v1::ReplayDeadLettersResponse* response) override {
    return rpc::Unary(calls_, context, request, response,
                      [this](const auto& asked, rpc::CallContext call) { return Replay(asked, std::move(call)); });
  }
  ServerUnaryReactor* DiscardDeadLetter(CallbackServerContext* context, const v1::DiscardDeadLetterRequest* request,
                                        v1::DiscardDeadLetterResponse* response) override {
    return rpc::Unary(calls_, context, request, response,
                      [this](const auto& asked, rpc::CallContext call) { return Discard(asked, std::move(call)); });
  }

 private:
  Task<Result<v1::ReplayDeadLettersResponse>> Replay(const v1::ReplayDeadLettersRequest& request,
                                                     rpc::CallContext call) {
    const auto handler = handlers_.find(request.topic());
    if (handler == handlers_.end()) {
      co_return Error{ErrorCode::kNotFound,
                      fmt::format("this service does not follow the topic \"{}\"; it follows {}",
                                  EscapeInvisible(request.topic()), fmt::join(handlers_ | std::views::keys, ", ")),
                      std::nullopt, "topic"};
    }
    v1::ReplayDeadLettersResponse response;
    for (std::optional<std::int64_t> after = 0; after;) {
      const auto replayed = co_await database_.Run([&](Transaction& transaction) {
        return ReplayLetters(transaction, request.topic(), request.key(), handler->second, *after);
      });
      if (!replayed) co_return replayed.error();
      // One for each transaction: what it did stays, whatever becomes of the next one.
      log::Info("dead_letters_replayed", {{"audit", true},
                                          {"caller", call.caller},
                                          {"topic", request.topic()},
                                          {"key", request.key()},
                                          {"replayed", replayed->succeeded},
                                          {"trace_id", call.trace.trace_id()}});
      response.set_replayed(response.replayed() + replayed->succeeded);
      response.set_left(replayed->left);
      if (response.reason().empty()) response.set_reason(replayed->reason);
      after = replayed->go_on_after;
    }
    co_return response;
  }

  Task<Result<v1::DiscardDeadLetterResponse>> Discard(const v1::DiscardDeadLetterRequest& request,
                                                      rpc::CallContext call) {
    const auto discarded = co_await database_.Run(
        [&](Transaction& transaction) { return DiscardLetter(transaction, request.topic(), request.id()); });
    if (!discarded) co_return discarded.error();
    const auto& message = discarded->letter.message;
    log::Info("dead_letter_discarded", {{"audit", true},
                                        {"caller", call.caller},
                                        {"topic", message.topic},
                                        {"id", discarded->letter.id},
                                        {"partition", message.partition},
                                        {"offset", message.offset},
                                        {"key", message.key},
                                        {"trace_id", call.trace.trace_id()}});
    v1::DiscardDeadLetterResponse response;
    *response.mutable_letter() = ToMessage(discarded->letter);
    response.set_left(discarded->waiting);
    co_return response;
  }

  rpc::Calls& calls_;
  store::Database& database_;
  const std::map<std::string, Handler> handlers_;
};

DeadLetterApi::DeadLetterApi(rpc::Calls& calls, store::Database& database, std::map<std::string, Handler> handlers)
    : impl_(std::make_unique<Impl>(calls, database, std::move(handlers))) {}
DeadLetterApi::~DeadLetterApi() = default;

std::vector<rpc::Api> DeadLetterApi::apis() {
  return {{impl_.get(),
           v1::DeadLetterService::service_full_name(),
           {
               {"ListDeadLetters", {kOperator}, /*audit=*/true},  // a reason may quote the message
               {"GetDeadLetter", {kOperator}, /*audit=*/true},
               // Also said when they begin: a commit whose answer is lost has no line of its own.
               {"ReplayDeadLetters", {kOperator}, /*audit=*/true},
               {"DiscardDeadLetter", {kOperator}, /*audit=*/true},
           }}};
}

}  // namespace cdiscount::inbox
