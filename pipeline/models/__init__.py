"""The models: one declared entry each, appearing in training, in results and on every page.

A builder takes a seed and returns an unfitted estimator with scikit-learn's interface; heavy
libraries are imported inside builders. Labels are genre numbers 0 .. n_genres - 1.
"""

from pipeline.models.boosting import BOOSTING
from pipeline.models.clusters import CLUSTERS
from pipeline.models.convolutional import CONVOLUTIONAL
from pipeline.models.dense import DENSE
from pipeline.models.discriminant import DISCRIMINANTS
from pipeline.models.dummy import DUMMIES
from pipeline.models.ensemble import ENSEMBLES
from pipeline.models.forest import FORESTS
from pipeline.models.fused import FUSED_MODELS
from pipeline.models.images import IMAGES
from pipeline.models.linear import LINEAR
from pipeline.models.neighbours import NEIGHBOURS
from pipeline.models.recurrent import RECURRENT
from pipeline.models.specification import ModelSpec, Published
from pipeline.models.spectrogram import SPECTROGRAM
from pipeline.models.svm import MACHINES
from pipeline.models.tree import TREES

MODELS: dict[str, ModelSpec] = {
    spec.name: spec
    for spec in (
        *DUMMIES,
        *LINEAR,
        *DISCRIMINANTS,
        *TREES,
        *FORESTS,
        *BOOSTING,
        *NEIGHBOURS,
        *MACHINES,
        *DENSE,
        *ENSEMBLES,
        *IMAGES,
        *CONVOLUTIONAL,
        *RECURRENT,
        *SPECTROGRAM,
        *FUSED_MODELS,
        *CLUSTERS,
    )
}

__all__ = ["MODELS", "ModelSpec", "Published"]
