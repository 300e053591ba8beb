"""What a contact is about, what came of it and what happens next: extracts of what was said, never written anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from data.types import Channel, Highlight, Skipped, Turn
from nlp.actions import find_actions
from nlp.closing import passages
from nlp.closing_cues import closing_cues
from nlp.issue import NoIssue, find_issues
from nlp.issue_cues import cues
from nlp.outcomes import find_outcomes

PROMISED = 0.6
"""The confidence of an action from which on it is an outcome too."""

__all__ = ["Highlights", "find_highlights"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlights:
    """Issues, then outcomes, then actions; and what was not looked for, or not found, and why."""

    found: tuple[Highlight, ...]
    skipped: tuple[Skipped, ...] = ()


def find_highlights(
    turns: Sequence[Turn], *, channel: Channel, subject: str | None = None, language: str = "en"
) -> Highlights:
    """Those of one contact, from redacted turns."""
    issues = find_issues(turns, channel=channel, subject=subject, language=language)
    about, skipped = ((), [_skipped("issue", issues.reason_code)]) if isinstance(issues, NoIssue) else (issues, [])
    closing = closing_cues(language)
    if closing is None:
        skipped += [_skipped(kind, "language.no_cues") for kind in ("outcome", "action")]
        return Highlights(found=about, skipped=tuple(skipped))
    said = passages(turns, channel, closing, cues(language))
    outcomes = find_outcomes(said, about)
    actions = find_actions(said, outcomes)
    return Highlights(found=(*about, *(outcomes or _promised(actions)), *actions), skipped=tuple(skipped))


def _promised(actions: Sequence[Highlight]) -> tuple[Highlight, ...]:
    """Where nothing else came of it, what the agent is to do is what the contact came to."""
    agents = [one for one in actions if one.label == "agent" and one.confidence >= PROMISED]
    best = max(agents, key=lambda one: one.confidence, default=None)
    return () if best is None else (replace(best, kind="outcome", label="promised"),)


def _skipped(kind: str, reason_code: str) -> Skipped:
    return Skipped(feature=f"highlights.{kind}", reason_code=reason_code)
