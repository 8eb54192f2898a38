"""Features of many clips: which clips, the work on one, and the files that come out.

``compute_features`` runs the work side by side through ``pipeline.tasks`` and keeps each clip's
outcome in the cache by what is in its file, so that a rerun computes only what is new. It goes
batch by batch and writes as it goes, so that memory does not grow with the number of clips. It does
with the length of a track: all its windows are held together, by the worker and by whoever writes
them, and some three times over while they are kept in the cache. An hour of ``mel`` is 80 MB, of
``tempogram`` 240 MB, of ``mel_image --segments 3`` 600 MB.
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
