"""Ten synthetic styles of music, told apart by rhythm, register, timbre and noise.

They are named after what they are, never after genres of real data, so that nobody takes a score
on them for one on music. Must not import TensorFlow, LightGBM, librosa or ``dashboard``.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from pipeline.datasets.synthesis import band_noise, bell, distorted, harmonics, tone
from pipeline.datasets.takes import Take

_RELEASED = 0.95  # of the written length, so that repeated notes are heard apart


def bells(take: Take) -> None:
    """Play high bells, one or two a beat, ringing into each other."""
    for beat in range(take.n_beats):
        degrees = take.chord(beat) + take.rng.choice([0, 2, 4, 7, 9], size=2)
        for index, degree in enumerate(degrees):
            if index == 0 or take.rng.random() < 0.4:
                strike = bell(take.pitch_hz(int(degree), octave=1), 2.0, sr=take.sr, decay_s=0.9)
                take.add(strike, beat + index / 2, take.rng.uniform(0.4, 0.8))


def breakbeat(take: Take) -> None:
    """Play syncopated drums in sixteenths over a sparse low bass."""
    kicks = {0, *take.rng.choice([3, 6, 7, 10, 11, 13], size=3, replace=False).tolist()}
    ghosts = set(take.rng.choice([1, 5, 7, 9, 14, 15], size=3, replace=False).tolist())
    for step in range(4 * take.n_beats):
        place, beat = step % 16, step / 4
        if place in kicks:
            take.hit("kick", beat, 0.9)
            bass = tone(
                take.pitch_hz(take.chord(int(beat)), octave=-2), 0.8 * take.beat_s,
                sr=take.sr, partials=harmonics(4, roll_off=1.5), decay_s=0.4,
            )  # fmt: skip
            take.add(bass, beat, 0.3)
        if place in (4, 12) or place in ghosts:
            take.hit("snare", beat, 0.8 if place in (4, 12) else 0.25)
        take.hit("hat", beat, 0.35 if place % 2 == 0 else 0.15)


def chorale(take: Take) -> None:
    """Play four held voices, a chord every two beats, with a melody on top."""
    voice = harmonics(10, roll_off=1.3) * (1 + np.array([0, 0.5, 1.5, 1, 0, 0, 1, 0.5, 0, 0]))
    length_s = 2 * take.beat_s
    for beat in range(0, take.n_beats, 2):
        chord = take.chord(beat)
        melody = chord + 7 + int(take.rng.choice([0, 2, 4]))
        for degree, octave in ((chord, -1), (chord + 4, -1), (chord + 2, 0), (melody, 0)):
            note = tone(
                take.pitch_hz(degree, octave=octave), length_s, sr=take.sr, partials=voice,
                attack_s=0.15, vibrato=0.004,
            )  # fmt: skip
            take.add(note, beat, 0.45 if degree == melody else 0.28)


def drone(take: Take) -> None:
    """Hold low fifths that beat against each other slowly, under some air."""
    for degree, octave in ((0, -2), (0, -1), (4, -1), (7, -1)):
        frequency_hz = take.pitch_hz(degree, octave=octave)
        for detune in take.rng.uniform(-0.004, 0.004, size=3):
            note = tone(
                frequency_hz * (1 + detune), take.duration_s, sr=take.sr,
                partials=harmonics(8, roll_off=take.rng.uniform(0.9, 1.6)), attack_s=0.5,
            )  # fmt: skip
            take.add(note, 0, 0.15)
    air = band_noise(take.rng, take.duration_s, sr=take.sr, low_hz=200, high_hz=1_500)
    take.add(air, 0, 0.08)


def plucks(take: Take) -> None:
    """Play broken chords in eighths on a plucked string."""
    pattern = take.rng.permutation([0, 2, 4, 7, 4, 9, 7, 2])
    for step in range(2 * take.n_beats):
        degree = take.chord(step // 2) + int(pattern[step % 8])
        note = tone(
            take.pitch_hz(degree), 1.2, sr=take.sr, partials=harmonics(10, roll_off=1.0),
            attack_s=0.002, decay_s=0.45,
        )  # fmt: skip
        take.add(note, step / 2, take.rng.uniform(0.35, 0.6))


def pulse(take: Take) -> None:
    """Play a bass drum on every beat, an off-beat bass and short chords."""
    saw, round_bass = harmonics(14, roll_off=1.0), harmonics(5, roll_off=1.2)
    for beat in range(take.n_beats):
        chord = take.chord(beat)
        take.hit("kick", beat, 1.0)
        take.hit("hat", beat + 0.5, 0.5)
        if beat % 2:
            take.hit("snare", beat, 0.45)
        for offset in (0.5, 0.75):
            bass = tone(
                take.pitch_hz(chord, octave=-2), 0.25 * take.beat_s, sr=take.sr, partials=round_bass
            )
            take.add(bass, beat + offset, 0.5)
        for degree in (chord, chord + 2, chord + 4):
            stab = tone(
                take.pitch_hz(degree), 0.4 * take.beat_s, sr=take.sr, partials=saw, decay_s=0.2
            )
            take.add(stab, beat + (0.0 if beat % 4 < 2 else 0.5), 0.16)


def riff(take: Take) -> None:
    """Play an overdriven riff of fifths in eighths with loud drums."""
    steps = take.rng.choice([0, 0, 0, 2, 3, 4], size=8)
    saw = harmonics(12, roll_off=0.9)
    for step in range(2 * take.n_beats):
        beat, accent = step / 2, step % 4 in (0, 3)
        degree = take.chord(int(beat)) + int(steps[step % 8])
        length_s = (_RELEASED if accent else 0.55) * take.beat_s / 2
        strings = [
            tone(take.pitch_hz(degree, octave=-1) * ratio, length_s, sr=take.sr, partials=saw)
            for ratio in (0.5, 0.75, 1.0)
        ]
        take.add(distorted(sum(strings, np.zeros(1)), drive=3.0), beat, 0.4 if accent else 0.3)
        take.hit("hat", beat, 0.3)
        if step % 4 == 2:
            take.hit("snare", beat, 0.8)
        elif accent:
            take.hit("kick", beat, 0.8)


def swing(take: Take) -> None:
    """Play a walking bass, a swung ride and a wandering melody of struck strings."""
    struck, position = harmonics(7, roll_off=1.4), 7
    for beat in range(take.n_beats):
        chord = take.chord(beat)
        walk = chord + int((0, 2, 4, take.rng.choice([1, 5, 6]))[beat % 4])
        bass = tone(
            take.pitch_hz(walk, octave=-2), _RELEASED * take.beat_s, sr=take.sr,
            partials=harmonics(6, roll_off=1.3), decay_s=0.5,
        )  # fmt: skip
        take.add(bass, beat, 0.6)
        take.hit("ride", beat, 0.3)
        if beat % 2:
            take.hit("ride", beat + 2 / 3, 0.2)
        for offset in (0.0, 2 / 3):
            if take.rng.random() < 0.6:
                position = int(np.clip(position + take.rng.integers(-2, 3), 3, 12))
                note = tone(take.pitch_hz(position), 0.6, sr=take.sr, partials=struck, decay_s=0.3)
                take.add(note, beat + offset, 0.45)


def waltz(take: Take) -> None:
    """Play bass, chord, chord in three under a reedy melody."""
    reed, position = harmonics(9, roll_off=1.0, odd_only=True), 9
    for beat in range(take.n_beats):
        chord = take.chord(beat, beats_per_bar=3)
        if beat % 3 == 0:
            low = tone(
                take.pitch_hz(chord, octave=-2), take.beat_s, sr=take.sr,
                partials=harmonics(5, roll_off=1.2), decay_s=0.4,
            )  # fmt: skip
            take.add(low, beat, 0.6)
            position = chord + int(take.rng.choice([7, 9, 11]))
        else:
            for degree in (chord, chord + 2, chord + 4):
                soft = tone(
                    take.pitch_hz(degree), 0.4 * take.beat_s, sr=take.sr,
                    partials=harmonics(6, roll_off=1.5), decay_s=0.2,
                )  # fmt: skip
                take.add(soft, beat, 0.18)
            position += int(take.rng.integers(-1, 2))
        melody = tone(
            take.pitch_hz(position), _RELEASED * take.beat_s, sr=take.sr, partials=reed,
            attack_s=0.03, vibrato=0.005,
        )  # fmt: skip
        take.add(melody, beat, 0.35)


def waves(take: Take) -> None:
    """Let bands of noise swell and fade over a faint held chord."""
    beat = 0.0
    while beat < take.n_beats:
        length_s = float(take.rng.uniform(2.0, 4.0))
        low_hz = float(take.rng.uniform(150, 1_200))
        swell = band_noise(
            take.rng, length_s, sr=take.sr, low_hz=low_hz, high_hz=low_hz * take.rng.uniform(2, 6)
        )
        take.add(swell * np.hanning(len(swell)), beat, take.rng.uniform(0.5, 0.9))
        beat += 0.4 * length_s / take.beat_s
    for degree in (0, 4, 9):
        note = tone(
            take.pitch_hz(degree, octave=-1), take.duration_s, sr=take.sr,
            partials=harmonics(4, roll_off=1.5), attack_s=1.0,
        )  # fmt: skip
        take.add(note, 0, 0.06)


class Style(NamedTuple):
    """How a style is played: by whom, how fast (beats a minute), and which one it resembles."""

    play: Callable[[Take], None]
    slowest_bpm: float
    fastest_bpm: float
    neighbour: str


STYLES: dict[str, Style] = {
    "bells": Style(bells, 60, 110, "plucks"),
    "breakbeat": Style(breakbeat, 95, 140, "pulse"),
    "chorale": Style(chorale, 60, 100, "drone"),
    "drone": Style(drone, 60, 100, "waves"),
    "plucks": Style(plucks, 80, 130, "waltz"),
    "pulse": Style(pulse, 110, 140, "breakbeat"),
    "riff": Style(riff, 100, 160, "pulse"),
    "swing": Style(swing, 110, 180, "waltz"),
    "waltz": Style(waltz, 100, 170, "plucks"),
    "waves": Style(waves, 60, 100, "drone"),
}
