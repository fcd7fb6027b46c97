"""`python -m bench [names]`: prints the figures and fails when one is missed by more than a quarter."""

import argparse
import sys

from tests.support import surroundings


def main() -> int:
    """Runs the chosen benchmarks, or all; answers 1 when a figure is missed."""
    surroundings.forget_settings()
    surroundings.stay_on_this_machine()
    from bench import browser, client, customer, points, sandbox, start

    benchmarks = {
        "start": start.figures,
        "client": client.figures,
        "sandbox": sandbox.figures,
        "customer": customer.figures,
        "browser": browser.figures,
        "points": points.figures,
    }
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*benchmarks, []], help="which; all when left out")
    chosen = parser.parse_args().names or list(benchmarks)
    found = []
    for name in chosen:
        if name == "browser" and not surroundings.CHROMIUM:
            print(f"left out: browser, because {surroundings.MISSING['browser']}")
            continue
        for figure in benchmarks[name]():
            print(figure, flush=True)
            found.append(figure)
    return 1 if any(figure.missed for figure in found) else 0


if __name__ == "__main__":
    sys.exit(main())
