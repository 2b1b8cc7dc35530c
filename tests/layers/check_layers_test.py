"""A small tree with one breach of each kind, and the same tree without."""

import pytest

from check_layers import breaches

TREE = [
    "libs/core/result.hpp", "libs/core/testing/fake_clock.hpp", "libs/http/client.hpp", "libs/crypto/aead.hpp",
    "libs/service/host.hpp", "libs/rpc/server.hpp", "libs/telemetry/log.hpp", "libs/inbox_api/dead_letter_api.hpp",
    "services/auth/main.cpp", "services/auth/settings.hpp", "services/auth/metrics.hpp",
    "services/auth/domain/account.hpp", "services/auth/rows/accounts.hpp", "services/auth/app/issue_tokens.hpp",
    "services/auth/api/auth_api.hpp", "services/auth/testing/auth_test.hpp", "services/order-ingest/domain/order.hpp",
    "simulator/sim.hpp", "simulator/world/order.hpp", "simulator/api/routes.hpp", "cli/table.hpp", "tests/support/eventually.hpp",
]

BREACHES = [
    ("libs/core/x.hpp", '"http/client.hpp"', "http/"),
    ("libs/core/x.hpp", '"../http/client.hpp"', "http/"),
    ("libs/core/x.hpp", "<http/client.hpp>", "http/"),
    ("libs/telemetry/x.cpp", '"crypto/aead.hpp"', "crypto/"),
    ("libs/http/x.hpp", '"cdiscount/events/v1/order_event.pb.h"', "proto/"),
    ("libs/http/x_test.cpp", '"cdiscount/events/v1/order_event.pb.h"', "proto/"),
    ("libs/inbox/x.cpp", '"cdiscount/inbox/v1/a.grpc.pb.h"', "services of proto/"),
    ("libs/inbox/x.cpp", '"inbox_api/dead_letter_api.hpp"', "inbox_api/"),
    ("libs/service/x.cpp", '"cdiscount/events/v1/order_event.pb.h"', "proto/"),
    ("libs/http/x.cpp", '"simulator/sim.hpp"', "simulator/"),
    ("services/auth/app/x.cpp", '"simulator/world/order.hpp"', "world/"),
    ("simulator/world/x.cpp", '"simulator/api/routes.hpp"', "api/"),
    ("simulator/api/x.cpp", '"simulator/sim.hpp"', "simulator/"),
    ("libs/unheard_of/x.hpp", '"core/result.hpp"', "core/"),
    ("libs/http/x.cpp", '"core/testing/fake_clock.hpp"', "core/"),
    ("services/auth/domain/x.hpp", '"rows/accounts.hpp"', "rows/"),
    ("services/auth/domain/x.hpp", '"http/client.hpp"', "http/"),
    ("libs/marketplace/x.cpp", '"cdiscount/auth/v1/a.grpc.pb.h"', "services of proto/"),
    ("services/auth/domain/x.cpp", '"cdiscount/auth/v1/a.grpc.pb.h"', "services of proto/"),
    ("services/auth/rows/x.cpp", '"app/issue_tokens.hpp"', "app/"),
    ("services/auth/rows/x.cpp", '"telemetry/log.hpp"', "telemetry/"),
    ("services/auth/rows/x.cpp", '"metrics.hpp"', "services/auth/"),
    ("services/auth/app/x.cpp", '"api/auth_api.hpp"', "api/"),
    ("services/auth/app/x.cpp", '"service/host.hpp"', "service/"),
    ("services/auth/app/x.cpp", '"cdiscount/auth/v1/a.grpc.pb.h"', "services of proto/"),
    ("services/auth/app/x.cpp", '"settings.hpp"', "services/auth/"),
    ("services/auth/app/x.cpp", '"testing/auth_test.hpp"', "testing/"),
    ("services/auth/api/x.cpp", '"settings.hpp"', "services/auth/"),
    ("services/auth/api/x.cpp", '"../../order-ingest/domain/order.hpp"', "domain/"),
    ("services/auth/adapters/x.cpp", '"domain/account.hpp"', "domain/"),
    ("services/auth/metrics.hpp", '"app/issue_tokens.hpp"', "app/"),
    ("services/auth/metrics.cpp", '"service/host.hpp"', "service/"),
    ("services/auth/settings.cpp", '"cdiscount/auth/v1/a.pb.h"', "proto/"),
    ("services/auth/main.cpp", '"testing/auth_test.hpp"', "testing/"),
    ("services/auth/testing/x.hpp", '"main.cpp"', "services/auth/"),
    ("services/auth/main.cpp", '"services/order-ingest/domain/order.hpp"', "domain/"),
    ("simulator/x.cpp", '"services/auth/domain/account.hpp"', "domain/"),
    ("cli/x.cpp", '"services/auth/settings.hpp"', "services/auth/"),
    ("cli/x.cpp", '"simulator/sim.hpp"', "simulator/"),
    ("tests/e2e/x.cpp", '"services/auth/main.cpp"', "services/auth/"),
]

