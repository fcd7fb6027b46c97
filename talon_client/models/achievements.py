"""Achievements and how far a customer has come."""

from typing import Literal

from talon_client.models.base import Entity, Model, Number, Open, Timestamp

RecurrencePolicy = Literal["no_recurrence", "on_expiration", "on_completion"]
ActivationPolicy = Literal["user_action", "fixed_schedule"]


class AchievementProgress(Model):
    """How far a customer is, and in which period."""

    status: Open[Literal["inprogress", "completed", "expired", "not_started"]] | None = None
    progress: Number | None = None
    start_date: Timestamp | None = None
    completion_date: Timestamp | None = None
    end_date: Timestamp | None = None


class TimePoint(Model):
    """A moment that comes back every day, week, month or year, in UTC."""

    month: int | None = None
    day_of_month: int | None = None
    day_of_week: int | None = None
    hour: int | None = None
    minute: int | None = None
    second: int | None = None


class AchievementStatusEntry(Entity):
    """An achievement of the Application, and how far one customer is with it."""

    name: str | None = None
    title: str | None = None
    description: str | None = None
    target: Number | None = None
    period: str | None = None
    period_end_override: TimePoint | None = None
    recurrence_policy: RecurrencePolicy | str | None = None
    activation_policy: ActivationPolicy | str | None = None
    fixed_start_date: Timestamp | None = None
    end_date: Timestamp | None = None
    allow_rollback_after_completion: bool | None = None
    campaign_id: int | None = None
    status: Open[Literal["active", "scheduled"]] | None = None
    current_progress: AchievementProgress | None = None


class AchievementProgressWithDefinition(AchievementProgress):
    """An achievement and how far the customer is."""

    achievement_id: int | None = None
    name: str | None = None
    title: str | None = None
    description: str | None = None
    campaign_id: int | None = None
    target: Number | None = None
    achievement_recurrence_policy: RecurrencePolicy | str | None = None
    achievement_activation_policy: ActivationPolicy | str | None = None
    achievement_fixed_start_date: Timestamp | None = None
    achievement_end_date: Timestamp | None = None
    achievement_allow_rollback_after_completion: bool | None = None


class CustomerAchievement(Model):
    """An achievement as a session answers it."""

    id: int | None = None
    name: str | None = None
    title: str | None = None
    description: str | None = None
    target: Number | None = None
    recurrence_policy: RecurrencePolicy | str | None = None
    activation_policy: ActivationPolicy | str | None = None
    fixed_start_date: Timestamp | None = None
    end_date: Timestamp | None = None
    allow_rollback_after_completion: bool | None = None
    current_progress: AchievementProgress | None = None
