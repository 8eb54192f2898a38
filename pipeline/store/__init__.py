"""Where data and results live: files by default, MongoDB where a URL says so.

``load_folder`` puts a data folder into a database, ``materialise`` gives it back as a folder in the
layout that the readers know, ``load_results`` puts a results folder there, and ``Mirror`` keeps a
copy of those results for the dashboard. Nothing here imports pymongo until a URL is used; nothing
imports ``dashboard``.
"""

from pipeline.store.address import STORE_VARIABLE, Address, StoreError, is_url, parse_url, redacted
from pipeline.store.fetch import materialise, read_file
from pipeline.store.folder import Loaded, load_folder
from pipeline.store.mirror import Mirror
from pipeline.store.mongo import Store, open_store
from pipeline.store.results import LoadedResults, load_results

__all__ = [
    "STORE_VARIABLE",
    "Address",
    "Loaded",
    "LoadedResults",
    "Mirror",
    "Store",
    "StoreError",
    "is_url",
    "load_folder",
    "load_results",
    "materialise",
    "open_store",
    "parse_url",
    "read_file",
    "redacted",
]
