"""Files and folders as contacts: the one door through which everything comes in.

Whatever a file holds, the answer is a delivery, a side-car or a refusal with a code; one bad file or row never ends
the reading of the others.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TypeAlias

from data.errors import InputRefused, InputTooLarge, InputUnreadable
from data.types import Channel, Delivery, Metadata, Refusal, Sidecar
from ingest.documents import plain
from ingest.files import Folder, Source, display_name, open_regular, walk
from ingest.kinds import CSV, HEAD_BYTES, JSON, JSONL, MAIL, TEXT, TSV, VCON, XLSX, is_recording, sniff
from ingest.mail import mail_metadata, read_mail
from ingest.metadata import combine, read_metadata
from ingest.name_pattern import match
from ingest.options import Known, ReadOptions
from ingest.pairs import JOINED, Pair, find_pairs, joined, legs_of
from ingest.recordings import recording
from ingest.rows import read_table
from ingest.sidecars import TABLE_NAME, Beside, gather, is_sidecar_table, load_json, read_sidecar, read_sidecar_table
from ingest.text import MAX_TEXT_CHARS
from ingest.vcon import is_vcon, read_vcon

Read: TypeAlias = Delivery | Sidecar | Refusal


def read(path: Path, options: ReadOptions | None = None) -> Iterator[Read]:
    """Every contact in a file or in a folder and all below it, in the order of names.

    Side-cars in the same folder are joined to their files; one whose file is not there comes as a Sidecar. Payloads
    may be the files themselves, which are to be read before they are moved.
    """
    options = options or ReadOptions()
    # Whoever names a link means what it points to; below a folder links are not followed (F35).
    real = Path(os.path.realpath(path))
    if real.is_dir():
        for folder in walk(real):
            yield from _read_folder(folder, options)
    else:
        source = Source(name=display_name(path.name), path=real)
        beside = Beside()
        yield from (fault for fault in gather(_neighbours(source), beside, options) if fault.row is None)
        yield from _read_file(source, options, beside.take(source.name))


def read_bytes(name: str, content: Path, options: ReadOptions | None = None) -> Iterator[Read]:
    """The contacts in one upload, whose bytes lie at ``content`` under any name; folders in ``name`` mean nothing."""
    label = PurePath(display_name(name.replace("\\", "/"))).name or "unnamed"
    return _read_file(Source(name=label, path=content), options or ReadOptions(), None)


def _read_folder(folder: Folder, options: ReadOptions) -> Iterator[Read]:
    for label in folder.unreadable:
        yield _refusal(label, InputUnreadable("not a regular file"))
    beside = Beside()
    yield from gather(folder.files, beside, options)
    pairs = {pair.legs[0].path: pair for pair in find_pairs(folder.files, options)}
    legs = legs_of(pairs.values())
    for source in folder.files:
        if source.path in pairs:
            yield from _read_pair(pairs[source.path], options, beside)
        elif source.path not in beside.gathered and source.path not in legs:
            yield from _read_file(source, options, beside.take(source.name))
    yield from beside.waiting.values()


def _read_pair(pair: Pair, options: ReadOptions, beside: Beside) -> Iterator[Read]:
    """Two mono files as one call, with what lies beside either of them or is named as the call is."""
    found = [beside.take(name) for name in (pair.name, *(leg.name for leg in pair.legs))]
    known = Known(options=options, beside=combine(*filter(None, found)), joined=any(found))
    try:
        known = _with_name(known, pair.legs[0].name)
        yield recording(pair.name, JOINED, joined(pair, options), Metadata(), known)
    except InputRefused as error:
        yield _refusal(pair.name, error)
    except OSError:
        yield _refusal(pair.name, InputUnreadable())


def _neighbours(source: Source) -> tuple[Source, ...]:
    """Where the side-car of a single file may lie; a side-car has none itself."""
    path = source.path
    if path.suffix.lower() == ".json" or path.name.casefold() == TABLE_NAME:
        return ()
    names = (f"{source.name}.json", f"{PurePath(source.name).stem}.json", TABLE_NAME)
    found = (path.with_name(name) for name in names if "\0" not in name)
    return tuple(Source(name=one.name, path=one) for one in found if one.is_file())


def _read_file(source: Source, options: ReadOptions, beside: Metadata | None) -> Iterator[Read]:
    known = Known(options=options, beside=beside or Metadata(), joined=beside is not None)
    try:
        yield from _contacts(source, _media_type(source, options), known)
    except InputRefused as error:
        yield _refusal(source.name, error)
    except OSError:
        yield _refusal(source.name, InputUnreadable())


def _refusal(name: str, error: InputRefused) -> Refusal:
    return Refusal(name=name, code=error.code, message=error.message)


def _media_type(source: Source, options: ReadOptions) -> str:
    with open_regular(source.path) as stream:
        if os.fstat(stream.fileno()).st_size > options.max_bytes:
            raise InputTooLarge(f"over {options.max_bytes} bytes")
        return sniff(stream.read(HEAD_BYTES), source.name, options.raw)


def _contacts(source: Source, media_type: str, known: Known) -> Iterator[Read]:
    if media_type in (CSV, TSV, JSONL, XLSX):
        if is_sidecar_table(source):
            return _unmatched(source, known.options)
        return read_table(source, media_type, known)
    if media_type in (VCON, JSON):
        return _json(source, media_type, known)
    return iter((_single(source, media_type, known),))


def _unmatched(source: Source, options: ReadOptions) -> Iterator[Read]:
    for found in read_sidecar_table(source, options):
        yield found if isinstance(found, Refusal) else found[1]


def _json(source: Source, media_type: str, known: Known) -> Iterator[Read]:
    value = load_json(source, known.options.max_bytes)
    if media_type == VCON or is_vcon(value):
        yield from read_vcon(source.name, value, known)
    else:
        yield read_sidecar(source.name, value, known.options)[1]


def _single(source: Source, media_type: str, known: Known) -> Delivery:
    """A file that is one contact; its name may say something of it."""
    known = _with_name(known, source.name)
    if is_recording(media_type):
        return recording(source.name, media_type, source.path, Metadata(), known)
    return _mail(source, known) if media_type == MAIL else _note(source, known)


def _with_name(known: Known, name: str) -> Known:
    """With what the name pattern finds in a file's name. Raises MetadataInvalid (permanent)."""
    if known.options.name_pattern is None:
        return known
    named = read_metadata(match(known.options.name_pattern, PurePath(name).stem), known.options.zone())
    return replace(known, beside=combine(known.beside, named))


def _mail(source: Source, known: Known) -> Delivery:
    with open_regular(source.path) as stream:
        _, message = read_mail(stream)
    direction = known.beside.direction or known.options.metadata.direction
    own = mail_metadata(message, direction)
    return known.delivery(source.name, Channel.EMAIL, MAIL, source.path, own)


def _note(source: Source, known: Known) -> Delivery:
    with open_regular(source.path) as stream:
        plain(stream.read(4 * MAX_TEXT_CHARS))
    return known.delivery(source.name, Channel.NOTE, TEXT, source.path, Metadata())
