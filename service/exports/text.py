"""The transcript to read: who said what, and when."""

from __future__ import annotations

from asr.formats import shown
from data.types import Turn
from nlp.summary import summary
from service.exports.material import Material


def text(material: Material) -> str:
    """A head, the contact in short, then a paragraph a turn; its further lines are indented, lest they pose as one."""
    short = [f"- {shown(line.text)}" for line in summary(material.record.highlights)]
    return "\n".join([*_head(material), "", *short, *[""] * bool(short), *map(_paragraph, material.turns)]) + "\n"


def _head(material: Material) -> list[str]:
    record = material.record
    facts = [record.channel.value, f"{record.started_at:%Y-%m-%d %H:%M} UTC", f"contact {record.id}"]
    if record.duration_s:
        facts.insert(2, f"{_clock(round(record.duration_s * 1000))} min")
    if material.set_aside:
        facts.append(f"{len(material.set_aside)} set aside as doubtful")
    return [*filter(None, [shown(record.subject or "")]), ", ".join(facts)]


def _paragraph(turn: Turn) -> str:
    when = f"[{_clock(turn.begin_ms)}] " if turn.begin_ms is not None else ""
    lines = [shown(line) for line in turn.text.splitlines()]
    return "\n  ".join([f"{when}{turn.role.value}: {lines[0] if lines else ''}".rstrip(), *lines[1:]])


def _clock(ms: int) -> str:
    minutes, seconds = divmod(ms // 1000, 60)
    return f"{minutes}:{seconds:02d}"
