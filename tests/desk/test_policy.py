"""The table `[desk]`: who is what by list and claim, and that a wrong table names its key and the remedy."""

from datetime import timedelta

import pytest

from desk.policy import FREE, Policy, Role
from desk.settings import SettingsError, load_settings

SHOP: dict[str, object] = {"connections": {"shop": {"base_url": "https://shop.example", "api_key": "k"}}}
LISTED = Policy.model_validate({"people": {"Sven@Shop.example": "supervisor", "00u7": "checker"}})
GROUPS = Policy.model_validate(
    {"claim": "groups", "roles": {"viewer": "look", "agent": ["support", "leads"], "supervisor": ["leads"]}}
)
NESTED = Policy.model_validate({"claim": "realm_access.roles"})
URL = Policy.model_validate({"claim": "https://shop.example/roles"})


@pytest.mark.parametrize(
    ("policy", "claims", "role"),
    [
        (Policy(), {}, None),
        (Policy(), {"roles": "agent"}, Role.AGENT),
        (Policy(), {"roles": ["agent"]}, Role.AGENT),
        (Policy(), {"roles": ("agent",)}, Role.AGENT),
        (Policy(), {"roles": ["supervisor", "viewer"]}, Role.SUPERVISOR),
        (Policy(), {"roles": ["checker", "agent"]}, Role.AGENT),
        (Policy(), {"roles": "agent supervisor"}, None),
        (Policy(), {"roles": ["Agent", "AGENT", " agent"]}, None),
        (Policy(), {"roles": ""}, None),
        (Policy(), {"roles": []}, None),
        (Policy(), {"roles": None}, None),
        (Policy(), {"roles": 7}, None),
        (Policy(), {"roles": [None, 7, ["agent"]]}, None),
        (Policy(), {"roles": {"agent": True}}, None),
        (Policy(), {"roles": ["warehouse"]}, None),
        (Policy(everyone=Role.VIEWER), {"roles": ["warehouse"]}, Role.VIEWER),
        (Policy(everyone=Role.VIEWER), {"roles": ["agent"]}, Role.AGENT),
        (GROUPS, {"groups": "look"}, Role.VIEWER),
        (GROUPS, {"groups": ["support"]}, Role.AGENT),
        (GROUPS, {"groups": ["leads"]}, Role.SUPERVISOR),
        (GROUPS, {"groups": ["agent"]}, None),
        (GROUPS, {"roles": ["leads"]}, None),
        (NESTED, {"realm_access": {"roles": ["agent", "offline_access"]}}, Role.AGENT),
        (NESTED, {"realm_access": {"roles": "agent"}}, Role.AGENT),
        (NESTED, {"realm_access": ["agent"]}, None),
        (NESTED, {"realm_access": None}, None),
        (NESTED, {"realm_access.roles": ["checker"]}, Role.CHECKER),
        (URL, {"https://shop.example/roles": ["agent"]}, Role.AGENT),
        (LISTED, {"email": "sven@shop.EXAMPLE"}, Role.SUPERVISOR),
        (LISTED, {"email": "sven@shop.example", "email_verified": True}, Role.SUPERVISOR),
        (LISTED, {"email": "sven@shop.example", "email_verified": False}, None),
        (LISTED, {"email": "sven@shop.example", "email_verified": "false"}, None),
        (LISTED, {"email": "sven@shop.example", "email_verified": False, "roles": ["agent"]}, Role.AGENT),
        (LISTED, {"sub": "00u7", "email": "sven@shop.example"}, Role.CHECKER),
        (LISTED, {"sub": "sven@shop.example"}, None),
        (LISTED, {"sub": "1", "name": "sven@shop.example", "preferred_username": "sven@shop.example"}, None),
        (LISTED, {"email": "sven@shop.example", "roles": ["viewer"]}, Role.SUPERVISOR),
    ],
    ids=lambda value: "" if isinstance(value, Policy) else str(value),
)
def test_who_is_what(policy: Policy, claims: dict[str, object], role: Role | None) -> None:
    assert policy.role_of(claims) is role


