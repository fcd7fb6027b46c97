"""Bugs to plant: small changes of the sandbox's core, each of which the tests must notice."""

from tests.sandbox.bug import Bug
from tests.sandbox.rule_bugs import RULE_BUGS

BUGS: tuple[Bug, ...] = (
    # Reading the ledger.
    Bug(
        "spends in the order of awards, not of expiries",
        "ledger_read",
        'order = "o.never, o.expires, o.created, o.lot"',
        'order = "o.created, o.lot"',
    ),
    Bug(
        "spends unlimited lots first",
        "ledger_read",
        '("o.never = 0 and o.expires > :t", "o.never = 1")',
        '("o.never = 1", "o.never = 0 and o.expires > :t")',
    ),
    Bug("a lot lives one tick too long", "ledger_read", "case when expires <= :t", "case when expires < :t"),
    Bug("a lot is spent on its last tick", "ledger_read", "o.expires > :t", "o.expires >= :t"),
    Bug(
        "a lot starts one tick late",
        "ledger_read",
        "starts is null or starts > :t then 'pending'",
        "starts is null or starts >= :t then 'pending'",
    ),
    Bug(
        "a lot is spent one tick late",
        "ledger_read",
        "or e.starts > :t then 'pending'",
        "or e.starts >= :t then 'pending'",
    ),
    Bug(
        "the past knows what was spent later",
        "ledger_read",
        "where d.lot = e.id and d.at <= :t), 0)",
        "where d.lot = e.id), 0)",
    ),
    Bug(
        "the past knows rows written later",
        "ledger_read",
        "where e.kind = 'addition' and e.created <= :t and {where}",
        "where e.kind = 'addition' and {where}",
    ),
    Bug("what was given back counts as spent", "ledger_read", "spent=spends - given", "spent=spends"),
    Bug(
        "rollbacks count as spent",
        "ledger_read",
        "kind = 'subtraction' and cause = 'spend'",
        "kind = 'subtraction'",
    ),
    Bug("empty lots are listed", "ledger_read", "lots.remaining > 0 and", "lots.remaining >= 0 and"),
    Bug(
        "a debt that was paid stays",
        "ledger_read",
        "negative=subtracted - drawn",
        "negative=subtracted - spends",
    ),
    Bug(
        "the points lists show the whole lot",
        "loyalty",
        'to_decimal(row["remaining"])',
        'to_decimal(row["amount"])',
    ),
    Bug(
        "lists of one subledger show all",
        "loyalty",
        "[holder.accounts[name] for name in asked if name in holder.accounts]",
        "list(holder.accounts.values())",
    ),
    # Writing the ledger.
    Bug(
        "gives back with a new window",
        "ledger",
        'window=Window(source["created"] if starts is None else starts, expires)',
        "window=AT_ONCE",
    ),
    Bug("gives back twice", "ledger", "r.kind = 'addition')", "r.kind = 'subtraction')"),
    Bug(
        "only_pending takes active points",
        "ledger",
        'usable = usable if state == "pending" else []',
        "usable = list(usable)",
    ),
    Bug(
        "within_balance goes below zero",
        "ledger",
        'below = policy == "unlimited"',
        'below = policy != "only_pending"',
    ),
    Bug("unlimited stops at zero", "ledger", 'below = policy == "unlimited"', "below = False"),
    Bug(
        "a rollback takes active points before pending ones",
        "ledger",
        '("pending", "active"))\n        usable = chain',
        '("active", "pending"))\n        usable = chain',
    ),
    Bug(
        "a rollback takes from its own award only",
        "ledger",
        "usable = chain(usable, (other for other in others if other[0] != lot))",
        "usable = chain(usable, ())",
    ),
    Bug(
        "an award does not pay the debt",
        "ledger",
        "_pay_negative(conn, account, lot, at)\n    return lot",
        "return lot",
    ),
    Bug("what goes below zero is not marked", "ledger", "undoes=undoes, negative=True", "undoes=undoes"),
    Bug(
        "pending points can be spent",
        "ledger",
        "_enough(usable_lots(conn, account, at), amount)",
        '_enough(usable_lots(conn, account, at, ("active", "pending")), amount)',
    ),
    Bug(
        "the subledger is ignored",
        "ledger",
        "program_id = ? and subledger = ?",
        "program_id = ? and ? is not null",
    ),
    Bug(
        "an activation brings expired points back",
        "ledger",
        'if left == 0 or state == "expired":\n        raise',
        "if left == 0:\n        raise",
    ),
    Bug(
        "a deduction by hand takes pending points first",
        "ledger",
        'usable = usable_lots(conn, account, at, ("active", "pending"))',
        'usable = usable_lots(conn, account, at, ("pending", "active"))',
    ),
    Bug(
        "a deleted award is taken back",
        "ledger",
        '"select account from live_entry where id = ?"',
        '"select account from entry where id = ?"',
    ),
    Bug(
        "a new expiry does not change the order of spending",
        "store",
        '.read_text(encoding="utf-8")',
        '.read_text(encoding="utf-8").replace("open_lot set never = new.expires is null,", "open_lot set")',
    ),
    # Returns, and what takes effects back.
    Bug(
        "each return is rounded by itself",
        "returns",
        'share(effect["value"], last, whole) - share(effect["value"], first, whole)',
        'share(effect["value"], last - first, whole)',
    ),
    Bug(
        "a return gives spent points back",
        "returns",
        'if effect["type"] == "addLoyaltyPoints" else 0',
        'if effect["type"] == "addLoyaltyPoints" else effect["value"]',
    ),
    Bug(
        "what came back before is forgotten",
        "returns",
        "before = session_rows.returned_units(world.conn, session)",
        "before: dict[int, int] = {}",
    ),
    Bug(
        "a return takes the effects of the whole line",
        "returns",
        '(effect["position"], effect["sub_position"]) in places',
        'effect["position"] in {place for place, _ in places}',
    ),
    Bug("a cancelled order keeps its redemption", "undo", 'and undone is null"', 'and undone is null and 0"'),
    Bug(
        "a reopened order keeps its points",
        "undo",
        'elif kind == "addLoyaltyPoints":',
        'elif kind == "addLoyaltyPoints" and move != "reopen":',
    ),
    Bug(
        "a reopened order keeps what it spent",
        "undo",
        'elif kind == "deductLoyaltyPoints":',
        'elif kind == "deductLoyaltyPoints" and move != "reopen":',
    ),
    Bug(
        "a rollback names the row that it undoes",
        "undo",
        '"transactionUUID": row.uuid,',
        '"transactionUUID": props["transactionUUID"],',
    ),
    Bug("what was taken back is still shown", "undo", 'and taken = value"', 'and taken > value"'),
    Bug(
        "sales keep what was returned", "profiles", "return closed, total - returned", "return closed, total"
    ),
    # Sessions, keys and dry runs.
    Bug(
        "a partly returned order cannot be cancelled",
        "sessions",
        '        ("partially_returned", "cancelled"),\n',
        "",
    ),
    Bug(
        "a partly returned order can be reopened",
        "sessions",
        'REOPENS = frozenset({"closed"})',
        'REOPENS = frozenset({"closed", "partially_returned"})',
    ),
    Bug(
        "a closed order can be closed again",
        "sessions",
        '        ("open", "closed"),',
        '        ("open", "closed"),\n        ("closed", "closed"),',
    ),
    Bug(
        "cancelling a partly returned order takes nothing back",
        "sessions",
        'if session["state"] in session_rows.HOLDING else []',
        'if session["state"] == "closed" else []',
    ),
    Bug(
        "a dry run builds on what was sent before",
        "sessions",
        "{} if session is None or dry else",
        "{} if session is None else",
    ),
    Bug("dry is not rolled back", "api", "transaction(keep=not dry)", "transaction(keep=True)"),
    Bug(
        "the key is kept outside the transaction",
        "api",
        "            idempotency.keep(world.conn, request, made, now)\n        return made",
        "            pass\n    if keyed:\n        idempotency.keep(world.conn, request, made, now)\n    return made",
    ),
    Bug("a dry run uses up its key", "api", "keyed = not (dry or", "keyed = not ("),
    Bug(
        "another body under the same key is answered",
        "idempotency",
        '(kept["operation"], kept["body_hash"]) != (request.operation, request.body_hash)',
        'kept["operation"] != request.operation',
    ),
    Bug("a key lives one tick too long", "idempotency", "where at <= ?", "where at < ?"),
    # Tiers.
    Bug(
        "a tier needs a point more than it says",
        "tiers",
        "if tier.floor <= active]",
        "if tier.floor < active]",
    ),
    Bug(
        "one_down falls by balance",
        "tiers",
        'if program.downgrade_policy == "balance_based":',
        'if program.downgrade_policy != "none":',
    ),
    Bug("a tier lives one tick too long", "tiers", "held.expires <= t:", "held.expires < t:"),
    Bug(
        "a tier falls at once",
        "tiers",
        "if higher or not program.tier_validity else held",
        "if True else held",
    ),
    # Coupons.
    Bug(
        "a counter counts what was undone",
        "coupons",
        'where coupon_id = ? and undone is null"\n            " and',
        'where coupon_id = ?"\n            " and',
    ),
    Bug(
        "a gift card does not get its money back",
        "coupons",
        'from redemption where coupon_id = ? and undone is null",\n            (coupon,)',
        'from redemption where coupon_id = ?",\n            (coupon,)',
    ),
    Bug(
        "a code is redeemed once too often",
        "rules.codes",
        'used >= coupon["usage_limit"]',
        'used > coupon["usage_limit"]',
    ),
    Bug(
        "a code lives one tick too long", "rules.codes", 'now >= coupon["expires"]', 'now > coupon["expires"]'
    ),
    Bug(
        "a hard reservation is not asked for",
        "rules.codes",
        'if coupon["mandatory"] and not (',
        "if False and not (",
    ),
    Bug("reserving twice fails", "coupons", "insert or ignore into reservation", "insert into reservation"),
    Bug(
        "the code of a scheduled campaign is disabled in the wallet",
        "coupons",
        'if campaign.state != "enabled" or campaign.has_ended(now):',
        "if not campaign.runs_at(now):",
    ),
    # What rules give.
    Bug(
        "a moved expiry brings expired points back",
        "ledger",
        'if left == 0 or state == "expired":\n        return False',
        "if left == 0:\n        return False",
    ),
    Bug(
        "extending moves unlimited lots",
        "rules.expiry",
        "if lot.expires is not None:",
        "if lot.expires is not None or context.now:",
    ),
    Bug(
        "a second extension forgets the first",
        "rules.expiry",
        "_Lot(uuid, moved.get(uuid, expires))",
        "_Lot(uuid, expires)",
    ),
    Bug(
        "a code is created before the closing",
        "rules.codes_given",
        "if not context.view.closing:",
        "if False:",
    ),
    Bug("a created code is for everybody", "rules.codes_given", "recipient=profile.integration_id,", ""),
    Bug(
        "a group takes the lowest discount",
        "rules.groups",
        "return max(giving, key=lambda index: (results[index].discount, -index))",
        "return min(giving, key=lambda index: (results[index].discount, -index))",
    ),
    Bug(
        "the campaigns that lost count in the next one's discounts",
        "rules.engine",
        "draft if len(members) == 1 else draft.copy()",
        "draft",
    ),
    Bug(
        "a campaign runs in the tick in which it ends",
        "catalog",
        "self.ends is not None and now >= self.ends",
        "self.ends is not None and now > self.ends",
    ),
    Bug(
        "erasing ends the membership of programs",
        "privacy",
        "update profile set attributes = '{}' where id = ?",
        "delete from program_member where profile_id = ?",
    ),
    *RULE_BUGS,
)
