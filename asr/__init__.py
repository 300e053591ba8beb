"""Audio to transcript: which model, who is on which channel, what is said when, and in which turns."""

from asr.assemble import assemble
from asr.channels import ChannelCheck, check_channels, transcribe
from asr.decoding import Decoding
from asr.languages import Detected
from asr.models import choose_model
from asr.transcriber import Listening, Transcriber, load_transcriber
from asr.turns import turns

__all__ = [
    "ChannelCheck",
    "Decoding",
    "Detected",
    "Listening",
    "Transcriber",
    "assemble",
    "check_channels",
    "choose_model",
    "load_transcriber",
    "transcribe",
    "turns",
]
