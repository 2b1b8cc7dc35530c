"""Steers the simulator through its control API (simulator/README.md) and reads its ledger."""

import json
import urllib.error
import urllib.request


class MarketplaceControl:
    """One method per route that tests and demo use. A refusal raises RuntimeError with the simulator's own words."""

    def __init__(self, url):
        self.url = url.rstrip("/")
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # it is on this machine

    def call(self, method, path, body=None):
        request = urllib.request.Request(f"{self.url}/control/{path}", method=method,
                                         data=None if body is None else json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        try:
            with self._opener.open(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as e:
            raise RuntimeError(f"simulator: {method} /control/{path}: {e.code} {e.read().decode(errors='replace')}") from None

    # --- The world

    def add_seller(self, seller_id, **fields):
        return self.call("POST", "sellers", {"seller_id": seller_id, **fields})

    def add_client(self, client_id, sellers, secret=None):
        """Gives back client_id, client_secret and sellers; the secret is drawn when none is given."""
        return self.call("POST", "clients", {"client_id": client_id, "sellers": list(sellers),
                                             **({"client_secret": secret} if secret else {})})

    def configure(self, **fields):
        return self.call("POST", "config", fields)

    def seed(self, **fields):
        return self.call("POST", "seed", fields)

    def create_orders(self, seller_id, count=1, **wishes):
        """The first version of each new order."""
        return self.call("POST", "orders", {"seller_id": seller_id, "count": count, **wishes})["items"]

    def change(self, order_id, **change):
        """The new version. `status=`, `next=True`, `cancel_line=`, `add_fee_minor=`."""
        return self.call("POST", f"orders/{order_id}/change", change)

    def change_many(self, changes):
        return self.call("POST", "changes", {"changes": changes})["items"]

    def generate(self, **plan):
        return self.call("POST", "generate", plan)

    def stop_generating(self):
        return self.call("DELETE", "generate")

    def oddity(self, order_id, **how):
        """How the order is shown from now on; without a keyword it is shown as it is."""
        return self.call("POST", f"orders/{order_id}/oddity", how)

    def busy(self, order_id, every_ms):
        """The order changes at every interval; 0 ends it."""
        return self.call("POST", f"orders/{order_id}/busy", {"every_ms": every_ms})

    def clock(self, **fields):
        """`set=`, `advance_ms=`, `freeze=`, `date_skew_ms=`."""
        return self.call("POST", "clock", fields)

    def inject(self, kind, **fields):
        return self.call("POST", "faults", {"kind": kind, **fields})

    def clear_faults(self):
        return self.call("DELETE", "faults")

    # --- The ledger

    def totals(self):
        return self.call("GET", "ledger/totals")

    def versions(self, seller=None):
        """Every version that was kept, oldest first."""
        return self.list("ledger/versions", seller)

    def shown(self, seller=None):
        """The versions in the order in which they were first shown to anybody."""
        return self.list("ledger/shown", seller)

    def last_versions(self, seller=None):
        """The version of each order that can be read now."""
        return self.list("ledger/orders", seller)

    def list(self, path, seller=None):
        """All of a list of the ledger, page after page."""
        items, after = [], 0
        while True:
            query = f"{path}?after={after}&limit=10000" + (f"&seller={seller}" if seller else "")
            page = self.call("GET", query)
            items += page["items"]
            if not page["more"]:
                return items
            after = page["next_after"]
