"""How speech is recognised: one set of parameters for every recording, and their hash for provenance."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """Each window stands alone: no earlier text is a prompt, so one slip cannot run through a whole call.

    Decoding is by beam search and never samples: the same recording gives the same transcript.
    """

    beam_size: int = 5
    sure_log_probability: float = -0.3
    """A piece is read by the likeliest word at each place; by beam search where its words' mean is less likely."""
    window_s: float = 60.0
    """Recognised as one piece, two of Whisper's own 30 s. Measured: windows of 30 s make a fifth more errors,
    windows of 120 s none fewer, and leave less to do side by side."""
    vad_threshold: float = 0.15
    """Probability of speech from which a frame is kept; low, since a lost word costs more than a kept breath."""
    vad_margin_s: float = 0.6
    vad_min_silence_s: float = 1.0
    """Only silences that stay this long after the margins are left out."""
    pause_threshold: float = 0.35
    pause_s: float = 0.2
    """A window may be cut where speech is this unlikely for this long."""
    max_compression: float = 2.4
    """Text that compresses better than this repeats itself (Whisper's own mark) …"""
    repetition_penalty: float = 1.2
    """… and is recognised once more with repeated words made this much less likely."""
    min_log_probability: float = -1.0
    max_no_speech: float = 0.6
    """Less likely text than the one, in a window more likely to be silent than the other, is no speech."""

    sure_threshold: float = 0.5
    """From this probability on somebody surely speaks; where that goes on for …"""
    missed_s: float = 0.7
    """… this long …"""
    near_s: float = 0.2
    """… and no word lies this near, the stretch is recognised once more …"""
    beside_s: float = 2.0
    """… with the segments that stand this near before and after it …"""
    around_s: float = 12.0
    """… as far as this from it, so that all fits into one piece …"""
    recovered_confidence: float = 0.5
    """… and its text believed from this mean word probability on."""

    @property
    def params_hash(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]
