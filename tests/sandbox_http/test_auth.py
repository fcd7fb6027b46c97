"""Who may call: the documented header with this sandbox's key, nothing else."""

import httpx
import pytest

from talon_sandbox import Sandbox

PATH = "/v1/customer_profiles/maria.pending/inventory"


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "ApiKey-v1",
        "ApiKey-v1 wrong",
        "Bearer {key}",
        "apikey-v1 {key}",
        "{key}",
        "ApiKey-v1 {key}x",
        "ApiKey-v1 ApiKey-v1 {key}",
        "ApiKey-v1 kéy",
    ],
)
def test_anything_but_the_key_is_401_in_the_envelope(
    sandbox: Sandbox, anybody: httpx.Client, authorization: str | None
) -> None:
    headers = {}
    if authorization is not None:
        headers[b"Authorization"] = authorization.format(key=sandbox.api_key).encode()
    answer = anybody.get(PATH, headers=headers)
    assert answer.status_code == 401
    body = answer.json()
    assert body["StatusCode"] == 401
    assert body["message"]
    assert sandbox.api_key not in answer.text


def test_the_key_opens(api: httpx.Client) -> None:
    assert api.get(PATH).status_code == 200


def test_keys_are_marked_as_demo_keys(sandbox: Sandbox) -> None:
    assert sandbox.api_key.startswith("demo-")


def test_a_request_that_is_not_authorised_changes_nothing(api: httpx.Client) -> None:
    body = {"attributes": {"Name": "Ghost"}}
    path = "/v2/customer_profiles/nobody.yet"
    assert api.put(path, json=body, headers={"Authorization": "ApiKey-v1 wrong"}).status_code == 401
    assert api.get("/v1/customer_profiles/nobody.yet/inventory").status_code == 404
