#include "rpc/calls.hpp"

#include <boost/asio/post.hpp>
#include <utility>

#include "rpc/call_series.hpp"

namespace cdiscount::rpc {

class Calls::Series : public detail::CallSeries {
 public:
  using CallSeries::CallSeries;
};

Calls::Calls(boost::asio::any_io_executor network, telemetry::Metrics& metrics)
    : network_(std::move(network)), series_(std::make_unique<Series>(metrics, "rpc_server", "Calls that we answer")) {
  boost::asio::post(network_, [open = open_] { *open = true; });
}

Calls::~Calls() = default;

void Calls::Began(std::string_view method) {
  series_->Began(method);
}

void Calls::Ended(std::string_view method, std::string_view code, std::chrono::duration<double> took) {
  series_->Ended(method, code, took);
}

}  // namespace cdiscount::rpc
