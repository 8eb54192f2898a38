"""Send hostile uploads to the decoder and to the route: ``make fuzz``, some 20 minutes.

Each file is decoded by the decoder's code under the decoder's limits, in a process of its own; one
of 25 also goes through ``POST /api/predict``. Prints what became of each family, and each fault
with the number that makes the file again. Status 1 if there was a fault.
"""

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import psutil
from decoder_forks import Forks
from fuzzing import ROUTE_EVERY, answered, decoded
from live_service import Service
from tiny_models import shared_results

from dashboard.memory import return_free_memory
from dashboard.prediction.live import Live
from pipeline.config import LIMITS

FILES = 10_000
GROWTH_BYTES = 64 * 2**20  # of the server's memory, from a tenth of the files to all of them
Found = list[tuple[str, str, str]]


def main() -> None:
    """Decode, send, print; end with status 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.files)
    half = options.first + options.files // 2
    with ThreadPoolExecutor(2) as pool:
        parts = list(pool.map(_decode, (range(seeds.start, half), range(half, seeds.stop))))
    found = [line for part in parts for line in part]
    print(f"{len(found)} files decoded")
    _print_table(found)
    sent = _send(range(seeds.start, seeds.stop, ROUTE_EVERY))
    print(f"{len(sent)} files sent to the route")
    _print_table(sent)
    faults = [fault for _, _, fault in (*found, *sent) if fault]
    print("\n".join(faults) or "No fault.")
    sys.exit(1 if faults else 0)


def _decode(seeds: range) -> Found:
    forks = Forks()
    found = list(decoded(seeds, forks))
    facts = forks.facts()
    forks.close()
    if facts != {"files": 3, "children": 0}:
        found.append(("all", "leak", f"the forking process was left with {facts}"))
    return found


def _send(seeds: range) -> Found:
    """Send files one after the other, and see what of them stays in the server."""
    live = Live(shared_results(), limits=replace(LIMITS, requests_per_minute=10**6))
    service = Service(live)
    first = max(1, len(seeds) // 10)
    found = list(answered(seeds[:first], service))
    before = _resident_bytes(), psutil.Process().num_fds()
    found += list(answered(seeds[first:], service))
    grown = _resident_bytes() - before[0], psutil.Process().num_fds() - before[1]
    live.close()
    left = len(psutil.Process().children())
    print(f"memory grew by {grown[0] / 2**20:.1f} MB, open files by {grown[1]}, {left} processes")
    if grown[0] > GROWTH_BYTES or grown[1] > 2 or left > 0:
        found.append(("all", "leak", "the server keeps something of its uploads, see above"))
    return found


def _resident_bytes() -> int:
    """Return the memory of this process that is in use."""
    return_free_memory()
    resident: int = psutil.Process().memory_info().rss
    return resident


def _print_table(found: Iterable[tuple[str, str, str]]) -> None:
    outcomes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for family, outcome, _ in found:
        outcomes[family][outcome] += 1
    for family, counts in outcomes.items():
        said = ", ".join(f"{outcome} {count}" for outcome, count in counts.most_common())
        print(f"  {family:15} {said}")


if __name__ == "__main__":
    main()
