"""For the client's tests: which driver is under it."""

import pytest

from tests.client import both


@pytest.fixture(params=both.DRIVERS)
def driver(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> both.Driver:
    """Runs the test once with each driver: `pytestmark = pytest.mark.usefixtures("driver")`."""
    monkeypatch.setattr(both, "current", request.param)
    return both.current
