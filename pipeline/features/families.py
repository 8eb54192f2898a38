"""What a feature is about: families of features that are permuted, counted and shown together.

Numpy and standard library only: the web process may import it.
"""

_BEGINNINGS = (
    ("spectral", ("spectral_", "rolloff", "zero_crossing_rate", "rms")),
    ("MFCC", ("mfcc",)),
    ("rhythm", ("tempo",)),
    ("chroma", ("chroma",)),
    ("harmonic", ("harmony", "perceptr")),
)
FAMILIES: tuple[str, ...] = tuple(family for family, _ in _BEGINNINGS)


def family_of(feature: str) -> str:
    """Return the family of a feature, or its own name where it belongs to none.

    Features of songs end in what was done to them ("mfcc1_mean_segment_sd") and belong where the
    feature itself does; Echonest's features but for the tempo are families of one.
    """
    return next(
        (family for family, beginnings in _BEGINNINGS if feature.startswith(beginnings)), feature
    )
