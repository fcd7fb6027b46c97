"""Talon sandbox: a local server that behaves like the Talon.One Integration API.

with Sandbox() as sandbox:
    client = TalonClient(sandbox.url, sandbox.api_key)
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .sandbox import Sandbox as Sandbox
    from .sandbox import Settings as Settings

__all__ = ["Sandbox", "Settings"]


def __getattr__(name: str) -> object:
    """Load the server only when it is asked for: the ledger and the rules are used without it too."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import sandbox

    return getattr(sandbox, name)
