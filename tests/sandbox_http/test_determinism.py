"""The same seed and a frozen clock give the same bytes; another customer changes no other."""

from collections.abc import Sequence

import httpx

from talon_sandbox import Sandbox

from .conftest import NOW

FLAGS = "profile=true&coupons=true&loyalty=true"
PERSONAS = ("maria.pending", "tom.expired", "anna.wallet", "clara.returns", "sven.cancelled", "ivan.archive")


def _tape(sandbox: Sandbox, profiles: Sequence[str]) -> list[bytes]:
    """The bytes of a set of answers."""
    headers = {"Authorization": f"ApiKey-v1 {sandbox.api_key}"}
    with httpx.Client(base_url=sandbox.url, headers=headers, transport=sandbox.transport()) as client:
        paths = ["/v2/customer_sessions/ORD-10061", "/v1/loyalty_programs/2/cards/CARD-1001/transactions"]
        for profile in profiles:
            paths += [
                f"/v1/customer_profiles/{profile}/inventory?{FLAGS}",
                f"/v1/loyalty_programs/1/profile/{profile}/balances?includeTiers=true",
                f"/v1/loyalty_programs/1/profile/{profile}/transactions?pageSize=1000",
            ]
        answers = [client.get(path) for path in paths]
        body = {"customerSession": {"profileId": "maria.pending", "state": "closed", "cartItems": [ITEM]}}
        answers.append(client.put("/v2/customer_sessions/NEW-1", json=body))
        assert {answer.status_code for answer in answers} == {200}
        return [answer.content for answer in answers]


ITEM = {"sku": "SHO-101", "name": "Shoe", "category": "Shoes", "quantity": 1, "price": 89.9}


def _ordinary(sandbox: Sandbox) -> list[str]:
    """The ids of the ordinary customers, in the order of their numbers."""
    rows = sandbox.change(
        lambda world: world.conn.execute(
            "select integration_id from profile where integration_id glob '*.[0-9][0-9][0-9]'"
        ).fetchall()
    )
    return sorted((row[0] for row in rows), key=lambda name: name.rpartition(".")[2])


def test_two_runs_give_the_same_bytes() -> None:
    tapes = []
    for _ in range(2):
        with Sandbox(now=NOW, customers=8, socket=False) as sandbox:
            ordinary = _ordinary(sandbox)
            assert len(ordinary) == 8
            tapes.append(_tape(sandbox, [*PERSONAS, *ordinary]))
    assert tapes[0] == tapes[1]


def test_another_seed_makes_other_customers() -> None:
    names = []
    for seed in (1, 2):
        with Sandbox(now=NOW, customers=8, seed=seed, socket=False) as sandbox:
            names.append(_ordinary(sandbox))
    assert names[0] != names[1]


def test_one_more_customer_changes_no_other() -> None:
    told = ("amount", "type", "created", "customerSessionId", "expiryDate", "name")
    found = []
    for customers in (3, 4):
        with Sandbox(now=NOW, customers=customers, socket=False) as sandbox:
            ordinary = _ordinary(sandbox)[:3]
            headers = {"Authorization": f"ApiKey-v1 {sandbox.api_key}"}
            with httpx.Client(base_url=sandbox.url, headers=headers, transport=sandbox.transport()) as client:
                path = "/v1/loyalty_programs/1/profile/{}/transactions?pageSize=1000"
                pages = [client.get(path.format(name)).json()["data"] for name in ordinary]
        found.append([[[row.get(field) for field in told] for row in page] for page in pages])
    assert found[0] == found[1]
