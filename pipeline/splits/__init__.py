"""Evaluation protocols: who is held out, which leaks that permits, and the check before a fit.

A protocol is one entry in ``PROTOCOLS`` (protocols.py); it appears in training, in results and on
every page. Tracks are divided once per data set, so that every representation of it meets the same
folds. A leak is a group (a track, a set of duplicates, an artist) with members on both sides of a
split.
"""

from pipeline.splits.groups import TrackGroups, track_groups
from pipeline.splits.inner import inner_folds, some_tracks, stopping_split
from pipeline.splits.leaks import LeakError, validate_no_leak
from pipeline.splits.protocol import LEAK_KINDS, Fold, LeakKind, Protocol
from pipeline.splits.protocols import PROTOCOLS

__all__ = [
    "LEAK_KINDS",
    "PROTOCOLS",
    "Fold",
    "LeakError",
    "LeakKind",
    "Protocol",
    "TrackGroups",
    "inner_folds",
    "some_tracks",
    "stopping_split",
    "track_groups",
    "validate_no_leak",
]