@pytest.mark.parametrize(
    ("table", "names"),
    [
        (7, ["[desk]", "must be a table"]),
        ({"idle_minuts": 5}, ["idle_minuts is not a setting; check its spelling"]),
        ({"idle_minutes": 0}, ["idle_minutes", "greater than or equal to 1"]),
        ({"idle_minutes": "long"}, ["idle_minutes", "valid integer"]),
        ({"sign_in_hours": 1000}, ["sign_in_hours", "less than or equal to 168"]),
        ({"keep_details_days": 0}, ["keep_details_days", "greater than or equal to 1"]),
        ({"people": {"a@b.c": "boss"}}, ["people.a@b.c", "'viewer', 'checker', 'agent' or 'supervisor'"]),
        ({"people": ["a@b.c"]}, ["people", "should be a table"]),
        ({"roles": {"boss": "x"}}, ["roles.boss", "'viewer', 'checker', 'agent' or 'supervisor'"]),
        ({"roles": {"agent": 7}}, ["roles.agent", "should be a list"]),
        ({"everyone": "all"}, ["everyone", "'viewer', 'checker', 'agent' or 'supervisor'"]),
        ({"claim": ""}, ["claim", "at least 1 character"]),
        ({"limits": {"agent": {"points": -1}}}, ["limits.agent.points", "greater than or equal to 0"]),
        ({"limits": {"agent": {"point": 1}}}, ["limits.agent.point is not a setting; check its spelling"]),
        ({"limits": {"boss": {"points": 1}}}, ["limits.boss", "'supervisor'"]),
        ({"reasons": []}, ["reasons", "at least 1 item"]),
        ({"reasons": [{"code": "No Good", "label": "x"}]}, ["reasons.0.code", "match pattern"]),
        ({"reasons": [{"code": "x"}]}, ["reasons.0.label", "required"]),
        ({"reasons": [{"code": "x", "label": "y"}, {"code": "x", "label": "z"}]}, ["reasons", "x", "once"]),
        (
            {"reason_required": ["return_items"]},
            ["reason_required", "return_items", "return_cart_items", "no operation"],
        ),
        ({"ticket_required": ["nothing"]}, ["ticket_required", "nothing", "no operation"]),
        ({"reason_required": "return_cart_items", "ticket_required": "x y"}, ["ticket_required", "x y"]),
        ({"personal": ["("]}, ["personal.0", "is no regular expression"]),
        ({"not_personal": ["[a"]}, ["not_personal.0", "is no regular expression"]),
    ],
    ids=str,
)
def test_a_wrong_table_names_the_key_and_what_to_do(table: object, names: list[str]) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({**SHOP, "desk": table}, {})
    for problem in caught.value.problems:
        assert problem.startswith("in .streamlit/secrets.toml, [desk]: ")
        assert problem.endswith(".")
    for name in names:
        assert name in str(caught.value)


def test_every_part_of_a_wrong_table_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({**SHOP, "desk": {"idle_minutes": 0, "sign_in_hours": 0, "typo": 1}}, {})
    assert len(caught.value.problems) == 3


def test_without_a_table_everything_is_safe() -> None:
    policy = load_settings(SHOP, {}).policy
    assert policy == Policy()
    assert policy.role_of({"email": "anybody@shop.example"}) is None
    assert (policy.idle_minutes, policy.sign_in_hours, policy.keep_details) == (30, 10, None)
    assert "return_cart_items" in policy.reason_required
    assert FREE in {each.code for each in policy.reasons}


def test_one_name_may_stand_for_a_list_and_what_is_kept_is_a_time() -> None:
    table = {"reason_required": "track_event", "personal": "^city$", "keep_details_days": 30}
    policy = load_settings({**SHOP, "desk": table}, {}).policy
    assert (policy.reason_required, policy.personal) == (("track_event",), ("^city$",))
    assert policy.keep_details == timedelta(days=30)


def test_a_reason_that_left_the_list_is_shown_by_its_code() -> None:
    assert Policy().reason_label("goodwill") == "Goodwill"
    assert Policy().reason_label("was_here_once") == "was_here_once"
