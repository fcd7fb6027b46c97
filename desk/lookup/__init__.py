"""The one place that reads: runs investigations on the client; knows role, cache, budget and progress."""

from desk.lookup.connections import Connections
from desk.lookup.lookup import Found, Lookup, Progress, Reader, RequestNote

__all__ = ["Connections", "Found", "Lookup", "Progress", "Reader", "RequestNote"]
