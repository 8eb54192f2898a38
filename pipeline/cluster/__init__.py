"""The units of work on a Dask cluster: worker processes of this machine, or of many.

``connected(where)`` gives what ``tasks.run_tasks`` takes as ``jobs``. Outcomes are those of a
serial run, bit for bit: workers must have the same code and packages, and work in one thread.
Values that many units share go out once. Finished outcomes come back at once and are kept by the
client, so that a killed client resumes; a unit whose worker dies is done again.

Only this package imports distributed and dask, inside functions. Whoever can reach a scheduler can
run code on its workers: a cluster belongs into a network of its own, or behind TLS.
"""

from pipeline.cluster.agreement import ClusterError
from pipeline.cluster.connection import connected
from pipeline.cluster.run import Cluster

__all__ = ["Cluster", "ClusterError", "connected"]
