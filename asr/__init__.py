"""Audio to transcript: which model, who is on which channel, what is said when, and in which turns."""

from asr.assemble import assemble, spoken_language
from asr.channels import ChannelCheck, check_channels, shared_channel, transcribe
from asr.decoding import Decoding
from asr.diarization import Diarized, Voice, diarize, same_voices
from asr.languages import UNDETERMINED, Detected
from asr.loudness import joined as join_levels
from asr.loudness import levels, loudness
from asr.models import choose_model
from asr.roles import Cast, cast
from asr.set_aside import as_turns, set_aside, suspects
from asr.speakers import VoiceEncoder, load_voices
from asr.transcriber import Listening, Transcriber, load_transcriber
from asr.trust import is_suspect
from asr.turns import turns
from asr.vocabulary import Vocabulary

__all__ = [
    "UNDETERMINED",
    "Cast",
    "ChannelCheck",
    "Decoding",
    "Detected",
    "Diarized",
    "Listening",
    "Transcriber",
    "Vocabulary",
    "Voice",
    "VoiceEncoder",
    "as_turns",
    "assemble",
    "cast",
    "check_channels",
    "choose_model",
    "diarize",
    "is_suspect",
    "join_levels",
    "levels",
    "load_transcriber",
    "load_voices",
    "same_voices",
    "shared_channel",
    "loudness",
    "set_aside",
    "spoken_language",
    "suspects",
    "transcribe",
    "turns",
]
