"""Talon sandbox: a local server that behaves like the Talon.One Integration API."""

from .sandbox import Sandbox, Settings

__all__ = ["Sandbox", "Settings"]
