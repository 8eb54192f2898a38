"""Served models for a tiny results folder: small ONNX graphs, cards and maps, for tests.

The graphs are linear: features standardised by those of five synthetic clips, seeded weights,
softmax. The map holds the windows of these clips, so a test can send a clip that is "known".
"""

import atexit
import functools
import hashlib
import io
import shutil
import tempfile
from pathlib import Path

import numpy as np
import onnx.parser
import pandas as pd
import soundfile
from tiny_results import write_tiny_results

from pipeline import artifacts
from pipeline.audio import window_samples, windows
from pipeline.config import ANALYSIS
from pipeline.features.song import SONG_FEATURE_NAMES, song_features
from pipeline.features.summary import FEATURE_NAMES, summary_statistics
from pipeline.served import WindowLength

GENRES = [
    "blues", "classical", "country", "disco", "hiphop",
    "jazz", "metal", "pop", "reggae", "rock",
]  # fmt: skip
DATASET = "gtzan"
SONGS = "features_song"
WINDOW_S = {"features_3s": 3, "features_30s": 30}
# model -> title, family, representation, score that the card claims
SERVED = {
    "random_forest_small": ("Random forest (small)", "tree", "features_3s", 0.49),
    "lightgbm": ("LightGBM", "boosting", "features_3s", 0.53),
    "dense": ("Dense net", "dense", "features_30s", 0.5),
}
KNOWN_CLIPS = 5


