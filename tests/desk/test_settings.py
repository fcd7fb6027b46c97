"""Settings: what makes an Application, what is half a configuration, and where a key never shows."""

import copy
import pickle
import tomllib
from pathlib import Path
from typing import Any

import pytest

from desk.applications import Application, Program
from desk.policy import Role
from desk.settings import Mode, SettingsError, embedded_application, load_settings, refuse_address

EXAMPLE = Path(__file__).parents[2] / ".streamlit" / "secrets.toml.example"
MARKER = "MARKER-4f1c"
SHOP: dict[str, object] = {"base_url": "https://shop.example", "api_key": MARKER}


PROVIDER: dict[str, object] = {
    "client_id": "desk",
    "client_secret": MARKER,
    "server_metadata_url": "https://login.example/.well-known/openid-configuration",
}
AUTH: dict[str, object] = {
    "redirect_uri": "http://127.0.0.1:8501/oauth2callback",
    "cookie_secret": MARKER,
    **PROVIDER,
}


def connections(**tables: object) -> dict[str, object]:
    return {"connections": tables}


def problem(secrets: dict[str, object] | None, environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(secrets, environ)
    assert MARKER not in str(caught.value)
    assert MARKER not in repr(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("secrets", [None, {}])
def test_nothing_at_all_means_the_embedded_sandbox(secrets: dict[str, object] | None) -> None:
    environ = {"HOME": "somewhere", "TALON_OPENAPI": "only for tests"}
    assert load_settings(secrets, environ).mode is Mode.EMBEDDED


@pytest.mark.parametrize(
    ("secrets", "environ", "names"),
    [
        ({"auth": {}}, {}, ["[auth]", "base_url", "api_key"]),
        ({}, {"DESK_DATABASE_URL": "postgresql+psycopg://x"}, ["DESK_DATABASE_URL", "base_url"]),
        ({"auth": {}}, {"DESK_DATABASE_URL": "x"}, ["[auth] and DESK_DATABASE_URL"]),
        ({"connections": {}}, {}, ["[connections]"]),
        ({"connections": "shop"}, {}, ["[connections]"]),
        ({}, {"TALON_API_KEY": MARKER}, ["TALON_API_KEY is set", "TALON_BASE_URL is missing"]),
        ({}, {"TALON_BASE_URL": "https://x"}, ["TALON_API_KEY is missing"]),
        ({}, {"TALON_BASE_URL": "https://x", "TALON_API_KEY": " "}, ["TALON_API_KEY is missing"]),
        ({}, {"TALON_LABEL": "x"}, ["TALON_BASE_URL and TALON_API_KEY are missing"]),
        (connections(shop={"base_url": "https://x"}), {}, ["[connections.shop]", "api_key is missing"]),
        (connections(shop={}), {}, ["base_url is missing", "api_key is missing"]),
        (connections(shop=1), {}, ["[connections.shop]: must be a table"]),
        (connections(shop={**SHOP, "curency": "EUR"}), {}, ["curency is not a setting"]),
        (connections(shop={**SHOP, "demo": True}), {}, ["demo is not a setting"]),
        (connections(shop={**SHOP, "time_zone": "Mars"}), {}, ["time_zone: must be a time zone"]),
        (connections(shop={**SHOP, "ticket_url": "https://x"}), {}, ["ticket_url: must hold {}"]),
        (connections(shop={**SHOP, "live": "perhaps"}), {}, ["live:"]),
        (connections(shop=SHOP), {"DESK_DATABASE_URL": " "}, ["DESK_DATABASE_URL is empty"]),
        (connections(shop=SHOP, other={}), {}, ["[connections.other]"]),
        (
            connections(environment=SHOP),
            {"TALON_BASE_URL": "https://x", "TALON_API_KEY": MARKER},
            ["[connections.environment]"],
        ),
    ],
)
def test_half_a_configuration_names_what_is_missing(
    secrets: dict[str, object], environ: dict[str, str], names: list[str]
) -> None:
    text = problem(secrets, environ)
    for name in names:
        assert name in text


def test_an_application_is_live_unless_it_says_false() -> None:
    settings = load_settings(connections(shop=SHOP, test={**SHOP, "live": False}), {})
    assert settings.mode is Mode.CONFIGURED
    assert [application.live for application in settings.applications] == [True, False]
    assert settings.live == (settings.application("shop"),)
    assert settings.application("shop").label == "shop"
    with pytest.raises(KeyError):
        settings.application("demo")


def test_everything_that_a_connection_can_say() -> None:
    table: dict[str, Any] = {
        **SHOP,
        "key_expires": "2026-12-01",
        "label": "Shop EU",
        "currency": "EUR",
        "locale": "de-DE",
        "time_zone": "Europe/Berlin",
        "idempotency_keys": True,
        "ticket_url": "https://help.example/t/{}?x=1",
        "find": {"session": ["{}", "ORD-{}"], "coupon": "{}"},
        "programs": [{"id": 3, "name": "Club", "kind": "card", "return_policy": "only_pending"}, {"id": 4}],
        "colour": "#8844AA",
    }
    shop = load_settings(connections(shop=table), {}).application("shop")
    assert shop.find.session == ("{}", "ORD-{}")
    assert shop.find.coupon == ("{}",)
    assert [program.title for program in shop.programs] == ["Club", "Program 4"]
    assert shop.program(4).kind == "profile"
    assert shop.program(99).title == "Program 99"
    assert shop.ticket_link("A/1") == "https://help.example/t/A%2F1?x=1"
    assert shop.key_expires_in(__import__("datetime").date(2026, 11, 20)) == 11


@pytest.mark.parametrize("missing", list(AUTH))
def test_half_a_sign_in_is_said_at_the_start(missing: str) -> None:
    half = {name: value for name, value in AUTH.items() if name != missing}
    assert f"[auth]: {missing} is missing." in problem({**connections(shop=SHOP), "auth": half}, {})


def test_a_sign_in_may_name_its_providers() -> None:
    common = {name: AUTH[name] for name in ("redirect_uri", "cookie_secret")}
    named = {**connections(shop=SHOP), "auth": {**common, "work": PROVIDER}}
    assert load_settings(named, {}).auth
    half = {**connections(shop=SHOP), "auth": {**common, "work": {**PROVIDER, "client_id": ""}}}
    assert "[auth.work]: client_id is missing." in problem(half, {})
    assert "[auth]: must be a table." in problem({**connections(shop=SHOP), "auth": "yes"}, {})


def test_the_example_can_be_copied() -> None:
    settings = load_settings(tomllib.loads(EXAMPLE.read_text()), {})
    assert settings.auth
    assert settings.live
    assert settings.policy.role_of({"email": "Head.of.Support@example.com"}) is Role.SUPERVISOR
    assert settings.policy.role_of({"roles": ["support-night"]}) is Role.AGENT
    assert settings.policy.role_of({"roles": ["warehouse"]}) is None
    assert settings.policy.reason_label("customer_request") == "The customer asked for it"


def test_the_environment_makes_one_without_a_file() -> None:
    environ = {"TALON_BASE_URL": "https://x", "TALON_API_KEY": MARKER, "TALON_LIVE": "false"}
    (application,) = load_settings(None, environ).applications
    assert (application.name, application.live) == ("environment", False)


def test_the_key_shows_nowhere() -> None:
    settings = load_settings(
        connections(shop=SHOP), {"DESK_DATABASE_URL": f"postgresql+psycopg://u:{MARKER}@x"}
    )
    shop = settings.application("shop")
    shown = [repr(settings), str(shop), shop.model_dump_json(), str(shop.model_dump()), repr(vars(shop))]
    assert not any(MARKER in text for text in shown)
    assert shop.api_key.get_secret_value() == MARKER
    for thing in (settings, shop, shop.api_key):
        with pytest.raises(TypeError, match="never pickled"):
            pickle.dumps(thing)
    assert copy.deepcopy(shop).api_key.get_secret_value() == MARKER


def test_the_embedded_application_is_marked() -> None:
    demo = embedded_application("http://127.0.0.1:1", "demo-key", world="w1", programs=(Program(id=1),))
    settings = load_settings(None, {}).embed(demo)
    assert (demo.demo, demo.live, demo.world, settings.application("demo")) == (True, False, "w1", demo)
    with pytest.raises(SettingsError):
        load_settings(connections(shop=SHOP), {}).embed(demo)


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1", "[::1]", "127.1.2.3"])
def test_loopback_is_always_served(address: str) -> None:
    assert refuse_address(address, load_settings(connections(shop=SHOP), {})) is None


@pytest.mark.parametrize("address", [None, "", "0.0.0.0", "::", "10.0.0.4", "desk.example"])
def test_another_address_needs_sign_in_for_a_live_application(address: str | None) -> None:
    live = load_settings(connections(shop=SHOP), {})
    reason = refuse_address(address, live)
    assert reason is not None
    assert "[auth]" in reason
    assert refuse_address(address, load_settings({**connections(shop=SHOP), "auth": AUTH}, {})) is None
    harmless = load_settings(connections(shop={**SHOP, "live": False}), {})
    assert refuse_address(address, harmless) is None
    assert isinstance(live.application("shop"), Application)
