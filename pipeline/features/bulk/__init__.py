"""Features of many clips: which clips, the work on one, and the files that come out.

``compute_features`` runs the work side by side through ``pipeline.tasks`` and keeps each clip's
outcome in the cache by what is in its file, so that a rerun computes only what is new. It goes
batch by batch and writes as it goes: no process ever holds more than some clips' features.
"""

from pipeline.features.bulk.clips import Clip, ClipsError, Collection, data_collections, named_clips
from pipeline.features.bulk.outputs import Output, OutputError, requested_outputs
from pipeline.features.bulk.run import Written, compute_features

__all__ = [
    "Clip",
    "ClipsError",
    "Collection",
    "Output",
    "OutputError",
    "Written",
    "compute_features",
    "data_collections",
    "named_clips",
    "requested_outputs",
]
