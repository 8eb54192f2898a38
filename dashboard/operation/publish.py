"""Put the results of this folder into the database: ``python -m dashboard.operation.publish``.

For hosts that have the web service only; ``python -m pipeline store results`` does the same where
the pipeline is installed. The database is that of ``GENRELENS_RESULTS``. Equal results are left as
they are, so that every start may call it.
"""

import os
import sys

from pipeline.config import REPOSITORY, RESULTS_VARIABLE
from pipeline.store import StoreError, load_results
from pipeline.store.address import is_url


def main() -> int:
    """Return the exit status."""
    url = os.environ.get(RESULTS_VARIABLE, "")
    if not is_url(url):
        sys.stderr.write(
            f"{RESULTS_VARIABLE} must name a database (mongodb://HOST:27017/DATABASE), "
            f"not {url or 'nothing'!r}.\n"
        )
        return 1
    try:
        loaded = load_results(REPOSITORY / "results", url, advance=lambda *_: None)
    except StoreError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{loaded}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
