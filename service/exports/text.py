"""The transcript to read: who said what, and when."""

from __future__ import annotations

from asr.formats import shown
from data.types import Turn
from nlp.summary import summary
from service.category_view import Shown
from service.exports.material import Material


def text(material: Material) -> str:
    """A head, the contact in short, the categories that match, then a paragraph a turn.

    A turn's further lines are indented, lest they pose as one of another.
    """
    short = [f"- {shown(line.text)}" for line in summary(material.record.highlights)]
    short += [line for one in material.categories if (line := _category(one))]
    return "\n".join([*_head(material), "", *short, *[""] * bool(short), *map(_paragraph, material.turns)]) + "\n"


def _category(one: Shown) -> str | None:
    """None where it does not match."""
    result = one.result
    name = f"- category {shown(result.name)} (version {result.version}): {result.state.replace('_', ' ')}"
    if result.state == "not_evaluated":
        return f"{name}, {result.reason_code}"
    times = [_clock(span.begin_ms) for turn in one.turns for span in turn.spans if span.begin_ms is not None]
    at = f", at {', '.join(dict.fromkeys(times))}" if times else ""
    return f"{name}{at}" if result.state == "matched" else None


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
