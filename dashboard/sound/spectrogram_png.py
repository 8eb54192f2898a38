"""A spectrogram as a PNG file: levels in colours that are even in lightness.

The web host has no imaging library; a PNG of one palette needs none.
"""

import struct
import zlib

import numpy as np
from plotly.colors import hex_to_rgb, sequential

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PALETTE_TYPE, EIGHT_BITS = 3, 8
N_COLOURS = 256


def palette() -> np.ndarray:
    """Return magma in 256 steps, (256, 3), uint8."""
    stops = np.array([hex_to_rgb(colour) for colour in sequential.Magma], dtype=float)
    places = np.linspace(0, len(stops) - 1, N_COLOURS)
    channels = [np.interp(places, np.arange(len(stops)), stops[:, k]) for k in range(3)]
    return np.stack(channels, axis=1).round().astype(np.uint8)


def spectrogram_png(db: np.ndarray, *, floor_db: float) -> bytes:
    """Return a picture of levels, the lowest frequency at the bottom.

    Parameters
    ----------
    db : ndarray of shape (n_bands, n_columns)
        Between ``floor_db`` and 0.
    floor_db : float
        The darkest level, below 0.
    """
    shares = 1 - np.clip(db, floor_db, 0) / floor_db
    steps = np.round(shares * (N_COLOURS - 1)).astype(np.uint8)[::-1]
    height, width = steps.shape
    header = struct.pack(">IIBBBBB", width, height, EIGHT_BITS, PALETTE_TYPE, 0, 0, 0)
    lines = np.zeros((height, width + 1), dtype=np.uint8)  # each line starts with filter 0
    lines[:, 1:] = steps
    return b"".join(
        [
            SIGNATURE,
            _chunk(b"IHDR", header),
            _chunk(b"PLTE", palette().tobytes()),
            _chunk(b"IDAT", zlib.compress(lines.tobytes(), 6)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)
