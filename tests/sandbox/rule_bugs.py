"""Bugs to plant among referrals, achievements, proposals, limits, and rules that run again."""

from tests.sandbox.bug import Bug

RULE_BUGS: tuple[Bug, ...] = (
    Bug(
        "a cancelled order keeps its referral",
        "session_rows",
        "in ('acceptCoupon', 'acceptReferral')",
        "= 'acceptCoupon'",
    ),
    Bug("a lost referral says nothing", "rules.engine", "if part.referral is not None:", "if False:"),
    Bug("a step that was taken back counts", "achievements", "iif(undone is null, delta, 0)", "delta"),
    Bug(
        "steps of one evaluation do not see each other",
        "rules.rewards",
        "context.draft.steps.append((achievement.id, delta))",
        "pass",
    ),
    Bug(
        "a fixed schedule stays in its first period",
        "durations",
        "while starts < ends <= at:",
        "while False:",
    ),
    Bug(
        "a cancelled order shows what was proposed",
        "sessions",
        "where session_id = ? and closing > ?",
        "where session_id = ? and closing > 9 + ?",
    ),
    Bug(
        "a guest's session stays the first one",
        "sessions",
        'if session is not None and session["profile_id"] == profile:',
        "if session is not None:",
    ),
    Bug(
        "codes of one session do not count towards the limit",
        "rules.engine",
        "campaign, len(accepted))",
        "campaign, 0)",
    ),
    Bug(
        "rules that run again give everything anew",
        "reevaluation",
        "if effect.type in _ANEW or",
        "if True or",
    ),
    Bug(
        "a session counts itself when its rules run again",
        "reevaluation",
        "view.profile.closed_sessions - 1",
        "view.profile.closed_sessions",
    ),
    Bug(
        "points that stayed are given on top",
        "reevaluation",
        "value = effect.value - kept",
        "value = effect.value",
    ),
    Bug("what was given anew is shared over the whole cart", "returns", "if until is not None:", "if False:"),
    Bug(
        "points that come back expired pay a debt",
        "ledger",
        "if lot.window.expires is not None and lot.window.expires <= at:",
        "if False:",
    ),
)
