"""Sound encoded by FFmpeg into the containers that libsndfile does not write."""

import io
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

VIDEO_RATE_HZ = 10
LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1(wide)"}
VIDEO_SIDE = 64  # pixels


def media(
    y: np.ndarray,
    sr: int,
    *,
    container: str,
    codec: str,
    video: str | None = None,
    bit_rate: int = 128_000,
) -> bytes:
    """Return a file as bytes.

    Parameters
    ----------
    y : ndarray of shape (n_frames,) or (n_frames, n_channels), float
        With 1, 2, 6 or 8 channels.
    sr : int
    container, codec : str
        FFmpeg's names of the muxer and of the sound's encoder.
    video : str, optional
        Encoder of a small video beside it.
    bit_rate : int
        Of the sound, in bits per second.
    """
    file = io.BytesIO()
    channels = np.atleast_2d(np.asarray(y, dtype=np.float32).T)
    with av.open(file, "w", format=container) as output:
        picture = output.add_stream(video, rate=VIDEO_RATE_HZ) if video else None
        if picture is not None:
            picture.width = picture.height = VIDEO_SIDE
            picture.pix_fmt = "yuv420p"
        sound = output.add_stream(codec, rate=sr, layout=LAYOUTS[len(channels)])
        sound.bit_rate = bit_rate
        output.start_encoding()
        if picture is not None:
            for frame in _pictures(channels.shape[1] / sr):
                output.mux(picture.encode(frame))
            output.mux(picture.encode(None))
        for frame in _pieces(channels, sr, sound.codec_context):
            output.mux(sound.encode(frame))
        output.mux(sound.encode(None))
    return file.getvalue()


def silent_film() -> bytes:
    """Return an MP4 file that has pictures only."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as output:
        picture = output.add_stream("mpeg4", rate=VIDEO_RATE_HZ)
        picture.width = picture.height = VIDEO_SIDE
        picture.pix_fmt = "yuv420p"
        for frame in _pictures(2.0):
            output.mux(picture.encode(frame))
        output.mux(picture.encode(None))
    return file.getvalue()


def write_repeated(path: Path, clip: bytes, times: int) -> None:
    """Write the sound of a clip over and over into one file, without encoding it again."""
    with av.open(io.BytesIO(clip)) as source, av.open(path, "w", format="ipod") as output:
        stream = output.add_stream_from_template(source.streams.audio[0])
        packets = [bytes(packet) for packet in source.demux(audio=0) if packet.size]
        n_frames = source.streams.audio[0].codec_context.frame_size
        for number in range(times * len(packets)):
            packet = av.Packet(packets[number % len(packets)])
            packet.stream = stream
            packet.pts = packet.dts = number * n_frames
            packet.duration = n_frames
            packet.time_base = Fraction(1, stream.rate)
            output.mux(packet)


def _pictures(duration_s: float) -> Iterator[av.VideoFrame]:
    for number in range(round(duration_s * VIDEO_RATE_HZ)):
        pixels = np.full((VIDEO_SIDE, VIDEO_SIDE, 3), 8 * number % 256, dtype=np.uint8)
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
        frame.pts, frame.time_base = number, Fraction(1, VIDEO_RATE_HZ)
        yield frame


def _pieces(
    channels: np.ndarray, sr: int, context: av.AudioCodecContext
) -> Iterator[av.AudioFrame]:
    """Yield frames of the sample format and the length that an encoder wants."""
    # One plane with the channels in turn: PyAV crashes over 8 planes.
    packed = np.ascontiguousarray(channels.T).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=context.layout)
    frame.sample_rate, frame.pts, frame.time_base = sr, 0, Fraction(1, sr)
    resampler = av.AudioResampler(
        format=context.format, layout=context.layout, rate=sr, frame_size=context.frame_size or 1024
    )
    yield from resampler.resample(frame)
    yield from resampler.resample(None)
