"""Each epoch's own view of the training clips: crops, masks, gains and mixtures.

Plain numpy on arrays of (n_clips, n_columns, n_bands), so that no backend is named and an epoch is
a function of its generator. Levels are standardised: 0 is the mean, and what a mask puts there.

References
----------
Park et al., 2019, "SpecAugment: A simple data augmentation method for automatic speech
recognition" (masks).
Zhang et al., 2018, "mixup: Beyond empirical risk minimization".
"""

from typing import Any

import numpy as np


def epoch_view(
    X: np.ndarray, targets: np.ndarray, *, params: dict[str, Any], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return the clips of one epoch in random order, changed as ``params`` say.

    Parameters
    ----------
    X : ndarray of shape (n_clips, n_columns, n_bands) or (n_clips, ...)
        Pictures of other shapes are only put in order and mixed.
    targets : ndarray of shape (n_clips, n_genres), float32
    params : dict
        ``crop`` (columns), ``equaliser`` (sd of a smooth gain over bands), ``masks`` (a dict of
        ``bands``, ``columns`` and ``n``) and ``mixup`` (alpha); absent or None for none.

    Returns
    -------
    X : ndarray of shape (n_clips, crop, n_bands), float32
    targets : ndarray of shape (n_clips, n_genres), float32
    """
    order = rng.permutation(len(X))
    targets = targets[order]
    if params.get("crop"):
        view = random_crops(X, order, length=params["crop"], rng=rng)
    else:
        view = X[order]
    if params.get("equaliser"):
        view = view + smooth_gains(len(view), view.shape[2], sd=params["equaliser"], rng=rng)
    if params.get("masks"):
        view = masked(view, rng=rng, **params["masks"])
    if params.get("mixup"):
        view, targets = mixed(view, targets, alpha=params["mixup"], rng=rng)
    return view, targets


def random_crops(
    X: np.ndarray, order: np.ndarray, *, length: int, rng: np.random.Generator
) -> np.ndarray:
    """Return so many columns of each clip named by ``order``, from a random one on."""
    starts = rng.integers(0, X.shape[1] - length + 1, size=len(order))
    return np.stack(
        [X[clip, start : start + length] for clip, start in zip(order, starts, strict=True)]
    )


def smooth_gains(n_clips: int, n_bands: int, *, sd: float, rng: np.random.Generator) -> np.ndarray:
    """Return a smooth random offset over bands for each clip, (n_clips, 1, n_bands), float32.

    Another recording chain: levels are logarithms, so a filter is an offset. Four random knots
    are joined by straight lines.
    """
    knots = rng.normal(0, sd, size=(n_clips, 4))
    places = np.linspace(0, 3, n_bands)
    left = np.minimum(places.astype(int), 2)
    share = places - left
    gains = knots[:, left] * (1 - share) + knots[:, left + 1] * share
    return gains[:, None, :].astype(np.float32)


def masked(
    X: np.ndarray, *, bands: int, columns: int, n: int, rng: np.random.Generator
) -> np.ndarray:
    """Return the clips with ``n`` masks each of up to so many bands, and of columns, at 0."""
    X = X.copy()
    for clip in X:
        for axis, widest in ((1, bands), (0, columns)):
            for _ in range(n):
                width = int(rng.integers(0, widest + 1))
                start = int(rng.integers(0, clip.shape[axis] - width + 1))
                where = [slice(None), slice(None)]
                where[axis] = slice(start, start + width)
                clip[tuple(where)] = 0
    return X


def mixed(
    X: np.ndarray, targets: np.ndarray, *, alpha: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return each clip mixed with the next one by a share from Beta(alpha, alpha)."""
    share = rng.beta(alpha, alpha, size=len(X)).astype(np.float32)
    share = np.maximum(share, 1 - share)
    of_clip = share.reshape(-1, *(1,) * (X.ndim - 1))
    partner = np.roll(np.arange(len(X)), 1)  # the order is random already
    view = of_clip * X + (1 - of_clip) * X[partner]
    return view, share[:, None] * targets + (1 - share[:, None]) * targets[partner]
