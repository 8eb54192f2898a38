"""Networks name no backend: the same training on JAX learns what it learns on TensorFlow."""

import os
import subprocess
import sys

import numpy as np

from pipeline.config import REPOSITORY

PROGRAM = """
import sys
import numpy as np
from pipeline.models.dense import keras_library
from pipeline.models.networks.network import SpectrogramNetwork
from pipeline.models.spectrogram import COMPACT

rng = np.random.default_rng(0)
y = np.arange(40) % 2
X = rng.normal(-40, 5, (40, 40, 16)).astype(np.float32)
X[y == 1, :, 8:] += 15
params = COMPACT | {
    "filters": [4, 8], "summary": 8, "crop": 32, "masks": {"bands": 2, "columns": 4, "n": 1},
    "max_epochs": 8, "learning_rate": 1e-2, "batch_size": 8, "dropout": 0.1,
}
network = SpectrogramNetwork(seed=0, params=params)
network.fit(X[10:], y[10:], validation=(X[:10], y[:10]))
proba = network.predict_proba(X)
print(keras_library().backend.backend(), (proba.argmax(axis=1) == y).mean())
np.save(sys.argv[1], proba)
"""


def test_the_compact_network_learns_on_another_backend(tmp_path):
    path = tmp_path / "proba.npy"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)],
        cwd=REPOSITORY,
        env=os.environ | {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    backend, accuracy = done.stdout.split()[-2:]
    assert backend == "jax"
    assert float(accuracy) >= 0.9
    np.testing.assert_allclose(np.load(path).sum(axis=1), 1, atol=1e-5)
