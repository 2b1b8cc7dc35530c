#include "marketplace/rest/order_reader.hpp"

namespace cdiscount::marketplace::rest {

std::optional<orders::v1::Money> OrderReader::ReadAmount(ondemand::value value) {
  Decimal decimal;
  Read(value, decimal);
  const auto minor = ParseMinorUnits(decimal.text, minor_digits_);
  if (!minor) return std::nullopt;
  orders::v1::Money money;
  money.set_minor_units(*minor);
  money.set_currency(currency_);
  return money;
}

}  // namespace cdiscount::marketplace::rest
