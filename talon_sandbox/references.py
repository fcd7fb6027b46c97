"""What a database refers to must be in the campaigns file that it is opened with."""

import sqlite3
from collections.abc import Container

from .catalog import Catalog, CatalogError

# Table and column, what the number stands for, and which rows name one.
_REFERENCES = (
    ("coupon", "campaign_id", "campaign", "1"),
    ("referral", "campaign_id", "campaign", "1"),
    ("session_effect", "campaign_id", "campaign", "campaign_id <> 0"),
    ("card", "program_id", "program", "1"),
    ("account", "program_id", "program", "1"),
    ("program_member", "program_id", "program", "1"),
    ("achievement_step", "achievement_id", "achievement", "1"),
    ("giveaway", "pool_id", "giveaway pool", "1"),
    ("catalog_item", "catalog_id", "catalog", "1"),
)


def check_references(conn: sqlite3.Connection, catalog: Catalog, path: str) -> None:
    """CatalogError for the first campaign, program, achievement, pool or catalog that the file lacks."""
    known: dict[str, Container[int]] = {
        "campaign": catalog.campaigns,
        "program": catalog.programs,
        "achievement": catalog.achievements,
        "giveaway pool": catalog.giveaways,
        "catalog": catalog.catalogs,
    }
    for table, column, what, rows in _REFERENCES:
        found = conn.execute(f"select distinct {column} from {table} where {rows} order by 1")
        for (number,) in found.fetchall():
            if number not in known[what]:
                raise CatalogError(_lacks(path, f"{what} {number}"))
    kinds = conn.execute("select distinct program_id, card_id is not null from account order by 1")
    for number, card_based in kinds.fetchall():
        if catalog.programs[number].card_based is not bool(card_based):
            raise CatalogError(_lacks(path, f"{'card' if card_based else 'profile'}-based program {number}"))


def _lacks(path: str, what: str) -> str:
    return (
        f"the campaigns file has no {what}, which {path} refers to:"
        " use the file that it was made with, or choose another database"
    )
