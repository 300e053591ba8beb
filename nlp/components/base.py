"""What all components share: ``predict`` computes and changes nothing, ``set_annotations`` the other way round."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Generic, TypeVar

from spacy.tokens import Doc

Found = TypeVar("Found")


class Component(ABC, Generic[Found]):
    """A step of a pipeline that leaves its result in ``doc._.<attribute>``, an empty tuple where there is none."""

    attribute: str

    def __init__(self, name: str) -> None:
        self.name = name
        Doc.set_extension(self.attribute, default=(), force=True)

    @abstractmethod
    def find(self, doc: Doc) -> tuple[Found, ...]:
        """The result for one Doc, without touching it."""

    def predict(self, docs: Iterable[Doc]) -> list[tuple[Found, ...]]:
        return [self.find(doc) for doc in docs]

    def set_annotations(self, docs: Sequence[Doc], found: Sequence[tuple[Found, ...]]) -> None:
        for doc, result in zip(docs, found, strict=True):
            setattr(doc._, self.attribute, result)

    def __call__(self, doc: Doc) -> Doc:
        self.set_annotations([doc], self.predict([doc]))
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128, **_: Any) -> Iterator[Doc]:
        rest = iter(stream)
        while docs := list(islice(rest, batch_size)):
            self.set_annotations(docs, self.predict(docs))
            yield from docs
