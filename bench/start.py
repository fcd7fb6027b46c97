"""What it costs to be ready for the first call, and to read a long ledger: each in fresh processes."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.figure import Figure
from bench.server import running

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 9
LEDGERS = 5
# httpx loads its command line where rich is installed. Only a development tool brings it (requirements.lock does not),
# so it is out of sight for all.
HIDDEN = ("rich", "pygments")
FIRST = f"import sys, time; sys.modules.update(dict.fromkeys({HIDDEN})); started = time.perf_counter()"
# The highest that resident memory ever was, of this program alone: ru_maxrss would begin with its parent's.
LAST = """
taken = time.perf_counter() - started
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(taken, peak / 1024)
"""
NOTHING = ""
OURS = f"""
from talon_client import TalonClient
client = TalonClient(sys.argv[1], "{"k" * 64}")
"""
PUBLISHED = f"""
import talon_one
key = dict(api_key={{"api_key_v1": "{"k" * 64}"}}, api_key_prefix={{"api_key_v1": "ApiKey-v1"}})
client = talon_one.IntegrationApi(talon_one.ApiClient(talon_one.Configuration(sys.argv[1], **key)))
"""
ANSWER = 'client.get_loyalty_balances(5, "maria")'
LEDGER = f"""
import sys
from talon_client import TalonClient, calls
def peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) / 1024
ledger = calls.get_loyalty_program_profile_transactions(5, "ledger-100000")
with TalonClient(sys.argv[1], "{"k" * 64}") as client:
    for seen, row in enumerate(client.iterate(ledger), 1):
        if seen == 10_000:
            early = peak()
        if seen == 40_000:
            settled = peak()
assert seen == 100_000, seen
print(early, settled, peak())
"""
# A row takes 2 KB, so 90 000 that stay would be 180 MB. After 10 000 rows the look-ahead has only just become eight
# pages of 1 000 rows (16 MB), and 10 000 ids are remembered (2 MB). Later nothing may grow.
FILLING, FLAT = 20.0, 3.0


def figures() -> Iterator[Figure]:
    """Import until ready, in time and memory; memory over a ledger of 100 000 rows."""
    if not Path("/proc/self/status").exists():
        print("left out: start, because memory is read from /proc/self/status")
        return
    yield from _ready()
    yield from _long_ledger()


def _run(program: str, *arguments: str) -> list[float]:
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    return [float(word) for word in done.stdout.split()]


def _ready() -> Iterator[Figure]:
    """With a client constructed: ours has read the certificates then, the SDK reads them at its first call."""
    installed = (ROOT / "requirements.lock").read_text().splitlines()
    assert not [line for line in installed if line.startswith(HIDDEN)], "what users have must not be hidden"
    programs = {"none": NOTHING, "ours": OURS, "published": PUBLISHED}
    taken: dict[str, list[list[float]]] = {name: [] for name in programs}
    for _ in range(ROUNDS + 1):
        for name, program in programs.items():
            taken[name].append(_run(f"{FIRST}\n{program}\n{LAST}", "https://shop.example"))
    # The first round writes bytecode and fills the disk's cache.
    times = {name: [each[0] for each in found[1:]] for name, found in taken.items()}
    peaks = {name: median(each[1] for each in found[1:]) for name, found in taken.items()}
    ratio = median(theirs / mine for theirs, mine in zip(times["published"], times["ours"], strict=True))
    note = f"median of {ROUNDS} fresh processes, without the interpreter's start and rich; "
    note += f"{median(times['ours']) * 1000:.0f} against {median(times['published']) * 1000:.0f} ms"
    yield Figure("import and client: SDK / client, time", ratio, 6.0, "times", note, "least")
    yield _first_answer()
    mine, theirs = peaks["ours"], peaks["published"]
    note = f"whole process, {mine:.0f} against {theirs:.0f} MB"
    yield Figure("import and client: client / SDK, peak memory", mine / theirs, 0.5, "times", note)
    mine, theirs = mine - peaks["none"], theirs - peaks["none"]
    note = f"above an empty interpreter's {peaks['none']:.0f} MB; {mine:.0f} against {theirs:.0f} MB"
    yield Figure("import and client: client / SDK, memory added", mine / theirs, 0.5, "times", note)


def _first_answer() -> Figure:
    """Fair to the SDK, which builds all models while it is imported; ours are built when they are first needed."""
    taken: dict[str, list[float]] = {OURS: [], PUBLISHED: []}
    with running() as url:
        for _ in range(ROUNDS):
            for program, found in taken.items():
                found.append(_run(f"{FIRST}\n{program}\n{ANSWER}\n{LAST}", url)[0])
    ratio = median(theirs / mine for mine, theirs in zip(*taken.values(), strict=True))
    mine, theirs = (median(found) * 1000 for found in taken.values())
    note = f"the same, and balances read over HTTP; {mine:.0f} against {theirs:.0f} ms"
    return Figure("import to first answer: SDK / client, time", ratio, 6.0, "times", note, "least")


def _long_ledger() -> Iterator[Figure]:
    # How many pages are in memory at once is chance, so the peak of one run may come late; rows that stay show in all.
    with running() as url:
        runs = [_run(LEDGER, url) for _ in range(LEDGERS)]
    early, settled, late = map(median, zip(*runs, strict=True))
    name, note = (
        "100 000 rows: memory added",
        f"medians of {LEDGERS}: peak after 10 000, 40 000 and all rows ",
    )
    note += f"{early:.0f}, {settled:.0f} and {late:.0f} MB"
    yield Figure(f"{name} after 10 000", median(run[2] - run[0] for run in runs), FILLING, "MB", note)
    yield Figure(f"{name} after 40 000", median(run[2] - run[1] for run in runs), FLAT, "MB", note)
