#include "service/admin_server.hpp"

#include <fmt/format.h>

#include <utility>

#include "telemetry/json_text.hpp"

namespace cdiscount::service {
namespace {

http::ServerResponse Text(int status, std::string type, std::string body) {
  http::ServerResponse response;
  response.status = status;
  response.headers.Set("Content-Type", std::move(type));
  response.headers.Set("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

http::ServerOptions Listener(const AdminOptions& options) {
  http::ServerOptions listener;
  listener.address = options.address;
  listener.port = options.port;
  listener.body_limit = 1024;
  return listener;
}

}  // namespace

void AdminOptions::Describe(settings::Table& table) {
  table.Text("admin.address", address,
             "Where /livez, /readyz and /metrics listen, in plain text: 0.0.0.0 lets probes and Prometheus of other "
             "machines in. No secret is shown there.",
             settings::IpAddress());
  table.Integer("admin.port", port, {0, 65535}, "", "The admin port; 0 = any free one.");
}

AdminServer::AdminServer(Host& host, AdminOptions options, std::vector<Check> checks)
    : host_(host), checks_(std::move(checks)) {
  auto listening = http::Server::Listen(host.executor(), Listener(options),
                                        [this](http::ServerRequest request) { return Answer(std::move(request)); });
  if (!listening) throw BadResult(listening.error());
  server_ = std::move(*listening);
  host.AddPort("admin", server_->port());
  host.AtEnd([this] { return server_->Stop(std::chrono::seconds{1}); });
}

Task<http::ServerResponse> AdminServer::Answer(http::ServerRequest request) {
  constexpr auto* kPlain = "text/plain; charset=utf-8";
  if (request.method != "GET" && request.method != "HEAD") {
    auto refused = Text(405, kPlain, "only GET\n");
    refused.headers.Set("Allow", "GET, HEAD");
    co_return refused;
  }
  if (request.path == "/livez") co_return Text(200, kPlain, "ok\n");
  if (request.path == "/readyz") co_return Readiness();
  if (request.path == "/metrics") {
    co_return Text(200, "text/plain; version=0.0.4; charset=utf-8", host_.metrics().Render());
  }
  co_return Text(404, kPlain, "there is /livez, /readyz and /metrics\n");
}

http::ServerResponse AdminServer::Readiness() const {
  bool ready = true;
  std::string rows;
  const auto add = [&](std::string_view name, const Status& status) {
    ready = ready && status.has_value();
    rows += rows.empty() ? "{\"name\":" : ",{\"name\":";
    telemetry::AppendJsonString(rows, name);
    rows += status ? ",\"ok\":true,\"problem\":" : ",\"ok\":false,\"problem\":";
    telemetry::AppendJsonString(rows, status ? std::string_view{} : std::string_view(status.error().message));
    rows += '}';
  };
  if (host_.stopping()) add("host", Error{ErrorCode::kUnavailable, "the service is stopping"});
  for (const auto& check : checks_) add(check.name, check.probe());
  return Text(ready ? 200 : 503, "application/json",
              fmt::format("{{\"ready\":{},\"checks\":[{}]}}\n", ready ? "true" : "false", rows));
}

}  // namespace cdiscount::service
