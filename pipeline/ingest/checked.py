"""Found tracks -> the table of tracks: each clip is heard, and a reason stands where it is unfit.

Must not import scikit-learn, TensorFlow, LightGBM or ``dashboard``.
"""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from pipeline.cache import Cache
from pipeline.ingest.found import FoundTrack
from pipeline.ingest.inspection import Inspection, file_hashes, inspections
from pipeline.ingest.tracks import GENRE_SEPARATOR, NO_SOUND, TRACK_COLUMNS
from pipeline.tasks import Advance

_UNHEARD = Inspection(math.nan, None, "", NO_SOUND)


def checked_tracks(
    found: Sequence[FoundTrack], *, cache: Cache, jobs: Any, advance: Advance
) -> pd.DataFrame:
    """Return the columns of ``tracks.parquet`` for tracks in order of ``track_id``.

    Of clips with the same samples the first is kept; the others are excluded as "same audio as"
    the first.
    """
    paths = [track.sound.path for track in found if track.sound is not None]
    sha256 = file_hashes(paths, advance=advance)
    heard = inspections(sha256, cache=cache, jobs=jobs, advance=advance)
    first_of: dict[str, str] = {}
    rows = []
    for track in found:
        outcome = _UNHEARD if track.sound is None else heard[track.sound.path]
        reason = track.reason or outcome.reason
        if not reason:
            first = first_of.setdefault(outcome.samples_sha256, track.track_id)
            reason = "" if first == track.track_id else f"same audio as {first}"
        rows.append(
            {
                "track_id": track.track_id,
                "genre": track.genre,
                "genres": GENRE_SEPARATOR.join(track.genres),
                "artist_group": track.artist_group,
                "path": "" if track.sound is None else track.sound.recorded,
                "duration_s": outcome.duration_s,
                "sr": outcome.sr,
                "sha256": "" if track.sound is None else sha256[track.sound.path],
                "excluded_reason": reason,
            }
        )
    return pd.DataFrame(rows, columns=list(TRACK_COLUMNS)).astype(
        {"artist_group": "Int64", "duration_s": "float64", "sr": "Int64"}
    )