FINE = [
    ("libs/http/x.hpp", '"core/result.hpp"'),
    ("libs/http/x.hpp", '"http/client.hpp"'),
    ("libs/http/x_test.cpp", '"core/testing/fake_clock.hpp"'),
    ("libs/http/testing/x.hpp", '"core/testing/fake_clock.hpp"'),
    ("libs/http/x.cpp", "<boost/beast/http.hpp>"),
    ("libs/rpc/x.cpp", '"cdiscount/auth/v1/a.grpc.pb.h"'),
    ("libs/accounts/x.cpp", '"cdiscount/auth/v1/a.grpc.pb.h"'),
    ("libs/inbox_api/x.cpp", '"cdiscount/inbox/v1/a.grpc.pb.h"'),
    ("libs/inbox_api/x.cpp", '"rpc/server.hpp"'),
    ("libs/marketplace/x.cpp", '"cdiscount/auth/v1/a.pb.h"'),
    ("libs/service/x_test.cpp", '"cdiscount/auth/v1/a.pb.h"'),
    ("services/auth/domain/x.hpp", '"core/result.hpp"'),
    ("services/auth/domain/x.hpp", '"cdiscount/auth/v1/a.pb.h"'),
    ("services/auth/domain/x_test.cpp", '"testing/auth_test.hpp"'),
    ("services/auth/rows/x.cpp", '"domain/account.hpp"'),
    ("services/auth/rows/x.cpp", '"crypto/aead.hpp"'),
    ("services/auth/app/x.cpp", '"rows/accounts.hpp"'),
    ("services/auth/app/x.cpp", '"issue_tokens.hpp"'),
    ("services/auth/app/x.cpp", '"telemetry/log.hpp"'),
    ("services/auth/app/x.hpp", '"metrics.hpp"'),
    ("services/auth/api/x.cpp", '"app/issue_tokens.hpp"'),
    ("services/auth/api/x.cpp", '"cdiscount/auth/v1/a.grpc.pb.h"'),
    ("services/auth/metrics.cpp", '"domain/account.hpp"'),
    ("services/auth/metrics.cpp", '"cdiscount/auth/v1/a.pb.h"'),
    ("services/auth/testing/x.hpp", '"app/issue_tokens.hpp"'),
    ("services/auth/testing/x.hpp", '"simulator/sim.hpp"'),
    ("services/auth/main.cpp", '"api/auth_api.hpp"'),
    ("services/auth/main.cpp", '"settings.hpp"'),
    ("services/auth/settings.cpp", '"service/host.hpp"'),
    ("simulator/x.cpp", '"http/client.hpp"'),
    ("simulator/x.cpp", '"sim.hpp"'),
    ("simulator/control/x.cpp", '"simulator/api/routes.hpp"'),
    ("simulator/world/x_test.cpp", '"simulator/api/routes.hpp"'),
    ("services/auth/app/x_test.cpp", '"simulator/sim.hpp"'),
    ("cli/x.cpp", '"cdiscount/auth/v1/a.pb.h"'),
    ("tests/e2e/x.cpp", '"simulator/world/order.hpp"'),
    ("tests/e2e/x.cpp", '"support/eventually.hpp"'),
    ("tests/e2e/x.cpp", '"services/auth/testing/auth_test.hpp"'),
]


def tree(root, path, include):
    for name in TREE:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("#pragma once\n", encoding="utf-8")
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(f"// a comment\n#include {include}\n", encoding="utf-8")


@pytest.mark.parametrize("path, include, named", BREACHES)
def test_a_breach_is_named_with_its_place_and_the_rule(tmp_path, path, include, named):
    tree(tmp_path, path, include)

    found = breaches(tmp_path)

    assert len(found) == 1
    assert found[0].startswith(f"{path}:2: may not include {named}\n    ")


@pytest.mark.parametrize("path, include", FINE)
def test_an_include_that_points_inward_is_fine(tmp_path, path, include):
    tree(tmp_path, path, include)

    assert breaches(tmp_path) == []
