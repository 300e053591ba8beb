"""Who is the agent and who the customer, by what they say; beside it, what a machine says.

An agent greets, names the company, asks for the account and what can be done; a customer says why they call. Each
such phrase is evidence; what counts is the difference between the two parties. It is compared with the channel map,
and where several people share a channel it alone says who they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log2

from asr.channels import ChannelCheck, roles_of
from asr.roles_cues import Section, cues, plain
from asr.roles_system import Party, believed, mark_system, party
from data.types import Role, Segment

SWAPPED = "roles_swapped"
"""The content contradicts the channel map."""
CORRECTED = "roles_corrected"
"""And the roles are those of the content."""
UNCLEAR = "roles_unclear"
"""Several people share a channel, and what they say does not tell who is who."""

LIKELY = 2.0
"""Enough where nothing else says who is who."""
CLEAR, CLEAR_SHARE = 2.5, 0.25
"""Evidence against the usual order of channels: its weight, and its share of all the evidence there is."""
OVERWHELMING, OVERWHELMING_SHARE = 8.0, 0.6
"""Evidence against a map that the source itself gave."""
FIRST = 0.5
"""Agents answer: who speaks first is a little likelier to be one."""
_DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """The segments with their roles, and the flags of the recording that say how they came about."""

    segments: tuple[Segment, ...]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """How much speaks for the agent and for the customer."""

    agent: float = 0.0
    customer: float = 0.0

    @property
    def lean(self) -> float:
        """Above 0: rather the agent."""
        return self.agent - self.customer

    @property
    def weight(self) -> float:
        return self.agent + self.customer


def cast(segments: Iterable[Segment], channels: ChannelCheck, channel_map: tuple[Role, ...] | None = None) -> Cast:
    """Roles of a whole recording's segments: those of its channels, checked by content, or those of its voices.

    A ``channel_map`` is what the source itself says; more has to speak against it than against the usual order.
    Raises ChannelMapInvalid (permanent).
    """
    marked = mark_system(_placed(segments, roles_of(channels, channel_map)))
    found = evidence([one for one in marked if one.role is not Role.SYSTEM and believed(one)])
    if any(segment.role is Role.UNKNOWN and segment.speaker is not None for segment in marked):
        return _told_apart(marked, found)
    return _compared(marked, found, own_map=channel_map is not None)


def _placed(segments: Iterable[Segment], roles: Sequence[Role]) -> list[Segment]:
    """With their channels' roles; where a channel has one, voices in it are not told apart."""
    known = [role is not Role.UNKNOWN for role in roles]
    return [
        replace(segment, role=roles[segment.channel], speaker=None if known[segment.channel] else segment.speaker)
        for segment in segments
    ]


def evidence(segments: Sequence[Segment]) -> dict[Party, Evidence]:
    """What each party's words say of its role; parties in the order of their first words."""
    texts: dict[Party, list[tuple[str, str]]] = defaultdict(list)
    for segment in sorted(segments, key=lambda segment: segment.begin_ms):
        texts[party(segment)].append((segment.language or _DEFAULT_LANGUAGE, segment.text))
    found = {key: _weighed(said) for key, said in texts.items()}
    if found:
        first = next(iter(found))
        found[first] = replace(found[first], agent=found[first].agent + FIRST)
    return found


def _weighed(said: Sequence[tuple[str, str]]) -> Evidence:
    by_language: dict[str, str] = {}
    for language, text in said:
        by_language[language] = by_language.get(language, "") + " " + plain(text)
    return Evidence(agent=_score(by_language, "agent"), customer=_score(by_language, "customer"))


def _score(texts: Mapping[str, str], section: Section) -> float:
    """Said three times, a phrase counts twice."""
    found = (
        (weight, len(pattern.findall(text)))
        for language, text in texts.items()
        for weight, pattern in cues(language, section)
    )
    return sum(weight * log2(1 + count) for weight, count in found)


def _compared(segments: Sequence[Segment], found: Mapping[Party, Evidence], *, own_map: bool) -> Cast:
    """The channels' roles, or the other way round where the content says so."""
    role_of = {party(segment): segment.role for segment in segments if segment.role is not Role.SYSTEM}
    sides = {
        role: [found[key] for key, is_role in role_of.items() if is_role is role and key in found]
        for role in (Role.AGENT, Role.CUSTOMER)
    }
    against = sum(one.lean for one in sides[Role.CUSTOMER]) - sum(one.lean for one in sides[Role.AGENT])
    share = against / max(sum(one.weight for side in sides.values() for one in side), 1e-9)
    if not all(sides.values()) or against < CLEAR or share < CLEAR_SHARE:
        return Cast(segments=tuple(segments))
    if own_map and (against < OVERWHELMING or share < OVERWHELMING_SHARE):
        return Cast(segments=tuple(segments), flags=(SWAPPED,))
    other = {Role.AGENT: Role.CUSTOMER, Role.CUSTOMER: Role.AGENT}
    swapped = (replace(segment, role=other.get(segment.role, segment.role)) for segment in segments)
    return Cast(segments=tuple(swapped), flags=(SWAPPED, CORRECTED))


def _told_apart(segments: Sequence[Segment], found: Mapping[Party, Evidence]) -> Cast:
    """Voices of one channel: the one most like an agent and the one most like a customer, if they differ enough."""
    roles = voice_roles(found)
    given = (
        replace(segment, role=roles.get(party(segment), Role.UNKNOWN)) if segment.role is Role.UNKNOWN else segment
        for segment in segments
    )
    unclear = len(found) > 1 and not {Role.AGENT, Role.CUSTOMER} <= set(roles.values())
    return Cast(segments=tuple(given), flags=(UNCLEAR,) if unclear else ())


def voice_roles(found: Mapping[Party, Evidence]) -> dict[Party, Role]:
    """A further voice gets a role only by clear evidence of its own, and so does one that is alone."""
    roles = {key: Role.AGENT if one.lean > 0 else Role.CUSTOMER for key, one in found.items() if abs(one.lean) >= CLEAR}
    if len(found) < 2:
        return roles
    agent = max(found, key=lambda key: found[key].lean)
    customer = min(found, key=lambda key: found[key].lean)
    if found[agent].lean - found[customer].lean < LIKELY:
        return {}
    return {**roles, agent: Role.AGENT, customer: Role.CUSTOMER}
