"""`python -m talon_sandbox`: the sandbox as a command."""

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from .catalog import CatalogError
from .clock import ClockError, check_instant, to_micros
from .edition import EDITIONS, NEWEST
from .encoding import parse_instant
from .sandbox import DEFAULT_CUSTOMERS, DEFAULT_SEED, Settings, listen, make_server, open_shell, url_of
from .server import Application
from .store import StoreError


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; the first line on stdout is the URL and the key."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    settings = Settings(
        db=options.db,
        world=options.world,
        seed=options.seed,
        customers=options.customers,
        now=options.now,
        campaigns=options.campaigns,
        ignore_idempotency_keys=options.ignore_idempotency_keys,
        edition=options.edition,
        loose=options.loose,
    )
    try:
        listener = listen(options.host, options.port)
    except OSError as error:
        return _give_up(f"Cannot listen on {options.host}:{options.port}: {error.strerror or error}")
    try:
        shell = open_shell(settings)
    except (CatalogError, ClockError, StoreError) as error:
        listener.close()
        return _give_up(f"Cannot open the world: {error}")
    server = make_server(Application(shell))
    print(f"Talon sandbox ready: URL={url_of(listener)} KEY={settings.api_key}", flush=True)
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        shell.world.close()
    return 0


def _give_up(reason: str) -> int:
    print(reason, file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m talon_sandbox", description="A local server that behaves like the Integration API."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=_number(65_535), default=8787, help="0 takes a free one (default: %(default)s)"
    )
    parser.add_argument("--db", default=":memory:", help="a file keeps the world (default: %(default)s)")
    parser.add_argument("--world", choices=("demo", "empty"), default="demo", help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="another seed, other customers")
    parser.add_argument(
        "--customers", type=_number(10_000), default=DEFAULT_CUSTOMERS, help="default: %(default)s"
    )
    parser.add_argument("--now", type=_instant, metavar="RFC3339", help="freeze the clock at an instant")
    parser.add_argument("--campaigns", type=Path, metavar="FILE", help="other campaigns than the demo's")
    parser.add_argument(
        "--ignore-idempotency-keys", action="store_true", help="like a deployment that does not know them"
    )
    parser.add_argument(
        "--loose",
        action="store_true",
        help="leave out unknown parameters and fields instead of refusing them",
    )
    parser.add_argument("--edition", choices=EDITIONS, default=NEWEST, help="default: %(default)s")
    return parser


def _number(highest: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdecimal() or int(text) > highest:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to {highest}")
        return int(text)

    return parse


def _instant(text: str) -> datetime:
    try:
        moment = parse_instant(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is {error}") from None
    try:
        check_instant(to_micros(moment))
    except ClockError as error:
        raise argparse.ArgumentTypeError(f"{text!r} cannot be: {error}") from None
    return moment


if __name__ == "__main__":
    sys.exit(main())
