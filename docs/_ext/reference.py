"""Writes the reference pages before the documentation is built: operations by tag, models by topic."""

import importlib
import inspect
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel

from talon_client import OPERATIONS, Operation, Parameter, calls
from talon_client.models.base import Number, Timestamp

if TYPE_CHECKING:
    from docutils.nodes import Element
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

MODELS = (
    "profiles",
    "sessions",
    "events",
    "responses",
    "effects",
    "effect_props",
    "loyalty",
    "cards",
    "coupons",
)
MODELS += ("referrals", "achievements", "audiences", "campaigns", "catalogs", "base")


TYPE_VARIABLES = ("T", "T_co", "P", "V")
# Operations that the published SDK (26.2) has no method for; a test compares with the installed one.
NOT_IN_SDK = frozenset(
    {"track_event", "track_event_v3", "get_event_v3", "integration_get_all_campaigns", "join_loyalty_program"}
)


def setup(app: "Sphinx") -> dict[str, bool]:
    """What Sphinx calls."""
    app.connect("builder-inited", lambda app: write(Path(app.srcdir)))
    app.connect("missing-reference", public_name)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def public_name(
    app: "Sphinx", env: "BuildEnvironment", node: "pending_xref", shown: "Element"
) -> "Element | None":
    """Signatures name classes by the module that defines them, people import them from the package."""
    name = node["reftarget"].rpartition(".")[2]
    if name in TYPE_VARIABLES:
        return shown
    for package in ("talon_client.models", "talon_client"):
        domain, page = env.get_domain("py"), node.get("refdoc", "")
        found = domain.resolve_xref(env, page, app.builder, "class", f"{package}.{name}", node, shown)
        if found is not None:
            return found
    return None


def write(folder: Path) -> None:
    """Writes all reference pages; a page whose text is the same keeps its time."""
    tags = sorted({operation.tag for operation in OPERATIONS.values()})
    for tag in tags:
        _save(folder / "operations" / f"{slug(tag)}.rst", operations_page(tag))
    for topic in MODELS:
        _save(folder / "models" / f"{topic}.rst", models_page(topic))
    _save(folder / "moving_names.inc", names_table())
    _save(folder / "operations" / "index.rst", index("Operations", (slug(tag) for tag in tags)))
    _save(folder / "models" / "index.rst", index("Models", MODELS))


