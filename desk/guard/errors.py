"""What the write path raises when it cannot even begin. Nothing was sent, and nothing was recorded as sent."""


class GuardError(Exception):
    """Base; `str()` is one line for a person."""


class UnknownPlan(GuardError):
    """No such plan: the link is wrong, or its data was erased."""

    def __init__(self) -> None:
        super().__init__("There is no such change here. Its link is wrong, or its data was erased.")


class UnknownApplication(GuardError):
    """The plan belongs to an Application that is no longer configured."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The Application {name} is not configured any more.")


class NotConfirmable(GuardError):
    """The plan has no preview yet, or its preview says that it cannot be done."""


class NeedsSupervisor(GuardError):
    """Above the limit of the person's role: nothing was sent, and a supervisor can confirm it by its link."""

    def __init__(self, plan_id: str) -> None:
        super().__init__("This is above your limit. Nothing was sent; it waits for a supervisor.")
        self.plan_id = plan_id


class TargetBusy(GuardError):
    """Another change of the same target is still open. `change_id` leads to its receipt."""

    def __init__(self, change_id: str) -> None:
        super().__init__(
            "Another change of this is still open. Look at its receipt first; this one was not sent."
        )
        self.change_id = change_id
