"""Made-up split lists in the form of the published ones, and what is known of them."""

import hashlib

import pandas as pd

from pipeline.datasets.split_lists import ARTIST_FILE, FAULT_FILTERED_FILE
from pipeline.ingest.published_splits import ListFacts, artist_table, fault_filtered_table

PARTS = {
    "train": "rock/rock.00001.wav\nblues/blues.00029.wav\n",
    "validation": "jazz/jazz.00003.wav\n",
    "test": "pop/pop.00007.wav\r\n\n",
}
FOLDS = {
    (1, "evaluate"): "./blues_00012.wav\tblues\n./rock_00090.wav\trock\n",
    (1, "evaluate_groups"): "./rock_00090.wav\t410\n./blues_00012.wav\t1\n",
    (2, "evaluate"): "./jazz_00000.wav\tjazz\n",
    (2, "evaluate_groups"): "./jazz_00000.wav\t0\n",
    (3, "evaluate"): "./pop_00007.wav\tpop\n",
    (3, "evaluate_groups"): "./pop_00007.wav\t333\n",
}


def facts_of(table: pd.DataFrame) -> ListFacts:
    """State what a made-up list holds, as is known of the published ones."""
    counts = table[table.columns[1]].astype(str).value_counts().to_dict()
    return ListFacts(counts, hashlib.sha256(table.to_csv(index=False).encode()).hexdigest())


FACTS = {
    FAULT_FILTERED_FILE: facts_of(fault_filtered_table(PARTS)),
    ARTIST_FILE: facts_of(artist_table(FOLDS)),
}


def server_files() -> dict[str, bytes]:
    """Return the made-up lists by the address that a mirror has for them."""
    names = {"train": "train", "validation": "valid", "test": "test"}
    parts = {f"/splits/{names[part]}_filtered.txt": text for part, text in PARTS.items()}
    folds = {f"/splits/f{fold}_{kind}.txt": text for (fold, kind), text in FOLDS.items()}
    return {name: text.encode() for name, text in (parts | folds).items()}
