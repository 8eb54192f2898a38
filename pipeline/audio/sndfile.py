"""Recordings that libsndfile reads: WAV, FLAC, Ogg (Vorbis, Opus), MP3, AIFF, AU, CAF, W64."""

import io
import re
from collections.abc import Iterator

import numpy as np
import soundfile

from pipeline.audio.errors import AudioError
from pipeline.audio.formats import ACCEPTED_FORMATS, accepted
from pipeline.audio.mono import channel_mean
from pipeline.signatures import AUDIO_KINDS

# The sound of WAV, AIFF and AU in libsndfile's log: "data : 441000 (should be 48470)".
CUT_OFF = re.compile(r"^ *(?:data|SSND|Data Size) *: (\d{1,10}) \(should be (\d{1,10})\)$", re.M)
UNKNOWN_LENGTH = 0x7FFFF000  # bytes; from there on placeholders of sox (this one) and ffmpeg


class SndfileRecording:
    """A file that libsndfile has opened; see ``recording.Recording``.

    Parameters
    ----------
    stream : FileIO or BytesIO
        At its start; stays open.
    kind : str or None
        What the file is by its first bytes.

    Raises
    ------
    soundfile.LibsndfileError
        If libsndfile cannot open it.
    AudioError
        ``not_audio`` if libsndfile takes it for a format that is not offered.
    """

    def __init__(self, stream: io.FileIO | io.BytesIO, kind: str | None) -> None:
        # A descriptor, since soundfile would trust a name such as "clip.raw" over the content.
        source = stream.fileno() if isinstance(stream, io.FileIO) else stream
        self._file = _Forward(source, closefd=False)
        self._kind = kind
        self.format: str = self._file.format
        self.original_sr: int = self._file.samplerate
        self.channels: int = self._file.channels
        self.announced_s = _announced_s(self._file)
        if self.format not in ACCEPTED_FORMATS and self.format != "WAVEX":  # a kind of WAV
            description = self._file.format_info
            self.close()
            raise AudioError("not_audio", f"this is taken for {description}. {accepted()}")

    def blocks(self, block_samples: int) -> Iterator[np.ndarray]:
        """Yield the mean of the channels, block by block, until the file really ends."""
        block_frames = max(1, block_samples // self.channels)
        while True:
            try:
                block = self._file.read(block_frames, dtype="float32", always_2d=True)
            except soundfile.LibsndfileError as error:
                raise libsndfile_error(self._kind, error) from error
            if not len(block):
                return
            yield channel_mean(block)

    def close(self) -> None:
        """Close libsndfile's side of the file."""
        self._file.close()


class _Forward(soundfile.SoundFile):
    """A file that is read from start to end only.

    soundfile seeks after every ``read(n)`` of a seekable file, and a seek inside an MP3 makes the
    decoder lose the overlap of its frames: some 250 wrong samples at every block.
    """

    def seekable(self) -> bool:
        """Return False, whatever the format could do."""
        return False


def _announced_s(file: soundfile.SoundFile) -> float | None:
    """Return, to some ms, how long a file would be that holds less sound than its header says.

    libsndfile notes the two sizes of the sound in its log; None where they agree, where it compares
    none (compressed formats, CAF, W64), or where a recorder that wrote to a pipe knew no length.
    """
    noted = CUT_OFF.search(file.extra_info)
    if noted is None:
        return None
    announced, there = map(int, noted.groups())
    if not 0 < there < announced < UNKNOWN_LENGTH:
        return None
    return float(file.frames / file.samplerate * announced / there)


def libsndfile_error(kind: str | None, error: soundfile.LibsndfileError) -> AudioError:
    """Return what libsndfile's refusal of a file of this kind means to its owner."""
    reason = error.error_string.strip().removeprefix("Error : ").rstrip(".")
    if kind in AUDIO_KINDS:
        return AudioError(
            "broken", f"this looks like {kind}, but is damaged ({reason}). Export it again."
        )
    return AudioError("not_audio", f"this is no audio that can be read ({reason}). {accepted()}")
