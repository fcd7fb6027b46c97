"""What the desk is configured to do: Applications, sign-in, database; or the embedded sandbox when nothing is."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from pydantic import ValidationError

from desk.applications import Application, Program
from desk.policy import Policy

CONNECTION = "in .streamlit/secrets.toml, [connections.{name}]"
EXEMPT = frozenset({"TALON_OPENAPI"})
"""`TALON_*` variables that are about the tests and say nothing about a deployment."""
AUTH = ("redirect_uri", "cookie_secret")
PROVIDER = ("client_id", "client_secret", "server_metadata_url")
"""What Streamlit needs for signing in: once, and for each provider."""


class SettingsError(Exception):
    """The configuration is incomplete or wrong. The text names every part of it and what to do; no secrets."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Mode(str, Enum):
    """Where the desk's Applications come from."""

    EMBEDDED = "embedded"
    """Nothing at all is configured: `app.py` starts the sandbox and calls `Settings.embed`."""
    CONFIGURED = "configured"


@dataclass(frozen=True)
class Settings:
    """The whole configuration, read once at start."""

    mode: Mode
    applications: tuple[Application, ...]
    auth: bool
    """Whether `[auth]` is there, so that people can sign in."""
    database_url: str | None = field(default=None, repr=False)
    """`DESK_DATABASE_URL`: may hold a password."""
    policy: Policy = field(default_factory=Policy)
    """The table `[desk]`: who is what, limits, reasons, masking."""
    replies: str | None = None
    """`DESK_REPLIES`: a folder whose texts replace shipped replies to customers (desk/ui/replies/en.toml)."""

    def application(self, name: str) -> Application:
        """The Application of that name; `KeyError` when there is none."""
        for application in self.applications:
            if application.name == name:
                return application
        raise KeyError(name)

    @property
    def live(self) -> tuple[Application, ...]:
        """Those that count as live."""
        return tuple(application for application in self.applications if application.live)

    def embed(self, application: Application) -> "Settings":
        """These settings with the embedded sandbox, once it has started, as the only Application."""
        if self.mode is not Mode.EMBEDDED:
            raise SettingsError("The embedded sandbox is only used when nothing is configured.")
        return replace(self, applications=(application,))


def embedded_application(
    base_url: str, api_key: str, *, world: str, programs: tuple[Program, ...] = (), currency: str = "EUR"
) -> Application:
    """The DEMO Application on the embedded sandbox. `world` differs at each start."""
    return Application.model_validate(
        {
            "name": "demo",
            "base_url": base_url,
            "api_key": api_key,
            "label": "DEMO",
            "live": False,
            "currency": currency,
            "idempotency_keys": True,
            "programs": programs,
            # What is printed on the demo shop's parcels: "#10023" is the session ORD-10023.
            "find": {"session": ["{}", "ORD-{}"]},
            "demo": True,
            "world": world,
        }
    )


def load_settings(secrets: Mapping[str, object] | None, environ: Mapping[str, str]) -> Settings:
    """Settings from Streamlit's secrets (as a plain mapping) and the environment.

    The embedded sandbox is chosen only when there is no connection, no `TALON_*`, no `[auth]` and no
    `DESK_DATABASE_URL`; half a configuration raises `SettingsError` and never ends on demo data.
    """
    secrets = secrets or {}
    problems: list[str] = []
    applications = _connections(secrets.get("connections"), problems)
    from_environment = _from_environment(environ, problems)
    if from_environment is not None:
        if any(application.name == from_environment.name for application in applications):
            problems.append(
                "[connections.environment] has the name of the Application that TALON_BASE_URL makes."
            )
        applications.append(from_environment)
    auth = "auth" in secrets
    policy = _policy(secrets.get("desk"), problems)
    database_url = environ.get("DESK_DATABASE_URL", "").strip() or None
    replies = environ.get("DESK_REPLIES", "").strip() or None
    if not applications and not problems:
        named = [
            *(["[auth]"] if auth else []),
            *(["DESK_DATABASE_URL"] if "DESK_DATABASE_URL" in environ else []),
        ]
        if not named and "connections" not in secrets:
            return Settings(Mode.EMBEDDED, (), auth=False, policy=policy, replies=replies)
        problems.append(_no_application(named or ["[connections]"]))
    _check_auth(secrets.get("auth", {}) if auth else None, problems)
    if "DESK_DATABASE_URL" in environ and database_url is None:
        problems.append("in the environment: DESK_DATABASE_URL is empty. Give it a value, or remove it.")
    if problems:
        raise SettingsError(*problems)
    return Settings(
        Mode.CONFIGURED,
        tuple(applications),
        auth=auth,
        database_url=database_url,
        policy=policy,
        replies=replies,
    )


