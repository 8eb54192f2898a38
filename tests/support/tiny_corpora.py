"""What the tiny results are about: two made-up corpora, their protocols and models, for tests."""

import pandas as pd

GENRES = [
    "blues", "classical", "country", "disco", "hiphop",
    "jazz", "metal", "pop", "reggae", "rock",
]  # fmt: skip
TRACKS_PER_GENRE = 10
SEGMENTS = 4
DATASET = "gtzan"

FMA = "fma"
FMA_TRACKS = {
    "Blues": 4, "Classical": 6, "Country": 3, "Electronic": 18, "Folk": 12, "Hip-Hop": 14,
    "Instrumental": 5, "International": 3, "Jazz": 4, "Old-Time / Historic": 6, "Pop": 5,
    "Rock": 24,
}  # fmt: skip

# label, slug, order, permits, supervised
PROTOCOLS: dict[str, tuple[str, str, int, list[str], bool]] = {
    "segment_random": ("as published", "as-published", 0, ["artist", "duplicate", "track"], True),
    "clip_random": ("new clip", "new-clip", 1, ["artist", "duplicate"], True),
    "track_kfold": ("new song", "new-song", 2, ["artist"], True),
    "artist_3fold": ("new artist", "new-artist", 3, [], True),
    "fault_filtered": ("new artist, faults removed", "new-artist-faults-removed", 4, [], True),
    "in_sample": ("whole table, nothing held out", "whole-table", 9, ["track"], False),
}
BLANKS = {
    FMA: {
        "segment_random": "FMA's table has one row a track: there are no segments",
        "clip_random": "whole tracks are divided once, into folds",
        "artist_3fold": "the published folds by artist are those of GTZAN",
        "fault_filtered": "the published fault-filtered list is that of GTZAN",
    }
}
# Training tracks; "size_control" is the variant of new songs with as few as for new artists.
TRAINING_TRACKS = {
    "segment_random": 99, "clip_random": 80, "track_kfold": 90, "artist_3fold": 66,
    "fault_filtered": 45, "size_control": 45,
}  # fmt: skip
# title, family, technique, how strongly probabilities point to the truth, in TRAINING_TRACKS' order
MODELS: dict[str, tuple[str, str, str, tuple[float, ...]]] = {
    "dummy": ("Majority (hears nothing)", "dummy", "supervised", (0,) * 6),
    "random_forest": ("Random forest", "tree", "supervised", (3.4, 2.6, 2.4, 1.6, 1.5, 2.2)),
    "lightgbm": ("LightGBM", "boosting", "supervised", (3.9, 2.9, 2.7, 1.8, 1.7, 2.4)),
    "dense": ("Dense net", "dense", "deep", (3.0, 2.5, 2.3, 1.5, 1.4, 2.1)),
    "knn_1": ("Nearest neighbour", "neighbours", "supervised", (3.8, 2.2, 1.7, 0.9, 0.8, 1.5)),
    "logistic_l2": (
        "Logistic regression, L2",
        "linear",
        "supervised",
        (2.2, 2.1, 2.0, 1.3, 1.2, 2),
    ),
}
# model -> accuracy, unit, protocol, by representation
PUBLISHED: dict[tuple[str, str], tuple[float, str, str]] = {
    ("random_forest", "features_3s"): (0.90, "segment", "segment_random"),
    ("knn_1", "features_3s"): (0.904, "segment", "segment_random"),
    ("random_forest", "features_30s"): (0.72, "track", "clip_random"),
    ("logistic_l2", "echonest"): (0.55, "track", "track_kfold"),
}
REPRESENTATIONS = {
    "features_3s": ("57 statistics of 3-s segments", "3-s features", "segment", 57),
    "features_30s": ("57 statistics of whole clips", "30-s features", "track", 57),
    "echonest": ("8 audio features of Echonest", "Echonest features", "track", 8),
}
ABSENT = {("features_30s", "dense"), ("echonest", "dense"), ("echonest", "knn_1")}
SIZE_CONTROLS = ("random_forest", "lightgbm")


def genres_of(representation: str) -> list[str]:
    """Return the genres of the corpus that a representation describes."""
    return sorted(FMA_TRACKS) if representation == "echonest" else GENRES


def tiny_rows(representation: str) -> pd.DataFrame:
    """Return ``track_id, segment, genre`` of every sample."""
    if representation == "echonest":
        genres = [genre for genre, count in FMA_TRACKS.items() for _ in range(count)]
        rows = [(str(100 + number), -1, genre) for number, genre in enumerate(genres)]
        return pd.DataFrame(rows, columns=["track_id", "segment", "genre"])
    tracks = [(f"{g}.{n:05d}", g) for g in GENRES for n in range(TRACKS_PER_GENRE)]
    segments = range(SEGMENTS) if representation == "features_3s" else [-1]
    rows = [(track, segment, genre) for track, genre in tracks for segment in segments]
    return pd.DataFrame(rows, columns=["track_id", "segment", "genre"])


def protocols_of(representation: str) -> list[str]:
    """Return the supervised protocols under which a representation has runs."""
    if representation == "echonest":
        return ["track_kfold"]
    names = [name for name, (*_, supervised) in PROTOCOLS.items() if supervised]
    return names if representation == "features_3s" else names[1:]
