"""The narrow door through which FFmpeg gets a stranger's file.

FFmpeg knows hundreds of formats, and some of them (playlists, references) open other files or
addresses. Here the demuxer is named by us, never guessed; only the decoders listed may run, and
none of them is for pictures; bytes come from the stream that we hand over and from nowhere else.

Imports PyAV; itself imported only when a file needs it.
"""

import io
import time

import av

AUDIO_DECODERS = (
    "aac", "ac3", "adpcm_ima_qt", "adpcm_ima_wav", "adpcm_ms", "alac", "amrnb", "amrwb", "dca",
    "eac3", "flac", "mp1float", "mp2float", "mp3float", "opus", "pcm_alaw", "pcm_f32be",
    "pcm_f32le", "pcm_f64be", "pcm_f64le", "pcm_mulaw", "pcm_s16be", "pcm_s16le", "pcm_s24be",
    "pcm_s24le", "pcm_s32be", "pcm_s32le", "pcm_s8", "pcm_u8", "vorbis", "wmalossless", "wmapro",
    "wmav1", "wmav2", "wmavoice",
)  # fmt: skip
# Besides the demuxer: FFmpeg decodes a few packets of each stream when it opens a file; the list
# of decoders keeps it from doing so with video.
OPTIONS = {
    "codec_whitelist": ",".join(AUDIO_DECODERS),
    "protocol_whitelist": "",
    "enable_drefs": "0",  # sound of a MOV that lies in another file
}
STALL_S = 15.0  # without new sound; below the 20 s after which the server kills its decoder
READ_RATIO, READ_ALLOWANCE_BYTES = 8, 64 * 2**20  # times its size: more is going in circles


class GuardedStream:
    """A stream as FFmpeg may read it: what goes wrong is kept, since an error must not enter C.

    After a failure, or when the file keeps FFmpeg reading to no end, the stream looks as if it
    ended.

    Parameters
    ----------
    stream : FileIO or BytesIO
        Stays open.

    Attributes
    ----------
    is_stalled : bool
        Whether reading was ended because it led nowhere.
    """

    def __init__(self, stream: io.FileIO | io.BytesIO) -> None:
        self._stream = stream
        self._allowance = READ_RATIO * stream.seek(0, io.SEEK_END) + READ_ALLOWANCE_BYTES
        self._failure: BaseException | None = None
        self.is_stalled = False
        self.restart_clock()

    def read(self, n_bytes: int) -> bytes:
        """Return the next bytes; none at the end and after a failure."""
        if self._failure is not None or self._stalls():
            return b""
        try:
            content = self._stream.read(n_bytes) or b""
        except BaseException as error:  # an interrupt too: PyAV would swallow it
            self._failure = error
            return b""
        self._allowance -= len(content)
        return content

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Return the new position, or -1 where a damaged file asks for an impossible one."""
        try:
            return self._stream.seek(offset, whence)
        except (OSError, ValueError, OverflowError):
            return -1
        except BaseException as error:
            self._failure = error
            return -1

    def tell(self) -> int:
        """Return the position."""
        return self._stream.tell()

    def restart_clock(self) -> None:
        """Note that sound came, or that whoever hears it took its time."""
        self._progress = time.monotonic()

    def validate(self) -> None:
        """Raise what went wrong when the stream was read."""
        if self._failure is not None:
            raise self._failure

    def _stalls(self) -> bool:
        """Return whether too much was read, or too much time has passed, without sound."""
        if time.monotonic() - self._progress > STALL_S or self._allowance < 0:
            self.is_stalled = True
        return self.is_stalled


def open_container(stream: GuardedStream, demuxer: str) -> av.container.InputContainer:
    """Return a file opened by one demuxer.

    Raises
    ------
    av.FFmpegError, ValueError
        If the demuxer cannot read it, or the file wants to open another one.
    """
    stream.seek(0)
    return av.open(
        stream,
        mode="r",
        format=demuxer,
        container_options={**OPTIONS, "format_whitelist": demuxer},
        metadata_errors="replace",
        io_open=_refuse,
    )


def _refuse(address: str, _flags: int, _options: dict[str, str]) -> io.BytesIO:
    raise ValueError(f"it refers to another file or address, {address[:80]!r}")
