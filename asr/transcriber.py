"""What any recogniser must be able to do, and how the one in use is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from asr.decoding import Decoding
from asr.languages import Detected
from asr.models import find_model, pick_compute_type, pick_device
from asr.speech import Samples
from data.types import Provenance, Segment


class Listening(Protocol):
    """The legs of a recording, ready to be recognised together."""

    @property
    def speech_s(self) -> Sequence[float]:
        """For each leg the seconds in which somebody may be speaking; 0 means that it will have no segment."""

    def languages(self) -> Sequence[Detected | None]:
        """The language spoken on each leg; None where nobody speaks."""

    def segments(self, languages: Sequence[str | None], *, switching: bool = False) -> Iterator[Segment]:
        """What is said, as it is recognised and in order of time; the channel is the leg's number, the role unknown.

        ``languages``: one for each leg; a leg without is left out. With ``switching`` a stretch that is surely in
        another language is written in that one. Raises LanguageUnsupported (permanent).
        """


class Transcriber(Protocol):
    """Safe to use from several threads at once."""

    @property
    def provenance(self) -> Provenance: ...

    def listen(self, legs: Iterable[Samples]) -> Listening:
        """``legs``: each mono, 16 kHz, −1…+1, all from the same moment on."""

    def likelihoods(self, samples: Samples, texts: Sequence[str], language: str) -> list[float]:
        """For each text the logarithm of its probability, given at most 30 s of one leg."""


def load_transcriber(
    model: str | Path,
    *,
    device: str = "auto",
    compute_type: str = "auto",
    threads: int = 1,
    decoding: Decoding | None = None,
) -> Transcriber:
    """A recogniser with its model in memory.

    ``model`` is a folder, or the name of a Hugging Face model that lies on this machine already. ``auto`` takes a GPU
    where there is one, with float16 there and int8 on a CPU. ``threads`` bounds the windows recognised at a time.
    Raises ModelMissing, ModelCorrupt or GpuUnusable (retry: once it is there).
    """
    from asr.whisper import load_whisper

    device = pick_device(device)
    return load_whisper(
        find_model(model),
        device=device,
        compute_type=pick_compute_type(device, compute_type),
        threads=threads,
        decoding=decoding or Decoding(),
    )
