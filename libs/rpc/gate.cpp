#include "rpc/gate.hpp"

#include <fmt/format.h>
#include <grpc/grpc_security_constants.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "crypto/digest.hpp"
#include "rpc/status.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::rpc::detail {
namespace {

std::string_view View(const grpc::string_ref& text) {
  return {text.data(), text.size()};
}

bool IsLocal(const grpc::AuthContext& connection) {
  const auto types = connection.FindPropertyValues(GRPC_TRANSPORT_SECURITY_TYPE_PROPERTY_NAME);
  return !types.empty() && View(types.front()) == "local";
}

class Gate final : public grpc::AuthMetadataProcessor {
 public:
  Gate(Access access, ServerToken token)
      : access_(std::move(access)), token_(std::move(token)), expected_("Bearer " + token_.value.Reveal()) {}

  bool IsBlocking() const override { return false; }

  grpc::Status Process(const InputMetadata& metadata, grpc::AuthContext* connection, OutputMetadata* /*consumed*/,
                       OutputMetadata* /*response*/) override {
    const auto path = Get(metadata, ":path");
    auto caller = CallerOf(*connection);
    if (caller.how == Caller::How::kToken && !Knows(metadata)) caller.how = Caller::How::kStranger;
    auto allowed = access_.Check(path, caller);
    if (!allowed) return Refuse(path, caller, allowed.error());
    if (!access_.Knows(path)) return {grpc::StatusCode::UNIMPLEMENTED, "there is no such call"};
    if (access_.IsAudited(path)) {
      log::Info("rpc_audited", {{"audit", true}, {"method", path}, {"caller", caller.Name()}});
    }
    return grpc::Status::OK;
  }

 private:
  static std::string_view Get(const InputMetadata& metadata, const char* key) {
    const auto found = metadata.find(key);
    return found == metadata.end() ? std::string_view() : View(found->second);
  }

  bool Knows(const InputMetadata& metadata) const {
    return !token_.value.empty() && crypto::ConstantTimeEquals(Get(metadata, "authorization"), expected_.Reveal());
  }

  grpc::Status Refuse(std::string_view path, const Caller& caller, Error error) {
    refused_.Warn("rpc_refused", {{"method", access_.Knows(path) ? path : "unknown"},
                                  {"caller", caller.Name()},
                                  {"code", ToString(error.code)}});
    if (error.code == ErrorCode::kUnauthenticated) {
      error.message += fmt::format(
          ", which is in {}: who may read that file may call. cdiscountctl takes it from --token-file, order-ingest "
          "from "
          "auth.token_file, others send it as \"authorization: Bearer TOKEN\"",
          token_.file);
    }
    return ToGrpc(error);
  }

  const Access access_;
  const ServerToken token_;
  const Secret expected_;
  log::Limited refused_{std::chrono::seconds{1}};
};

}  // namespace

std::shared_ptr<grpc::AuthMetadataProcessor> MakeGate(Access access, ServerToken token) {
  return std::make_shared<Gate>(std::move(access), std::move(token));
}

Caller CallerOf(const grpc::AuthContext& connection) {
  if (IsLocal(connection)) return {.how = Caller::How::kToken};
  Caller caller{.how = Caller::How::kCertificate};
  for (const auto* kind : {GRPC_PEER_DNS_PROPERTY_NAME, GRPC_PEER_URI_PROPERTY_NAME, GRPC_X509_CN_PROPERTY_NAME}) {
    // Beside names, which an authority checks, the common name is free text.
    if (kind == std::string_view(GRPC_X509_CN_PROPERTY_NAME) && !caller.names.empty()) break;
    for (const auto& name : connection.FindPropertyValues(kind)) {
      if (std::ranges::find(caller.names, View(name)) == caller.names.end()) caller.names.emplace_back(View(name));
    }
  }
  return caller;
}

}  // namespace cdiscount::rpc::detail