def _save(path: Path, lines: Iterable[str]) -> None:
    text = "\n".join(lines) + "\n"
    path.parent.mkdir(exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def slug(tag: str) -> str:
    """The name of a tag's page."""
    return tag.lower().replace(" ", "_")


def heading(text: str, mark: str) -> Iterator[str]:
    """A heading."""
    yield from (text, mark * len(text), "")


def index(title: str, pages: Iterable[str]) -> Iterator[str]:
    """A page of pages."""
    yield from heading(title, "=")
    yield from (".. toctree::", "   :maxdepth: 2", "", *(f"   {page}" for page in pages))


def names_table() -> Iterator[str]:
    """Names side by side."""
    yield from ("## Names side by side", "", "| `talon_one.IntegrationApi` | `TalonClient` |", "|---|---|")
    for name in sorted(OPERATIONS):
        theirs = "none" if name in NOT_IN_SDK else f"`{name}`"
        yield f"| {theirs} | {{py:meth}}`~TalonClient.{name}` |"


# Operations


def operations_page(tag: str) -> Iterator[str]:
    """One tag: each operation with all that its caller needs."""
    yield from heading(tag, "=")
    for operation in OPERATIONS.values():
        if operation.tag == tag:
            yield from operation_section(operation)


def operation_section(operation: Operation[Any]) -> Iterator[str]:
    """One operation, from the table and its docstring."""
    build = getattr(calls, operation.id)
    about, example = split(inspect.getdoc(build) or "")
    yield from heading(operation.id, "-")
    signature = re.sub(r"\s*->.*", "", str(inspect.signature(build, eval_str=True)))
    yield from (f".. py:method:: TalonClient.{operation.id}{signature}", "")
    yield from (f"   {line}" for line in about)
    since = "the first edition, described by none any more" if operation.legacy else operation.since
    facts = [
        ("Safety", f":doc:`{operation.safety.name} </safety>`" + _dry(operation)),
        ("Since", since),
        ("Answer", answer_of(operation)),
    ]
    if operation.request is not None:
        facts.insert(1, ("Body", f":py:class:`~talon_client.models.{operation.request.__name__}`"))
    yield from ("", *(f"   :{name}: {value}" for name, value in facts), "")
    yield from parameters(operation.parameters)
    yield from ("   .. code-block:: python", "", *(f"      {line}" for line in example), "")


def _dry(operation: Operation[Any]) -> str:
    return {
        "never": "",
        "dry": ", DRY with ``dry=True``",
        "dry with rules": ", DRY with ``dry=True`` and ``run_rule_engine=True``",
    }[operation.dry_rule]


def split(docstring: str) -> tuple[list[str], list[str]]:
    """A docstring as reStructuredText, and the statements of its example."""
    about, _, example = docstring.partition(">>> ")
    statements = [re.sub(r"^(>>>|\.\.\.) ?", "", line) for line in f">>> {example}".splitlines() if line]
    return literal(about.rstrip()).splitlines(), statements


def literal(text: str) -> str:
    """Our docstrings mark code by one backtick, reStructuredText by two."""
    return re.sub(r"(?<!`)`([^`]+)`(?!`)", r"``\1``", text)


def parameters(found: Iterable[Parameter]) -> Iterator[str]:
    """The parameters as a table."""
    rows = [
        (f"``{each.name}``", f"``{each.wire}``", kind_of(each), limits_of(each), each.since) for each in found
    ]
    if rows:
        yield from ("   .. list-table::", "      :header-rows: 1", "")
        for row in (("parameter", "on the wire", "value", "limits", "since"), *rows):
            for number, cell in enumerate(row):
                yield f"      {'*' if number == 0 else ' '} - {cell}"
        yield ""


def kind_of(parameter: Parameter) -> str:
    """What may be given, in words."""
    several = {"joined": ", joined by commas", "repeated": ", repeated", "single": ""}[parameter.style]
    kind = {
        "datetime": "datetime with a zone",
        "strings": "texts",
        "integers": "whole numbers",
        "string": "text",
    }.get(parameter.kind, parameter.kind)
    return f"{parameter.place}: {kind}{several}"


def limits_of(parameter: Parameter) -> str:
    """What is refused otherwise."""
    said = []
    if parameter.choices:
        said.append(", ".join(f"``{choice}``" for choice in parameter.choices))
    for name, low, high in (
        ("", parameter.minimum, parameter.maximum),
        (" characters", parameter.min_length, parameter.max_length),
    ):
        if low is not None or high is not None:
            said.append(_range(low, high) + name)
    return "; ".join(said) or "none"


def _range(low: int | None, high: int | None) -> str:
    if low is None:
        return f"at most {high}"
    return f"at least {low}" if high is None else f"{low} to {high}"


def answer_of(operation: Operation[Any]) -> str:
    """The value that the method returns."""
    if operation.response is None:
        return "``None``"
    shown = annotation(operation.response)
    return f'{shown}, ``None`` unless ``silent="no"``' if 204 in operation.success else shown


# Models


def models_page(topic: str) -> Iterator[str]:
    """The models of one module as tables of fields."""
    module = importlib.import_module(f"talon_client.models.{topic}")
    yield from heading(topic.replace("_", " ").capitalize(), "=")
    yield literal((inspect.getdoc(module) or "").strip())
    yield ""
    for name, model in vars(module).items():
        ours = inspect.isclass(model) and model.__module__ == module.__name__ and not name.startswith("_")
        if ours and issubclass(model, BaseModel) and "[" not in name:
            yield from model_section(name, model)


def model_section(name: str, model: type[BaseModel]) -> Iterator[str]:
    """One model."""
    yield from heading(name, "-")
    yield from (f".. py:class:: talon_client.models.{name}", "")
    about = literal(inspect.cleandoc(model.__doc__ or ""))
    about = re.sub(r"\n\n(match .*)", as_code, about, flags=re.DOTALL)
    yield from (f"   {line}" for line in about.splitlines())
    yield ""
    fields = [(each, field) for each, field in model.model_fields.items() if each != "root"]
    if fields:
        yield from ("   .. list-table::", "      :header-rows: 1", "")
        yield from ("      * - field", "        - on the wire", "        - type")
        for each, field in fields:
            required = ", required" if field.is_required() else ""
            yield from (
                f"      * - ``{each}``",
                f"        - ``{field.alias or each}``",
                f"        - {annotation(field.annotation)}{required}",
            )
        yield ""


def as_code(found: re.Match[str]) -> str:
    """The example at the end of a docstring."""
    return "\n".join(
        ("", "", ".. code-block:: python", "", *(f"   {line}" for line in found[1].splitlines()))
    )


NAMES = {"str": "text", "int": "whole number", "bool": "True or False", "Any": "anything"}


def annotation(found: Any) -> str:
    """A type in words, models as links."""
    if found == Timestamp:
        return "datetime (text where it is none)"
    if found == Number:
        return "Decimal"
    if inspect.isclass(found) and issubclass(found, BaseModel):
        return _model(found)
    return _composed(found)


def _composed(found: Any) -> str:
    arguments, origin = get_args(found), get_origin(found)
    if origin is Literal:
        return ", ".join(f"``{value}``" for value in arguments)
    if origin in (tuple, list, dict):
        kind = "mapping" if origin is dict else "list"
        return f"{kind} of {annotation(arguments[1 if origin is dict else 0])}"
    if not arguments:
        name = getattr(found, "__name__", str(found))
        return NAMES.get(name, name)
    if origin is Annotated:
        arguments = arguments[:1]
    return " or ".join(dict.fromkeys(annotation(each) for each in arguments if each is not type(None)))


def _model(model: type[BaseModel]) -> str:
    inner = model.__pydantic_generic_metadata__["args"]
    if inner:
        return f":py:class:`~talon_client.models.Page` of {annotation(inner[0])}"
    return f":py:class:`~talon_client.models.{model.__name__}`"
