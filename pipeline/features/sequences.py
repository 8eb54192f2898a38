"""Log-mel spectrogram and MFCC as sequences of frames, for networks.

From the same transform and filters as the 57 statistics (``summary``). Numpy only: the web process
may import it.
"""

import numpy as np

from pipeline.config import AnalysisParameters
from pipeline.features.parameters import MEL, PIECES, MelParameters, PieceParameters
from pipeline.features.signals import validated_signal
from pipeline.features.spectrum import reflected, stft
from pipeline.features.summary import mel_decibels, mfcc


def magnitudes(y: np.ndarray, *, parameters: AnalysisParameters) -> np.ndarray:
    """Return the magnitude spectrum of each frame of a valid signal, (n_frames, n_bins), float32.

    There is a frame every ``hop_length`` samples from the first on; the ends are mirrored.
    """
    return np.abs(stft(reflected(y, parameters=parameters), parameters=parameters))


def mel_sequence(y: np.ndarray, *, sr: int, parameters: MelParameters = MEL) -> np.ndarray:
    """Return the log-mel spectrogram of a signal, lowest band first.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Mono, full scale -1..1, at least one frame long.
    sr : int
        Rate of ``y`` in Hz; must be ``parameters.sr``.

    Returns
    -------
    ndarray of shape (n_frames, n_mels), float32
        In dB relative to a power of 1, at most ``top_db`` below the largest, -100 at least.

    Raises
    ------
    AudioError
        ``empty``, ``too_short`` (less than one frame) or ``not_finite``.
    """
    y = validated_signal(y, sr=sr, parameters=parameters, shortest=parameters.n_fft)
    S = magnitudes(y, parameters=parameters)
    return mel_decibels(
        S * S, sr=sr, n_fft=parameters.n_fft, n_mels=parameters.n_mels, top_db=parameters.top_db
    )


def mfcc_sequence(y: np.ndarray, *, sr: int, parameters: MelParameters = MEL) -> np.ndarray:
    """Return the mel-frequency cepstral coefficients of a signal.

    Parameters and errors are those of ``mel_sequence``.

    Returns
    -------
    ndarray of shape (n_frames, n_mfcc), float32
        The first coefficients of the orthonormal cosine transform of the bands' dB.
    """
    return mfcc(mel_sequence(y, sr=sr, parameters=parameters), n_mfcc=parameters.n_mfcc)


def mfcc_pieces(y: np.ndarray, *, sr: int, parameters: PieceParameters = PIECES) -> np.ndarray:
    """Return ``mfcc_sequence`` cut into pieces of equal length; frames that are left are dropped.

    Returns
    -------
    ndarray of shape (n_pieces, piece_frames, n_mfcc), float32

    Raises
    ------
    AudioError
        As ``mel_sequence``; ``too_short`` if the signal does not fill one piece.
    """
    length = parameters.piece_frames
    shortest = max(parameters.n_fft, (length - 1) * parameters.hop_length)
    y = validated_signal(y, sr=sr, parameters=parameters, shortest=shortest)
    frames = mfcc_sequence(y, sr=sr, parameters=parameters)
    n_pieces = len(frames) // length
    return frames[: n_pieces * length].reshape(n_pieces, length, parameters.n_mfcc)
