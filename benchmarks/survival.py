"""What is left of ``cswitch prompt`` killed and resumed, against a server that fails every fifth request.

Usage: python -m benchmarks.survival [--rows 2000] [--kills 3] [--faults 0.2] [--seed 0] [--folder DIR]

A server of OpenAI's kind runs on loopback as a process of its own, with a simulated model of which one row in ten
needs an edit or another prompt and one in ten is hopeless. The command is killed with SIGKILL at random moments and
given again. The same rows are then run undisturbed, and what both wrote is compared byte by byte.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.generators.prompting.survival import Survived, survive

ROW = "  {:64}{:>14}"


def main() -> None:
    """Runs it and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--faults", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, help="where everything is left to be looked at")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = options.folder or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        show(survive(place, options.rows, options.kills, faults=options.faults, seed=options.seed))


def show(found: Survived) -> None:
    """Prints the figures."""
    figures = found.figures
    rejected = sum(figures.rejects.values())
    lines: list[tuple[str, object]] = [
        ("rows", figures.rows),
        ("samples", figures.samples),
        ("rejects", rejected),
        *((f"  {reason}", count) for reason, count in sorted(figures.rejects.items())),
        ("rows that are neither", len(figures.missing)),
        ("rows that are there twice", len(figures.doubled)),
        ("kills (requests done with before each)", ", ".join(str(kill.after) for kill in found.kills)),
        ("requests", figures.requests),
        ("  with a fault", sum(figures.faults.values())),
        *((f"    {fault}", count) for fault, count in sorted(figures.faults.items())),
        ("answers kept", figures.answers),
        ("answers on their way at a kill, lost", figures.in_flight),
        ("  longest that one had been delivered before the kill, ms", f"{1000 * figures.longest:.0f}"),
        ("other answers lost", len(figures.unexplained)),
        ("kept answers that were asked for again", len(figures.paid_twice)),
        ("requests when the same is run once more", found.again),
        ("tokens by the cache: requests, answers", " ".join(map(str, figures.usage))),
        ("tokens by the server: requests, answers", " ".join(map(str, figures.served))),
        *((f"same as undisturbed: {name}", "yes" if same else "NO") for name, same in found.same.items()),
        ("places where the key can be read", len(found.traces)),
        ("seconds: killed and resumed, undisturbed", " ".join(f"{each:.0f}" for each in found.seconds)),
    ]
    for name, value in lines:
        print(ROW.format(name, value))


if __name__ == "__main__":
    main()
