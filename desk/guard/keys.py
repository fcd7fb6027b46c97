"""The key outside the database: it seals the audit chain and stands in for ids where none may be kept."""

import hmac
import os
import secrets
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select, update

from desk.guard.database import Database, DatabaseError
from desk.guard.tables import AUDIT_HEAD

VARIABLE = "DESK_AUDIT_KEY"
SHORTEST = 32


class AuditKey:
    """HMAC-SHA-256 under one key, for two purposes that never mix. Shows itself nowhere."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < SHORTEST:
            raise DatabaseError(f"{VARIABLE} must have at least {SHORTEST} characters.")
        self._secret = secret
        self.id = self._mac(b"id", b"")[:16]
        """Names the key without telling it."""

    def subject(self, kind: str, *names: str) -> str:
        """What stands for an id: the same for the same id, and nothing to anybody without the key."""
        # Lengths in front keep ("a", "bc") and ("ab", "c") apart.
        parts = [kind, *names]
        return self._mac(b"subject", b"".join(_framed(part) for part in parts))

    def seal(self, content: str) -> str:
        """The MAC of a row of the chain, or of a request that must be sent as it was previewed."""
        return self._mac(b"seal", content.encode())

    def _mac(self, purpose: bytes, content: bytes) -> str:
        return hmac.new(self._secret, purpose + b"\0" + content, sha256).hexdigest()

    def __repr__(self) -> str:
        return f"<AuditKey {self.id}>"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("the audit key is never pickled")


def _framed(text: str) -> bytes:
    content = text.encode("utf-8", "surrogatepass")
    return len(content).to_bytes(4, "big") + content


def open_key(database: Database, environ: Mapping[str, str]) -> AuditKey:
    """The key of this database: `DESK_AUDIT_KEY`, or for SQLite the file `audit.key` that is made beside it.

    Replicas on PostgreSQL must share one key, since it also names what they lock; without `DESK_AUDIT_KEY` that
    is an error, and so is another key than the one that the database was begun with.
    """
    given = environ.get(VARIABLE, "").strip()
    if given:
        key = AuditKey(given.encode())
    elif database.directory is None:
        raise DatabaseError(
            f"{VARIABLE} is missing. Set it to the same {SHORTEST} or more random characters in every replica that "
            "uses this PostgreSQL database, and keep it outside the database."
        )
    else:
        key = AuditKey(_file(database.directory / "audit.key"))
    _claim(database, key)
    return key


def _file(path: Path) -> bytes:
    """The content of the key file; made whole and private by whoever comes first."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        try:
            os.link(draft, path)  # fails where another process was quicker: then its key counts
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()


def _claim(database: Database, key: AuditKey) -> None:
    with database.write() as connection:
        known = connection.execute(select(AUDIT_HEAD.c.key_id).with_for_update()).scalar_one()
        if known == "":
            connection.execute(update(AUDIT_HEAD).values(key_id=key.id))
        elif known != key.id:
            raise DatabaseError(
                f"{database.location} was begun under another audit key. Restore {VARIABLE} (or the file audit.key "
                "in the state directory) as it was."
            )