def _check_auth(table: object, problems: list[str]) -> None:
    """Streamlit says what is missing only when somebody presses "Sign in"; here it is said at the start."""
    if table is None:
        return
    where = "in .streamlit/secrets.toml, [auth]"
    if not isinstance(table, Mapping):
        problems.append(f"{where}: must be a table.")
        return
    named = {str(name): value for name, value in table.items() if isinstance(value, Mapping)}
    wanted: list[tuple[str, Mapping[str, object], tuple[str, ...]]] = [(where, table, AUTH)]
    if named:
        wanted += [
            (f"in .streamlit/secrets.toml, [auth.{name}]", each, PROVIDER) for name, each in named.items()
        ]
    else:
        wanted.append((where, table, PROVIDER))
    for place, values, keys in wanted:
        problems += [f"{place}: {key} is missing." for key in keys if not values.get(key)]


def _policy(table: object, problems: list[str]) -> Policy:
    where = "in .streamlit/secrets.toml, [desk]"
    if table is None:
        return Policy()
    if not isinstance(table, Mapping):
        problems.append(f"{where}: must be a table.")
        return Policy()
    try:
        return Policy.model_validate(dict(table))
    except ValidationError as error:
        problems += [
            f"{where}: {_explain(item['loc'], item['type'], item['msg'])}" for item in error.errors()
        ]
        return Policy()


def _no_application(named: list[str]) -> str:
    return (
        f"{' and '.join(named)} {'is' if len(named) == 1 else 'are'} configured, but no Application. "
        "Add [connections.<name>] with base_url and api_key to .streamlit/secrets.toml, or set TALON_BASE_URL "
        "and TALON_API_KEY. To see the demo instead, remove everything."
    )


def _connections(table: object, problems: list[str]) -> list[Application]:
    if table is None:
        return []
    if not isinstance(table, Mapping):
        problems.append("[connections] must hold one table an Application, such as [connections.shop].")
        return []
    found: list[Application] = []
    for name, values in table.items():
        where = CONNECTION.format(name=name)
        if not isinstance(values, Mapping):
            problems.append(f"{where}: must be a table with base_url and api_key.")
            continue
        application = _application(str(name), values, where, problems)
        if application is not None:
            found.append(application)
    return found


def _application(
    name: str, values: Mapping[str, object], where: str, problems: list[str]
) -> Application | None:
    reserved = sorted({"name", "demo", "world"} & set(values))
    problems += [f"{where}: {field} is not a setting." for field in reserved]
    missing = [field for field in ("base_url", "api_key") if not values.get(field)]
    problems += [f"{where}: {field} is missing." for field in missing]
    if reserved or missing:
        return None
    try:
        return Application.model_validate({**values, "name": name})
    except ValidationError as error:
        problems += [
            f"{where}: {_explain(item['loc'], item['type'], item['msg'])}" for item in error.errors()
        ]
        return None


def _explain(location: tuple[int | str, ...], kind: str, message: str) -> str:
    field = ".".join(str(part) for part in location)
    if kind == "extra_forbidden":
        return f"{field} is not a setting; check its spelling."
    said = message.removeprefix("Value error, ")
    for python, toml in (("a valid tuple", "a list"), ("a valid dictionary", "a table")):
        said = said.replace(python, toml)
    return f"{field}: {said}."


def _from_environment(environ: Mapping[str, str], problems: list[str]) -> Application | None:
    given = {name for name in environ if name.startswith("TALON_") and name not in EXEMPT}
    if not given:
        return None
    where = "in the environment"
    needed = ("TALON_BASE_URL", "TALON_API_KEY")
    missing = [name for name in needed if not environ.get(name, "").strip()]
    if missing:
        problems.append(
            f"{where}: {' and '.join(sorted(given))} {'is' if len(given) == 1 else 'are'} set, but "
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing or empty. "
            "Set both, or neither."
        )
        return None
    values: dict[str, object] = {
        "base_url": environ["TALON_BASE_URL"].strip(),
        "api_key": environ["TALON_API_KEY"].strip(),
    }
    for variable, setting in (("TALON_LABEL", "label"), ("TALON_LIVE", "live")):
        if environ.get(variable, "").strip():
            values[setting] = environ[variable].strip()
    return _application("environment", values, where, problems)


def refuse_address(address: str | None, settings: Settings) -> str | None:
    """Why the desk must not serve on this address, or None when it may.

    Off loopback (an empty address means every interface), a live Application needs `[auth]`: otherwise
    anybody on the network reads customers (design.md, Applications).
    """
    if is_loopback(address) or settings.auth or not settings.live:
        return None
    names = ", ".join(application.label for application in settings.live)
    return (
        f"The desk would serve {names} (live) on {address or 'every interface'} without sign-in. "
        "Configure [auth] in .streamlit/secrets.toml, or serve on 127.0.0.1."
    )


def is_loopback(address: str | None) -> bool:
    """Whether only this machine can reach a server bound to `address`."""
    if not address:
        return False
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False
