"""Of poller.py: the same messages as the product, on three topics, with the people sealed in the database."""

import decimal
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cdiscount.events.v1 import order_event_pb2, order_recipients_pb2
from cdiscount.orders.v1 import order_pb2

STATUS = {"Processing": 2, "WaitingAcceptance": 3, "Accepted": 4, "Refused": 5, "InPreparation": 6, "Shipped": 7, "Delivered": 8,
          "Cancelled": 9, "Rejected": 10, "CancelRequest": 11}
ADDRESS = {"civility": "civility", "first_name": "firstName", "last_name": "lastName", "company_name": "companyName",
           "company_vat_number": "companyVatNumber", "address_line1": "addressLine1", "address_line2": "addressLine2",
           "address_line3": "addressLine3", "postal_code": "postalCode", "city": "city", "state_or_region": "stateOrRegion",
           "country_code": "countryCode"}
SUPPLY = {"Seller": 2, "Fulfillment": 3, "Xdock": 4}


def money(into, amount, currency):
    if amount is not None:
        into.minor_units = int((decimal.Decimal(str(amount)) * 100).to_integral_value())
        into.currency = currency


def instant(into, text):
    if text:
        into.FromJsonString(text.replace("+00:00", "Z"))


def taxes(into, price, currency):
    for tax in price.get("taxes") or []:
        row = into.taxes.add(code=tax.get("code") or "", target=tax.get("target") or "", rate=str(tax.get("rate") or ""))
        money(row.amount, tax.get("amount"), currency)


def price(into, shown, total, currency):
    money(into.unit_price, shown.get("unitSalesPrice"), currency)
    money(into.shipping, shown.get("shippingCost"), currency)
    money(into.total, total, currency)
    taxes(into, shown, currency)


def to_message(shown):
    currency = shown.get("currencyCode") or "EUR"
    order = order_pb2.Order(
        sales_channel_id=shown["salesChannel"]["id"], seller_id=str(shown["seller"]["id"]), order_id=shown["orderId"],
        reference=shown.get("reference") or "", status=STATUS.get(shown["status"], 1), status_text=shown["status"],
        business_order=bool(shown.get("businessOrder")), currency=currency,
        customer_reference=(shown.get("customer") or {}).get("reference") or "",
        payment_method=(shown.get("payment") or {}).get("method") or "")
    instant(order.purchased_at, shown.get("purchasedAt"))
    instant(order.created_at, shown.get("createdAt"))
    instant(order.ship_by, shown.get("shippedAtMax"))
    money(order.total_selling_price, shown["totalPrice"].get("sellingPrice"), currency)
    money(order.total_offer_price, shown["totalPrice"].get("offerPrice"), currency)
    for fee in shown.get("serviceFees") or []:
        money(order.service_fees.add(label=fee.get("label") or "").amount, fee.get("amount"), currency)
    for shown_line in shown["lines"]:
        offer, delivery = shown_line.get("offer") or {}, shown_line.get("delivery") or {}
        line = order.lines.add(
            order_line_id=shown_line["orderLineId"], status=STATUS.get(shown_line["status"], 1), status_text=shown_line["status"],
            quantity=shown_line.get("quantity") or 0, sku=offer.get("sellerProductId") or "", gtin=offer.get("productGtin") or "",
            title=offer.get("productTitle") or "", offer_id=offer.get("id") or "", product_id=offer.get("productId") or "",
            condition=offer.get("condition") or "", supply_mode=SUPPLY.get(offer.get("supplyMode"), 1),
            supply_mode_text=offer.get("supplyMode") or "")
        total = shown_line.get("totalPrice") or {}
        price(line.selling_price, shown_line.get("sellingPrice") or {}, total.get("sellingPrice"), currency)
        price(line.offer_price, shown_line.get("offerPrice") or {}, total.get("offerPrice"), currency)
        commission = (shown_line.get("offerPrice") or {}).get("commission")
        if commission:
            money(line.commission.amount_without_vat, commission.get("amountWithoutVat"), currency)
            money(line.commission.amount_with_vat, commission.get("amountWithVat"), currency)
            line.commission.rate = str(commission.get("rate") or "")
        line.delivery.mode = delivery.get("mode") or ""
        instant(line.delivery.promised_at_min, delivery.get("promisedAtMin"))
        instant(line.delivery.promised_at_max, delivery.get("promisedAtMax"))
        instant(line.delivery.ship_by, delivery.get("shippedAtMax"))
        for parcel in shown_line.get("parcels") or []:
            line.parcels.add(parcel_number=parcel.get("parcelNumber") or "", carrier_name=parcel.get("carrierName") or "",
                             tracking_url=parcel.get("trackingUrl") or "")
    return order


def address(into, shown):
    for name, key in ADDRESS.items():
        setattr(into, name, shown.get(key) or "")


def to_recipients(shown):
    people = order_recipients_pb2.OrderRecipients(sales_channel_id=shown["salesChannel"]["id"], order_id=shown["orderId"],
                                                  seller_id=str(shown["seller"]["id"]))
    address(people.billing_address, shown.get("billingAddress") or {})
    for line in shown["lines"]:
        to = line.get("shippingAddress") or {}
        row = people.recipients.add(order_line_ids=[line["orderLineId"]], phone=to.get("phone") or "", email=to.get("email") or "")
        address(row.delivery_address, to)
        row.pickup_point.id, row.pickup_point.name = to.get("pickupId") or "", to.get("pickupName") or ""
    return people


class Full:
    topics = ["bench.peer.events", "bench.peer.state", "bench.peer.recipients"]

    def __init__(self):
        self.cipher = AESGCM(AESGCM.generate_key(256))

    def content(self, shown):
        self.order, self.people = to_message(shown), to_recipients(shown)
        return self.order.SerializeToString(deterministic=True) + self.people.SerializeToString(deterministic=True)

    def rows(self, shown, version, kind):
        instant(self.order.updated_at, shown["updatedAt"])
        event = order_event_pb2.OrderEvent(type=1 if version == 1 else 5, version=version)
        event.order.CopyFrom(self.order)
        value = event.SerializeToString()
        yield self.topics[0], value
        yield self.topics[1], value
        self.people.version = version
        nonce = os.urandom(12)
        yield self.topics[2], nonce + self.cipher.encrypt(nonce, self.people.SerializeToString(), shown["orderId"].encode())

    def value(self, topic, key, kept):
        return self.cipher.decrypt(kept[:12], kept[12:], key.encode()) if topic == self.topics[2] else kept
