"""Sound in: a folder or archive as its owner has it -> checked tracks in the data folder.

``run.ingest`` joins the steps: what the source is (``layouts``), a safe way out of its archive
(``archives``, ``extraction``), which tracks it holds (``found``), whether each can be heard
(``inspection``), and the folder that results (``tracks``, ``record``, ``staging``). Downloads are
apart from that (``download``, ``catalogue``, ``published_splits``). Must not import scikit-learn,
TensorFlow, LightGBM or ``dashboard``.
"""

from typing import Literal

Family = Literal["gtzan", "fma", "own"]


class IngestError(Exception):
    """The source cannot be used; the message says what was expected, what came, what to do."""
