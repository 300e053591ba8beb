"""Audio to transcript: which model, who is on which channel, what is said when, and in which turns."""

from asr.assemble import assemble, spoken_language
from asr.channels import ChannelCheck, check_channels, transcribe
from asr.decoding import Decoding
from asr.languages import UNDETERMINED, Detected
from asr.models import choose_model
from asr.transcriber import Listening, Transcriber, load_transcriber
from asr.trust import is_suspect
from asr.turns import turns

__all__ = [
    "ChannelCheck",
    "Decoding",
    "Detected",
    "Listening",
    "Transcriber",
    "UNDETERMINED",
    "assemble",
    "check_channels",
    "choose_model",
    "is_suspect",
    "load_transcriber",
    "spoken_language",
    "transcribe",
    "turns",
]
