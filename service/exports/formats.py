"""The formats by name, and one contact in one of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from asr.formats import ctm, has_word_times, is_timed, rttm, srt, webvtt
from data.errors import ExportUnfit
from data.records import InteractionRecord
from data.stores import Stores
from data.types import Channel
from service.exports.document import transcript
from service.exports.material import Material, gather
from service.exports.text import text
from service.exports.vcon import vcon


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    name: str
    """Also the ending of its files."""
    title: str
    media_type: str
    write: Callable[[Material], str]
    for_writing: bool = False
    """Whether a written contact has what it holds."""
    tells_categories: bool = False
    """Whether it says what was found in the contact, besides what was said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    file_name: str
    """Of ASCII letters, digits, - and . only, and unlike that of every other contact."""
    media_type: str
    content: str


def export(stores: Stores, record: InteractionRecord, format_name: str) -> Exported:
    """Raises ExportUnfit (permanent), ExportNotReady (retry)."""
    chosen = FORMATS[format_name]
    if record.channel is not Channel.VOICE and not chosen.for_writing:
        raise ExportUnfit(f"{chosen.title} needs times, and a written contact has none: take txt, json or vcon")
    content = chosen.write(gather(stores, record, with_categories=chosen.tells_categories))
    name = f"{record.channel.value}-{record.started_at:%Y%m%d-%H%M%S}-{record.id}.{chosen.name}"
    return Exported(file_name=name, media_type=chosen.media_type, content=content)


def offered(channel: Channel) -> tuple[Format, ...]:
    """The formats that a contact of this channel can be had in."""
    return tuple(one for one in FORMATS.values() if channel is Channel.VOICE or one.for_writing)


def _srt(material: Material) -> str:
    return srt(_timed(material).turns)


def _webvtt(material: Material) -> str:
    return webvtt(_timed(material).turns, note=f"contact {material.record.id}")


def _ctm(material: Material) -> str:
    if not has_word_times(material.turns):
        raise ExportUnfit("CTM needs the time of every word, and this transcript came without: take rttm, vtt or json")
    return ctm(material.turns, source=str(material.record.id))


def _rttm(material: Material) -> str:
    return rttm(_timed(material).turns, source=str(material.record.id))


def _timed(material: Material) -> Material:
    if not is_timed(material.turns):
        raise ExportUnfit("this transcript came without times: take txt, json or vcon")
    return material


def _json(material: Material) -> str:
    return transcript(material).model_dump_json(by_alias=True, indent=1) + "\n"


def _vcon(material: Material) -> str:
    return json.dumps(vcon(material), ensure_ascii=False, indent=1) + "\n"


def _of_everything(name: str, title: str, media_type: str, write: Callable[[Material], str]) -> Format:
    return Format(name=name, title=title, media_type=media_type, write=write, for_writing=True, tells_categories=True)


_ALL = (
    _of_everything("txt", "Text to read", "text/plain; charset=utf-8", text),
    Format(name="srt", title="SubRip subtitles", media_type="application/x-subrip; charset=utf-8", write=_srt),
    Format(name="vtt", title="WebVTT subtitles", media_type="text/vtt; charset=utf-8", write=_webvtt),
    _of_everything("json", "JSON", "application/json", _json),
    _of_everything("vcon", "vCon", "application/vcon+json", _vcon),
    Format(name="ctm", title="CTM, word times", media_type="text/plain; charset=utf-8", write=_ctm),
    Format(name="rttm", title="RTTM, who spoke when", media_type="text/plain; charset=utf-8", write=_rttm),
)
FORMATS: Mapping[str, Format] = MappingProxyType({one.name: one for one in _ALL})
