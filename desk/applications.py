"""The Applications that the desk is pointed at: where they are, how they are shown, what may be done there."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SecretStr,
)


class ApiKey(SecretStr):
    """An API key that shows in no repr, no error, no dump and no pickle.

    `get_secret_value()` is called in one place, where the client is built.
    """

    def __reduce__(self) -> tuple[object, ...]:
        # Whatever pickles an Application would carry the key into caches and files; better a loud error.
        raise TypeError("an API key is never pickled; pass the Application's name instead")

    def __copy__(self) -> "ApiKey":
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> "ApiKey":
        return self


def _api_key(value: object) -> object:
    if isinstance(value, str):
        return ApiKey(value)
    return value


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except Exception as error:
        raise ValueError("must be a time zone such as Europe/Berlin") from error
    return value


def _template(value: str) -> str:
    if value.count("{}") != 1:
        raise ValueError("must hold {} exactly once, where the id goes")
    return value


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


TimeZone = Annotated[str, AfterValidator(_time_zone)]
Template = Annotated[str, AfterValidator(_template)]
Templates = Annotated[tuple[Template, ...], BeforeValidator(_one_or_many), Field(min_length=1)]
ReturnPolicy = Literal["only_pending", "within_balance", "unlimited"]


class Frozen(BaseModel):
    """Settings do not change while the desk runs, and a mistyped name is an error."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Program(Frozen):
    """A loyalty program that the desk knows of. Card programs must be named: no API lists them."""

    id: Annotated[int, Field(ge=1)]
    name: str = ""
    kind: Literal["profile", "card"] = "profile"
    time_zone: TimeZone | None = None
    """Where its tiers and expiry days are counted; the Application's when not given."""
    return_policy: ReturnPolicy | None = None
    """What a return does to earned points (facts.md, Loyalty ledger); None when nobody said."""

    @property
    def title(self) -> str:
        """The name, or "Program 12"."""
        return self.name or f"Program {self.id}"


class FindTemplates(Frozen):
    """How ids look in the shop: "#10023" on paper may be the session `ORD-10023`. `{}` stands for what was pasted."""

    profile: Templates = ("{}",)
    session: Templates = ("{}",)
    coupon: Templates = ("{}",)
    card: Templates = ("{}",)


class Application(Frozen):
    """One Talon.One Application in one environment, as `[connections.<name>]` describes it."""

    name: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
    """Short and stable: stands in URLs, cache keys and the audit trail."""
    base_url: Annotated[str, Field(min_length=1)]
    api_key: Annotated[
        ApiKey,
        BeforeValidator(_api_key),
        PlainSerializer(lambda key: "**********", return_type=str),
        Field(min_length=1, repr=False),
    ]
    key_expires: date | None = None
    label: str = ""
    live: bool = True
    """True unless it says false: what nobody declared harmless is treated as live."""
    currency: Annotated[str | None, Field(pattern=r"^[A-Z]{3}$")] = None
    locale: str = "en"
    time_zone: TimeZone = "UTC"
    idempotency_keys: bool = False
    """Whether this deployment honours `Idempotency-Key`; it cannot be detected (facts.md, Transport)."""
    ticket_url: Template | None = None
    find: FindTemplates = FindTemplates()
    programs: tuple[Program, ...] = ()
    colour: Annotated[str | None, Field(pattern=r"^#[0-9A-Fa-f]{6}$")] = None
    demo: bool = False
    """The embedded sandbox: marked on every page, receipt, reply and export."""
    world: str = ""
    """Which demo world it is: a receipt of an earlier one is recognised by it. Empty for a real Application."""

    def model_post_init(self, context: object) -> None:
        """An Application without a label is called by its name."""
        if not self.label:
            object.__setattr__(self, "label", self.name)

    def program(self, program_id: int) -> Program:
        """The program as configured, or an unnamed one of which only the id is known."""
        for program in self.programs:
            if program.id == program_id:
                return program
        return Program(id=program_id)

    def key_expires_in(self, today: date) -> int | None:
        """Days until the key expires (negative when it has), or None when nobody said."""
        return None if self.key_expires is None else (self.key_expires - today).days

    def ticket_link(self, ticket: str) -> str | None:
        """The help desk's page of that ticket, where `ticket_url` is configured."""
        from urllib.parse import quote

        return None if self.ticket_url is None else self.ticket_url.replace("{}", quote(ticket, safe=""))
