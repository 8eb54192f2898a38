"""Recordings that FFmpeg reads: M4A/AAC, WMA, Opus, the sound of videos.

Imports PyAV; itself imported only when a file needs it.
"""

import io
from collections.abc import Iterator

import av
import numpy as np
from av.stream import Discard

from pipeline.audio.container import AUDIO_DECODERS, GuardedStream, open_container
from pipeline.audio.errors import AudioError
from pipeline.audio.formats import FFmpegFormat, accepted
from pipeline.audio.mono import channel_mean

# A damaged index can name millions of packets that hold one sample or none, at 0.1 ms each.
PACKET_ALLOWANCE, SAMPLES_PER_PACKET = 10_000, 32  # codecs have 64 and more
MAX_DAMAGED_SHARE = 0.1  # of the packets; players leave a damaged one out too


class FFmpegRecording:
    """A file that FFmpeg has opened; see ``recording.Recording``.

    Parameters
    ----------
    stream : FileIO or BytesIO
        Stays open.
    kind : str
        What the file is by its first bytes, for messages.
    format_ : FFmpegFormat
        Its name, and the demuxers to try.

    Raises
    ------
    AudioError
        ``broken``, ``empty``, or ``not_audio`` if there is no sound in it that may be decoded.
    """

    def __init__(self, stream: io.FileIO | io.BytesIO, kind: str, format_: FFmpegFormat) -> None:
        self.format = format_.name
        self.announced_s: float | None = None  # FFmpeg's is often an estimate
        self._kind = kind
        self._source = GuardedStream(stream)
        # FFmpeg brings each frame into one plane of float32. PyAV must not be asked for an array
        # of separate planes: with 8 channels or more it reads beyond their list and crashes.
        self._packer: av.AudioResampler | None = None
        self._layout = ""
        self._container = self._opened(format_.demuxers)
        try:
            self._frames = self._decoded(self._chosen_stream())
            # Rate and channels of the first real sound: an AAC header may state half the rate.
            self._first = next(self._frames, None)
            if self._first is None:
                raise AudioError(
                    "empty", f"the {self.format} file holds no samples. Export it again."
                )
        except BaseException:
            self.close()
            raise
        self.original_sr: int = self._first.sample_rate
        self.channels: int = self._first.layout.nb_channels

    def blocks(self, block_samples: int) -> Iterator[np.ndarray]:
        """Yield the mean of the channels until the file really ends."""
        block_frames = max(1, block_samples // self.channels)
        pieces: list[np.ndarray] = []
        n_frames = 0
        frame = self._first
        while frame is not None:
            pieces.append(self._mono(frame))
            n_frames += len(pieces[-1])
            if n_frames >= block_frames:
                yield np.concatenate(pieces)
                pieces, n_frames = [], 0
            frame = next(self._frames, None)
        if pieces:
            yield np.concatenate(pieces)

    def close(self) -> None:
        """Close FFmpeg's side of the file."""
        self._container.close()

    def _opened(self, demuxers: tuple[str, ...]) -> av.container.InputContainer:
        reason = ""
        for demuxer in demuxers:
            try:
                return open_container(self._source, demuxer)
            except (av.FFmpegError, ValueError) as error:
                reason = _reason(error)
        self._source.validate()
        raise self._broken(reason)

    def _chosen_stream(self) -> av.AudioStream:
        """Return the sound to hear, and have the demuxer leave out everything else."""
        best = self._container.streams.best("audio")
        found = sorted(self._container.streams.audio, key=lambda stream: stream is not best)
        readable = [stream for stream in found if _decoder(stream) in AUDIO_DECODERS]
        if not readable:
            codings = ", ".join(_decoder(stream) for stream in found)
            reason = f"its sound cannot be read ({codings})" if found else "it has no sound"
            raise AudioError("not_audio", f"this is {self._kind}, but {reason}. {accepted()}")
        chosen = readable[0]
        for stream in self._container.streams:
            if stream is not chosen:
                stream.discard = Discard.all
        chosen.codec_context.thread_count = 1
        return chosen

    def _decoded(self, stream: av.AudioStream) -> Iterator[av.AudioFrame]:
        """Yield the frames that have sound, and check that the file gets somewhere."""
        n_packets = n_damaged = n_samples = 0
        for packet in self._packets(stream):
            if n_packets > PACKET_ALLOWANCE + n_samples // SAMPLES_PER_PACKET:
                raise self._broken(f"{n_packets} packets hold {n_samples} samples")
            n_packets += 1
            try:
                frames = packet.decode()
            except (av.FFmpegError, ValueError):
                n_damaged += 1
                continue
            for frame in frames:
                if frame.samples:
                    n_samples += frame.samples
                    yield frame
                    self._source.restart_clock()  # after what the listener took
        self._source.validate()
        if self._source.is_stalled:
            raise self._broken("reading it comes to no end")
        if n_damaged > MAX_DAMAGED_SHARE * n_packets:
            raise self._broken(f"{n_damaged} of {n_packets} packets cannot be decoded")

    def _packets(self, stream: av.AudioStream) -> "Iterator[av.Packet[av.AudioStream]]":
        try:
            yield from self._container.demux(stream)
        except (av.FFmpegError, ValueError) as error:
            self._source.validate()
            raise self._broken(_reason(error)) from error

    def _mono(self, frame: av.AudioFrame) -> np.ndarray:
        """Return the mean of the channels of a frame, float32 with full scale -1..1."""
        if frame.sample_rate != self.original_sr:
            raise self._broken(
                f"its rate changes from {self.original_sr} to {frame.sample_rate} Hz"
            )
        if frame.layout.name != self._layout or self._packer is None:
            self._packer, self._layout = av.AudioResampler(format="flt"), frame.layout.name
        try:
            pieces = [
                piece.to_ndarray().reshape(-1, piece.layout.nb_channels)
                for piece in self._packer.resample(frame)
            ]
            return channel_mean(np.concatenate(pieces))
        except (av.FFmpegError, ValueError) as error:
            raise self._broken(_reason(error)) from error

    def _broken(self, reason: str) -> AudioError:
        return AudioError(
            "broken", f"this looks like {self._kind}, but is damaged ({reason}). Export it again."
        )


def _decoder(stream: av.AudioStream) -> str:
    """Return the name of the decoder that FFmpeg would use."""
    context = stream.codec_context
    return context.codec.name if context is not None else "an unknown coding"


def _reason(error: Exception) -> str:
    """Return what FFmpeg complains of, without the name and code around it."""
    return str(getattr(error, "strerror", None) or error).rstrip(".")
