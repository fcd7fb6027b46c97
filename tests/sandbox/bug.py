"""What a bug to plant is."""

from typing import NamedTuple


class Bug(NamedTuple):
    """One change: in `module` of talon_sandbox the text `right`, which occurs once, becomes `wrong`."""

    says: str
    module: str
    right: str
    wrong: str