def synthetic_clip(seed: int, *, duration_s: float = 12.0) -> np.ndarray:
    """Return a clip of pulsed tones and noise at the analysis rate, float32."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(duration_s * ANALYSIS.sr)) / ANALYSIS.sr
    pitches = 110 * 2 ** (rng.integers(0, 30, 3) / 12)
    tone = sum(np.sin(2 * np.pi * pitch * t) for pitch in pitches)
    pulse = np.exp(-((t * rng.uniform(1.5, 3)) % 1) * rng.uniform(2, 6))
    noise = rng.normal(size=len(t)) * rng.uniform(0.02, 0.3)
    y = (tone + noise) * pulse
    return (0.5 * y / np.abs(y).max()).astype(np.float32)


def wav_bytes(y: np.ndarray, *, sr: int = ANALYSIS.sr, subtype: str = "PCM_16") -> bytes:
    """Return a WAV file."""
    buffer = io.BytesIO()
    soundfile.write(buffer, y, sr, format="WAV", subtype=subtype)
    return buffer.getvalue()


@functools.cache
def shared_results() -> Path:
    """Return a results folder with served models, written once for all tests; do not change it."""
    folder = Path(tempfile.mkdtemp(prefix="genrelens-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return write_tiny_models(write_tiny_results(folder))


def write_tiny_models(folder: Path, *, seed: int = 0) -> Path:
    """Add served models and their maps to a results folder and return it."""
    rng = np.random.default_rng(seed)
    for representation, window_s in WINDOW_S.items():
        X, rows = _known_windows(window_s)
        mean, scale = X.mean(axis=0), X.std(axis=0) + 1e-3 * np.abs(X.mean(axis=0)) + 1e-9
        _write_map(folder, representation, X, rows, mean, scale)
        for model, (title, family, own, value) in SERVED.items():
            if own == representation:
                weights = 0.15 * rng.normal(size=(len(FEATURE_NAMES), len(GENRES)))
                card = {"model": model, "title": title, "family": family, "window_s": window_s}
                _write_model(folder, representation, card, value, mean, scale, weights)
    return folder


def write_tiny_song_model(folder: Path, *, seed: int = 1) -> str:
    """Add a served model of whole songs and return its id."""
    rng = np.random.default_rng(seed)
    clips = [synthetic_clip(number) for number in range(KNOWN_CLIPS)]
    X = np.stack([_song_row(y) for y in clips]).astype(np.float64)
    weights = 0.15 * rng.normal(size=(len(SONG_FEATURE_NAMES), len(GENRES)))
    card = {"model": "lda", "title": "Discriminant", "family": "linear", "window_s": 30}
    card["features"] = list(SONG_FEATURE_NAMES)
    _write_model(folder, SONGS, card, 0.6, X.mean(axis=0), X.std(axis=0) + 1e-3, weights)
    return f"{DATASET}.{SONGS}.lda"


def _song_row(y: np.ndarray) -> np.ndarray:
    cut = windows(y, sr=ANALYSIS.sr, window_s=3)
    samples = [window_samples(y, window, sr=ANALYSIS.sr) for window in cut]
    segments = [summary_statistics(part, sr=ANALYSIS.sr) for part in samples]
    return song_features(np.stack(segments), summary_statistics(y, sr=ANALYSIS.sr))


def _known_windows(window_s: WindowLength) -> tuple[np.ndarray, pd.DataFrame]:
    features, rows = [], []
    for number in range(KNOWN_CLIPS):
        y = synthetic_clip(number)
        track = f"{GENRES[number]}.{number:05d}"
        for segment, window in enumerate(windows(y, sr=ANALYSIS.sr, window_s=window_s)):
            samples = window_samples(y, window, sr=ANALYSIS.sr)
            features.append(summary_statistics(samples, sr=ANALYSIS.sr))
            rows.append((track, segment if window_s == 3 else -1, GENRES[number]))
    return np.stack(features), pd.DataFrame(rows, columns=["track_id", "segment", "genre"])


def _write_map(
    folder: Path,
    representation: str,
    X: np.ndarray,
    rows: pd.DataFrame,
    mean: np.ndarray,
    scale: np.ndarray,
) -> None:
    components = np.eye(artifacts.N_COMPONENTS, len(FEATURE_NAMES))
    placed = ((X - mean) / scale) @ components.T
    for component in range(artifacts.N_COMPONENTS):
        rows[f"pc{component + 1}"] = placed[:, component].astype(np.float32)
    path = artifacts.embedding_path(folder, DATASET, representation)
    artifacts.write_table(path, rows)
    artifacts.write_json(
        path.with_suffix(".json"),
        {
            "features": list(FEATURE_NAMES), "mean": mean.tolist(), "scale": scale.tolist(),
            "components": components.tolist(), "nearest_p50": 4.0, "nearest_p99": 12.0,
            "explained_variance_ratio": [0.3, 0.2, *[0.02] * 14],
        },
    )  # fmt: skip


def _write_model(
    folder: Path,
    representation: str,
    card: dict[str, object],
    value: float,
    mean: np.ndarray,
    scale: np.ndarray,
    weights: np.ndarray,
) -> None:
    content = _graph(mean, scale, weights).SerializeToString()
    _write_files(folder, representation, card, value, content)


def write_exported(
    folder: Path, representation: str, content: bytes, *, features: list[str]
) -> str:
    """Add a graph that was exported elsewhere, with a card, and return its id."""
    card = {"model": "exported", "title": "Exported", "family": "convolutional", "window_s": 30}
    _write_files(folder, representation, {**card, "features": features}, 0.6, content)
    return f"{DATASET}.{representation}.exported"


def _write_files(
    folder: Path, representation: str, card: dict[str, object], value: float, content: bytes
) -> None:
    served_id = f"{DATASET}.{representation}.{card['model']}"
    path = folder / "models" / f"{served_id}.onnx"
    artifacts.write_atomic(path, lambda temporary: temporary.write_bytes(content))
    honest = {
        "protocol": "fault_filtered", "label": "new artist, faults removed", "unit": "track",
        "value": value, "ci_low": value - 0.05, "ci_high": value + 0.05,
    }  # fmt: skip
    artifacts.write_json(
        path.with_suffix(".json"),
        {
            "features": list(FEATURE_NAMES), **card, "id": served_id, "dataset": DATASET,
            "representation": representation, "genres": GENRES, "temperature": 1.0,
            "temperature_fitted_on": "made up", "n_tracks": KNOWN_CLIPS, "n_samples": 20,
            "training_sha256": "ab" * 32, "onnx_sha256": hashlib.sha256(content).hexdigest(),
            "size_bytes": len(content), "evaluated_by": [], "honest_accuracy": honest,
        },
    )  # fmt: skip


def _graph(mean: np.ndarray, scale: np.ndarray, weights: np.ndarray) -> onnx.ModelProto:
    model = onnx.parser.parse_model(f"""
    <ir_version: 8, opset_import: ["" : 17]>
    tiny (float[N, {len(mean)}] features) => (float[N, {weights.shape[1]}] probabilities) {{
        centred = Sub (features, mean)
        standardised = Div (centred, scale)
        bounded = Clip (standardised, low, high)
        logit = MatMul (bounded, weights)
        probabilities = Softmax <axis = 1> (logit)
    }}""")
    constants = {
        "mean": mean, "scale": scale, "weights": weights,
        "low": np.array(-4.0), "high": np.array(4.0),
    }  # fmt: skip
    for name, values in constants.items():
        model.graph.initializer.append(
            onnx.numpy_helper.from_array(values.astype(np.float32), name)
        )
    return model
