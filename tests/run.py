"""Runs the tests as `make test` and `make soak` do: two workers, the ten slowest, the total."""

import argparse
import os
import subprocess
import sys
import time


def main() -> int:
    """Runs pytest and answers its exit code; arguments behind `--` are handed on to pytest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--soak", action="store_true", help="the long runs and whole tables instead")
    parser.add_argument("more", nargs="*", help="handed on to pytest")
    arguments = parser.parse_args()
    command = [sys.executable, "-m", "pytest", "--durations=10", "--durations-min=0.1", "-q"]
    command += ["-m", "soak"] if arguments.soak else ["-n", "2", "--dist", "loadgroup"]
    environment = dict(os.environ, DESK_TEST_SOAK="1") if arguments.soak else dict(os.environ)
    started = time.monotonic()
    code = subprocess.run([*command, *arguments.more], env=environment, check=False).returncode
    print(f"Tests took {time.monotonic() - started:.0f} s in total.", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
