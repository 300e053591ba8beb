"""What a line carries besides speech, made from numbers: noise, hum, clicks, tones of the network, hold music.

All are mono at 16 kHz, −1…+1, the same in every run, and through the band of a telephone where the network is in
between. Levels are those of recordings: tones about −15 dBFS, music about −20 dBFS, noise from −50 to −25 dBFS.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from asr.speech import SAMPLE_RATE, Samples

Wave = NDArray[np.float64]
DTMF = {
    **dict(zip("123A", ((697, high) for high in (1209, 1336, 1477, 1633)), strict=True)),
    **dict(zip("456B", ((770, high) for high in (1209, 1336, 1477, 1633)), strict=True)),
    **dict(zip("789C", ((852, high) for high in (1209, 1336, 1477, 1633)), strict=True)),
    **dict(zip("*0#D", ((941, high) for high in (1209, 1336, 1477, 1633)), strict=True)),
}
"""ITU-T Q.23."""
FORMANTS = {"a": (730, 1090, 2440), "o": (570, 840, 2410), "i": (270, 2290, 3010), "u": (300, 870, 2240)}
"""Peterson and Barney, 1952: men's vowels."""


def silence(seconds: float) -> Samples:
    return np.zeros(_count(seconds), dtype=np.float32)


def coloured_noise(seconds: float, *, exponent: float, level_db: float = -30, seed: int = 1) -> Samples:
    """Noise whose power falls with frequency to this exponent: 0 white, 1 pink, 2 brown."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(_count(seconds)))
    frequencies = np.maximum(np.fft.rfftfreq(_count(seconds), 1 / SAMPLE_RATE), 20.0)
    return at_level(np.fft.irfft(spectrum / frequencies ** (exponent / 2), _count(seconds)), level_db)


def hum(seconds: float, *, mains_hz: float = 50, level_db: float = -35) -> Samples:
    """The mains and its odd harmonics, over a faint hiss."""
    wave = sum(_sine(seconds, mains_hz * harmonic) / harmonic for harmonic in (1, 3, 5, 7, 9))
    hiss = np.random.default_rng(2).standard_normal(_count(seconds)) * 0.02
    return at_level(wave + hiss, level_db)


def clicks(seconds: float) -> Samples:
    """About two a second, as of a bad contact: some milliseconds of noise that die away."""
    draw = np.random.default_rng(3)
    wave = np.zeros(_count(seconds))
    for begin in np.cumsum(draw.exponential(0.5, size=round(seconds * 2))):
        burst = draw.standard_normal(160) * np.exp(-np.arange(160) / 30)
        _add(wave, burst * draw.uniform(0.1, 0.6), float(begin))
    return wave.astype(np.float32)


def cadence(seconds: float, *, frequencies: tuple[float, ...], on_s: float, off_s: float) -> Samples:
    """Tones together, on and off: ring, busy and dial tones."""
    time = np.arange(_count(seconds)) / SAMPLE_RATE
    wave = sum(_sine(seconds, frequency) for frequency in frequencies)
    return at_level(wave * (time % (on_s + off_s) < on_s), -18)


RINGS = {
    "ring_us": {"frequencies": (440.0, 480.0), "on_s": 2.0, "off_s": 4.0},
    "ring_eu": {"frequencies": (425.0,), "on_s": 1.0, "off_s": 4.0},
    "ring_uk": {"frequencies": (400.0, 450.0), "on_s": 0.4, "off_s": 0.2},
    "busy_us": {"frequencies": (480.0, 620.0), "on_s": 0.5, "off_s": 0.5},
    "busy_eu": {"frequencies": (425.0,), "on_s": 0.48, "off_s": 0.48},
    "dial_us": {"frequencies": (350.0, 440.0), "on_s": 1.0, "off_s": 0.0},
}
"""ITU-T E.180 and its list of national tones."""


def dtmf(seconds: float, *, seed: int = 4) -> Samples:
    """Keys pressed for 60 to 300 ms, in groups as somebody types a number."""
    draw = np.random.default_rng(seed)
    wave, at = np.zeros(_count(seconds)), 0.5
    while at < seconds - 1:
        for key in draw.choice([*DTMF], size=draw.integers(1, 12)):
            length = float(draw.uniform(0.06, 0.3))
            _add(wave, sum(_sine(length, frequency) for frequency in DTMF[key]) * 0.15, at)
            at += length + float(draw.uniform(0.05, 0.4))
        at += float(draw.uniform(0.5, 4))
    return wave.astype(np.float32)


def hold_music(seconds: float, *, vocals: bool = False, seed: int = 5) -> Samples:
    """Chords, bass, a melody and drums at 100 beats a minute; ``vocals`` sings vowels with vibrato over them."""
    draw = np.random.default_rng(seed)
    wave, beat = np.zeros(_count(seconds)), 0.6
    chords = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14))
    scale = np.array([0, 2, 4, 7, 9, 12, 14, 16])
    for number in range(int(seconds / beat)):
        at, chord = number * beat, chords[number // 4 % 4]
        if number % 4 == 0:
            _add(wave, sum(_note(4 * beat, _pitch(48 + tone), 3) for tone in chord) * 0.12, at)
        _add(wave, _note(beat, _pitch(36 + chord[0]), 2) * 0.2, at)
        _add(wave, _note(beat / 2, _pitch(72 + int(draw.choice(scale))), 5) * 0.15, at + beat / 2 * draw.integers(0, 2))
        _add(wave, draw.standard_normal(1600) * np.exp(-np.arange(1600) / 250) * 0.12, at + beat / 2)
        _add(wave, _sine(0.12, 60) * np.exp(-np.arange(_count(0.12)) / 500) * 0.4, at)
        if vocals and number % 2 == 0:
            vowel = str(draw.choice([*FORMANTS]))
            _add(wave, _sung(1.6 * beat, _pitch(55 + int(draw.choice(scale))), vowel) * 0.5, at)
    return telephone(at_level(wave, -20))


def telephone(wave: Samples | Wave) -> Samples:
    """Only 300 to 3400 Hz of it."""
    spectrum = np.fft.rfft(wave)
    frequencies = np.fft.rfftfreq(len(wave), 1 / SAMPLE_RATE)
    spectrum[(frequencies < 300) | (frequencies > 3400)] = 0
    return np.fft.irfft(spectrum, len(wave)).astype(np.float32)


def at_level(wave: Wave, level_db: float) -> Samples:
    """Its root mean square at so many dBFS (0 dBFS: a square wave of full scale)."""
    root = float(np.sqrt(np.mean(np.square(wave)))) or 1.0
    return np.clip(wave / root * 10 ** (level_db / 20), -1, 1).astype(np.float32)


def _count(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE)


def _sine(seconds: float, frequency: float) -> Wave:
    return np.sin(2 * np.pi * frequency * np.arange(_count(seconds)) / SAMPLE_RATE)


def _pitch(key: int) -> float:
    """Of a key by its MIDI number."""
    return float(440 * 2 ** ((key - 69) / 12))


def _note(seconds: float, frequency: float, overtones: int) -> Wave:
    """Struck and dying away."""
    wave = sum(_sine(seconds, frequency * number) / number**1.5 for number in range(1, overtones + 1))
    return wave * np.exp(-np.arange(_count(seconds)) / SAMPLE_RATE / seconds * 3) * _edges(seconds)


def _sung(seconds: float, frequency: float, vowel: str) -> Wave:
    """A voice's overtones, weighted by the vowel's formants, with vibrato."""
    time = np.arange(_count(seconds)) / SAMPLE_RATE
    phase = 2 * np.pi * frequency * (time + 0.003 * np.sin(2 * np.pi * 5.5 * time) / 5.5)
    wave = np.zeros(len(time))
    for number in range(1, int(3800 / frequency)):
        heard = sum(np.exp(-(((number * frequency - peak) / 120) ** 2)) for peak in FORMANTS[vowel])
        wave += (heard + 0.02) / number**0.5 * np.sin(number * phase)
    return wave * _edges(seconds)


def _edges(seconds: float, fade_s: float = 0.02) -> Wave:
    ramp = np.minimum(np.arange(_count(seconds)) / (fade_s * SAMPLE_RATE), 1)
    return ramp * ramp[::-1]


def _add(wave: Wave, part: Wave, at_s: float) -> None:
    begin = round(at_s * SAMPLE_RATE)
    part = part[: max(len(wave) - begin, 0)]
    wave[begin : begin + len(part)] += part
