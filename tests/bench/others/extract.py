"""Time other extractors on clips: run by the Python of their own environment, not by ours.

Usage: ``extract.py REPEATS CLIP...``. Prints JSON: for each extractor the seconds of each pass over
the clips, decoding included, one thread, and how many numbers it gives for a clip.
"""

import json
import sys
import time
from collections.abc import Callable
from functools import cache
from typing import Any


def essentia_music(path: str) -> int:
    """Return how many descriptors MusicExtractor gives for a clip."""
    import essentia.standard

    statistics = {f"{part}Stats": ["mean", "var"] for part in ("lowlevel", "rhythm", "tonal")}
    pool, _ = essentia.standard.MusicExtractor(**statistics)(path)
    return len(pool.descriptorNames())


def opensmile_egemaps(path: str) -> int:
    """Return how many functionals eGeMAPS v02 gives for a clip."""
    import soundfile

    y, sr = soundfile.read(path, dtype="float32")
    return int(egemaps().process_signal(y, sr).shape[1])


@cache
def egemaps() -> Any:
    """Return the extractor, made once: before the timing, with the first clip."""
    import opensmile

    return opensmile.Smile(
        feature_set=opensmile.FeatureSet.eGeMAPSv02,
        feature_level=opensmile.FeatureLevel.Functionals,
    )


EXTRACTORS: dict[str, Callable[[str], int]] = {
    "Essentia MusicExtractor": essentia_music,
    "openSMILE eGeMAPS": opensmile_egemaps,
}


def main() -> None:
    """Time every extractor that is installed; say why one is not."""
    repeats, clips = int(sys.argv[1]), sys.argv[2:]
    found = {}
    for name, extract in EXTRACTORS.items():
        try:
            count = extract(clips[0])  # loads its models
        except ImportError as error:
            found[name] = {"problem": str(error)}
            continue
        seconds = []
        for _ in range(repeats):
            started = time.perf_counter()
            for clip in clips:
                extract(clip)
            seconds.append(time.perf_counter() - started)
        found[name] = {"seconds": seconds, "numbers": count}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
