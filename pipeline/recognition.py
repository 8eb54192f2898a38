"""Whether a clip is in the training data: copies, pieces of copies, and copies that were altered.

What is known of the training data is its map, see ``pipeline.familiarity``; so a clip is recognised
by its statistics. A window within ``SAME_AUDIO_DISTANCE`` of a training row is that very audio:
equal audio lands within 0.01, and no two different tracks of GTZAN lie within 0.6 (windows of 3 s)
or 0.9 (30 s). A clip is probably a copy that was encoded, cut or turned up or down since,

* where a window of 30 s lies within ``ALIKE[30]`` of the distance that is typical of the map, or
* where three quarters of its windows of 3 s, three at least, lie within ``ALIKE[3]`` of that
  distance of one and the same track.

Measured on the maps of GTZAN. Wrongly called so, each track against all others, of the 930 of the
fault-filtered list (in which no recording is twice, but many artists are): 1 of 930 by pieces of
3 s, none by 30 s; of their pieces of 9 s, 8 of 2,733. Rightly, of 33 clips of GTZAN, three or four
of each genre: MP3 at 192 kbit/s 29, at 128 28, begun 0.1, 1 or 1.5 s later 33 each, MP3 at 128 and
1 s later 20; but turned down by 6 dB 15, turned up by 3 dB 15, the middle 10 s 8, since level and
length are among the statistics. So no flag is no proof that the models have not heard a clip.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from pipeline.familiarity import Whereabouts
from pipeline.flags import Flag
from pipeline.served_rows import WindowLength

SAME_AUDIO_DISTANCE = 0.05
ALIKE: Mapping[WindowLength, float] = MappingProxyType({3: 0.6, 30: 0.3})
ALIKE_SHARE, FEWEST_ALIKE = 0.75, 3  # of the windows of 3 s
MOST_NAMED = 3
LEARNT = "so their answer says nothing about music that they have not heard."


@dataclass(frozen=True)
class Placed:
    """A clip on one map.

    Attributes
    ----------
    place : Whereabouts
    typical_distance : float
        Half of the map's rows have a row of another track within it.
    """

    place: Whereabouts
    typical_distance: float


def training_data_flags(
    placed: Mapping[WindowLength, Placed], *, is_whole: bool = True
) -> list[Flag]:
    """Return whether a clip is in the training data, partly or probably; empty where it is not.

    Parameters
    ----------
    placed : mapping
        From the length of windows in seconds.
    is_whole : bool
        Whether the clip is long enough to be compared with whole clips: an altered one is then
        looked for among these, too.
    """
    same = {length: _same_audio(one.place) for length, one in sorted(placed.items())}
    for length, tracks in same.items():
        if tracks and 2 * len(tracks) >= len(placed[length].place.nearest):
            return [_in_training_data(tracks)]
    alike = _alike_throughout(placed[3]) if 3 in placed else []
    if alike:
        return [_probably_in_training_data(alike)]
    for length, tracks in same.items():
        if tracks:
            return [_partly_in_training_data(tracks, len(placed[length].place.nearest))]
    near = _alike(placed[30], 30) if 30 in placed and is_whole else []
    return [_probably_in_training_data(near)] if near else []


def _same_audio(place: Whereabouts) -> list[str]:
    """Return the track of each window that is that track's very audio."""
    return _tracks(place, place.nearest < SAME_AUDIO_DISTANCE)


def _alike(one: Placed, length: WindowLength) -> list[str]:
    """Return the track of each window that alone is close enough to be an altered piece of it."""
    return _tracks(one.place, one.place.nearest < ALIKE[length] * one.typical_distance)


def _alike_throughout(one: Placed) -> list[str]:
    """Return the one track that enough windows of 3 s are close to, if there is one."""
    for track, count in Counter(_alike(one, 3)).most_common(1):
        if count >= max(FEWEST_ALIKE, ALIKE_SHARE * len(one.place.nearest)):
            return [track]
    return []


def _tracks(place: Whereabouts, is_near: np.ndarray) -> list[str]:
    return [track for track, near in zip(place.nearest_track, is_near, strict=True) if near]


def _in_training_data(tracks: Iterable[str]) -> Flag:
    return Flag(
        "in_training_data",
        f"This clip is in our training data ({_named(tracks)}): the models learnt it, {LEARNT}",
        "scores",
        "the clip is in their training data",
    )


def _partly_in_training_data(tracks: list[str], n_windows: int) -> Flag:
    several = len(tracks) > 1
    return Flag(
        "partly_in_training_data",
        f"{len(tracks)} of {n_windows} windows {'are' if several else 'is'} in our training data "
        f"({_named(tracks)}): the models learnt {'them' if several else 'it'}, {LEARNT}",
        "scores",
        "a part of the clip is in their training data",
    )


def _probably_in_training_data(tracks: Iterable[str]) -> Flag:
    return Flag(
        "probably_in_training_data",
        f"Probably in our training data, altered since ({_named(tracks)}): closer to it than "
        f"different tracks usually are to each other. If so, the models learnt it, {LEARNT}",
        "scores",
        "the clip is probably in their training data",
    )


def _named(tracks: Iterable[str]) -> str:
    """Return the tracks, the most frequent first: "blues.00001, jazz.00002 and 3 more"."""
    counts = Counter(tracks)
    names = sorted(counts, key=lambda track: (-counts[track], track))
    named, n_more = ", ".join(names[:MOST_NAMED]), len(names) - MOST_NAMED
    return f"{named} and {n_more} more" if n_more > 0 else named
