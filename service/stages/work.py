"""What the pipeline and its stages tell one another."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from data.errors import ReasonanceError, StageFailed
from data.records import InteractionRecord
from data.stages import Claim
from data.stores import Stores
from data.types import Channel
from ingest.kinds import TURNS
from service.runtime import Runtime

KeepGoing: TypeAlias = Callable[[], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A claimed piece of work, and the interaction it is for."""

    claim: Claim
    record: InteractionRecord

    @property
    def id(self) -> uuid.UUID:
        return self.claim.key.interaction_id

    @property
    def is_heard(self) -> bool:
        """Whether it is a recording; a call may also have come as a transcript."""
        return self.record.channel is Channel.VOICE and self.record.media_type != TURNS


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one: ``value`` for ``save``, or why there is none."""

    owed: Owed
    value: Any = None
    error: ReasonanceError | None = None


class Steps(Protocol):
    """A stage; a module that has these two functions is one."""

    def compute(self, runtime: Runtime, tenant: str, owed: Sequence[Owed], keep_going: KeepGoing) -> Iterator[Outcome]:
        """The outcome of each; raises what concerns them all."""

    def save(self, runtime: Runtime, stores: Stores, results: Sequence[tuple[Owed, Any]]) -> None:
        """Writes them, in the transaction in which their runs are finished."""


def attempt(owed: Owed, work: Callable[[Owed], Any]) -> Outcome:
    """The outcome of work on one interaction; an error concerns that one only."""
    try:
        return Outcome(owed=owed, value=work(owed))
    except Exception as error:
        return Outcome(owed=owed, error=as_ours(error))


def as_ours(error: Exception) -> ReasonanceError:
    """The error itself, or for an unforeseen one its kind and place: its message may quote what a customer said."""
    if isinstance(error, ReasonanceError):
        return error
    return StageFailed(f"{type(error).__name__} at {place(error)}")


def place(error: BaseException) -> str:
    """The module and line that raised it."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return f"{at.tb_frame.f_globals.get('__name__')}:{at.tb_lineno}" if at else "an unknown place"
