"""The decisions of the client are tested branch by branch: engine, retry and errors, all of them."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DECISIONS = ("engine", "retry", "errors")
# Files of these names and their continuations.
TESTS = ("test_engine", "test_retry", "test_errors")


def test_every_branch_of_the_decisions_is_tested(tmp_path: Path) -> None:
    data = f"--data-file={tmp_path / 'coverage'}"
    include = "--include=" + ",".join(f"talon_client/{each}.py" for each in DECISIONS)
    tests = [str(path) for path in HERE.glob("test_*.py") if path.name.startswith(TESTS)]
    coverage = [sys.executable, "-m", "coverage"]
    ran = subprocess.run(
        [*coverage, "run", "--branch", data, include, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    report = subprocess.run(
        [*coverage, "report", data, "--show-missing", "--fail-under=100"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert report.returncode == 0, report.stdout
    assert all(f"talon_client/{each}.py" in report.stdout for each in DECISIONS)
