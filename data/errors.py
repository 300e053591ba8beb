"""Every error this product raises on purpose, as one tree.

    ReasonanceError                     code, message, retry, status
    ├── InputRefused            422     what was handed in cannot be taken; sending it again changes nothing
    │   ├── input.*                     any file
    │   ├── audio.*                     recordings
    │   ├── mail.*  table.*  vcon.*     the other formats
    ├── RequestRefused          400     a question that cannot be answered as asked
    ├── AccessRefused           401/403 who asks may not
    ├── NotFound                404     nothing of that id in this tenant
    ├── ModelUnavailable        503     weights are missing or are not what they should be
    ├── StageFailed                     a stage of the pipeline could not finish
    └── Unavailable             503     a part of the service is away; later it works

A class's docstring is its message and tells the reader what to do; ``detail`` adds what this one case knows.
``code`` is stable: programs may rely on it. Every code stands in ``docs/errors.md``.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import ClassVar


class ReasonanceError(Exception):
    """Something went wrong inside Reasonance: the log has the details under this request's id."""

    code: ClassVar[str] = "internal"
    retry: ClassVar[bool] = False
    status: ClassVar[int] = 500

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        super().__init__(detail)

    @property
    def message(self) -> str:
        text = inspect.cleandoc(type(self).__doc__ or "")
        return f"{text} ({self.detail})" if self.detail else text

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"

    def __reduce__(self) -> tuple[type[ReasonanceError], tuple[str]]:
        return type(self), (self.detail,)


# What was handed in


class InputRefused(ReasonanceError):
    """The input cannot be taken as it is."""

    code = "input.refused"
    status = 422


class InputEmpty(InputRefused):
    """The file holds no bytes: check the export that wrote it and send it again."""

    code = "input.empty"


class InputTypeRefused(InputRefused):
    """The content is of no type that is known, whatever its name: send audio, mail, text, CSV, XLSX, JSONL or vCon."""

    code = "input.type_refused"


class InputTooLarge(InputRefused):
    """The file is over the size limit: split it, or raise REASONANCE_UPLOAD_MAX_BYTES."""

    code = "input.too_large"
    status = 413


class InputUnreadable(InputRefused):
    """The file could not be opened as a regular file: check the path and its permissions."""

    code = "input.unreadable"


class InputCrashesDecoder(InputRefused):
    """The decoder ended abnormally on this file three times; it is kept, encrypted, in quarantine."""

    code = "input.crashes_decoder"


class MetadataInvalid(InputRefused):
    """A metadata field has a value that cannot be read: correct the side-car, the row or the option."""

    code = "input.metadata_invalid"


class CustomerRefInvalid(InputRefused):
    """A customer is named as scheme:value, with the scheme crm, phone or email."""

    code = "input.customer_ref_invalid"


class AudioEmpty(InputRefused):
    """The recording holds no bytes or no sound at all: check the recorder and send it again."""

    code = "audio.empty"


class AudioUnreadable(InputRefused):
    """No decoder can read this recording: it is damaged or not audio."""

    code = "audio.unreadable"


class AudioTooLong(InputRefused):
    """The recording is longer than the limit: split it, or raise REASONANCE_AUDIO_MAX_S."""

    code = "audio.too_long"


class AudioNoStream(InputRefused):
    """The file is a container without an audio track."""

    code = "audio.no_stream"


class ChannelMapInvalid(InputRefused):
    """The channel map does not fit the recording: name one role for each channel, as in agent,customer."""

    code = "audio.channel_map_invalid"


class MailUnreadable(InputRefused):
    """The message has no readable text within the limits on size, parts and depth."""

    code = "mail.unreadable"


class TextEmpty(InputRefused):
    """There is no text in it."""

    code = "text.empty"


class TableUnreadable(InputRefused):
    """The table cannot be read: save it as CSV in UTF-8, as XLSX or as JSONL with one object a line."""

    code = "table.unreadable"


class TableColumnMissing(InputRefused):
    """The table lacks a column that the mapping names: correct --map, or rename the column."""

    code = "table.column_missing"


class TableRowInvalid(InputRefused):
    """This row cannot be read; the other rows were taken."""

    code = "table.row_invalid"


class VocabularyInvalid(InputRefused):
    """An entry of the vocabulary is a name of 1 to 100 characters with a letter in it: correct it."""

    code = "vocabulary.invalid"


class RedactionPolicyInvalid(InputRefused):
    """This cannot be done with details of this type: see the redaction policy for the types and what each allows."""

    code = "redaction.policy_invalid"


class CategoryInvalid(InputRefused):
    """The file is no list of categories: hand in what categories export wrote, or an Amazon Call Analytics category."""

    code = "category.invalid"


class CategoryNotExpressible(InputRefused):
    """No rule of the category can be said in the query language: write a query for what it is meant to find."""

    code = "category.not_expressible"


class LexiconInvalid(InputRefused):
    """An entry of the lexicon is a phrase of 1 to 100 characters with a letter in it, and a valence from -4 to +4."""

    code = "lexicon.invalid"


class VConInvalid(InputRefused):
    """The file is not a vCon that can be read: see the syntax of draft-ietf-vcon-vcon-core."""

    code = "vcon.invalid"


class VConExternal(InputRefused):
    """The conversation's recording lies elsewhere, and nothing is fetched: hand in the recording, or embed it."""

    code = "vcon.external"


class VConEncrypted(InputRefused):
    """The vCon is encrypted, and no key is kept here: hand in the decrypted form."""

    code = "vcon.encrypted"


class VConSignatureInvalid(InputRefused):
    """No trusted key fits the vCon's signature: it was changed, or somebody else signed it."""

    code = "vcon.signature_invalid"


class VConNoConversation(InputRefused):
    """The vCon holds no recording and no text: a call that nobody answered, or parties alone, is no contact here."""

    code = "vcon.no_conversation"


# What was asked


class RequestRefused(ReasonanceError):
    """The request cannot be answered as asked."""

    code = "request.invalid"
    status = 400


class QueryInvalid(RequestRefused):
    """The search query cannot be read: the position says where."""

    code = "query.invalid"

    def __init__(self, detail: str = "", position: int | None = None) -> None:
        super().__init__(detail)
        self.position = position

    def __reduce__(self) -> tuple[type[ReasonanceError], tuple[str]]:
        return type(self), (self.detail, self.position)  # type: ignore[return-value]  # one argument more than the base


class FieldInvalid(RequestRefused):
    """A field of the request is missing, unknown or of the wrong kind."""

    code = "request.field_invalid"
    status = 422


class MethodRefused(RequestRefused):
    """This address does not take that method."""

    code = "request.method"
    status = 405


class TooBusy(RequestRefused):
    """Too many uploads are under way: send this one again in a moment."""

    code = "request.too_busy"
    retry = True
    status = 429


class CursorInvalid(RequestRefused):
    """The cursor is not one that this service gave: start from the first page."""

    code = "request.cursor_invalid"


class VocabularyFull(RequestRefused):
    """The vocabulary holds no more entries: remove what no call is about."""

    code = "vocabulary.full"


class LexiconFull(RequestRefused):
    """The lexicon holds no more entries: remove what nobody says."""

    code = "lexicon.full"


class PeriodInvalid(RequestRefused):
    """The period to compare with must end before the compared one begins: choose earlier days."""

    code = "request.period_invalid"


class SettingsInvalid(RequestRefused):
    """A setting has a name or a value that is not known: see docs/settings.md."""

    code = "settings.invalid"


class AccessRefused(ReasonanceError):
    """A valid key or session is needed: send Authorization: Bearer KEY, or open a sign-in link."""

    code = "access.unauthenticated"
    status = 401


class AccessForbidden(AccessRefused):
    """This key's role may not do that: ask an administrator for one that may."""

    code = "access.forbidden"
    status = 403


class RecordingNotReady(RequestRefused):
    """What was masked is not silenced in its recording yet: ask again when its status says that muting is done."""

    code = "recording.not_ready"
    retry = True
    status = 409


class RecordingWithheld(RequestRefused):
    """No recording of this call is kept, since what was masked could not be silenced in it: read its transcript."""

    code = "recording.withheld"
    status = 404


class ExportUnfit(RequestRefused):
    """The contact has nothing that this format could hold: choose one of those that it offers."""

    code = "export.unfit"
    status = 409


class ExportNotReady(RequestRefused):
    """The contact is still being analysed, and there is no transcript yet: ask again when its status says analysed."""

    code = "export.not_ready"
    status = 409
    retry = True


class NotFound(ReasonanceError):
    """There is nothing of that id here."""

    code = "not_found"
    status = 404


class Conflict(ReasonanceError):
    """That contradicts what is there already: read it again, then decide."""

    code = "conflict"
    status = 409


class TenantInvalid(RequestRefused):
    """A tenant is named with lower-case letters, digits, - and _, at most 63 of them."""

    code = "tenant.invalid"


class TimeZoneInvalid(RequestRefused):
    """A calendar is an IANA time zone such as Europe/Berlin and a first weekday from 1 (Monday) to 7 (Sunday)."""

    code = "tenant.time_zone_invalid"


# What the machine lacks


class ModelUnavailable(ReasonanceError):
    """A model cannot be used."""

    code = "model.unavailable"
    retry = True
    status = 503


class ModelMissing(ModelUnavailable):
    """The model's files are not there: run 'reasonance models assemble' or set a path that exists. None is fetched."""

    code = "model.missing"


class ModelCorrupt(ModelUnavailable):
    """The model's files are not what they should be (checksum): run 'reasonance models assemble' again."""

    code = "model.corrupt"


class GpuUnusable(ModelUnavailable):
    """A GPU was asked for, and what computes on it is missing: install the extra 'gpu', or set the device to 'cpu'."""

    code = "model.gpu"


class Unavailable(ReasonanceError):
    """A part of the service is away for the moment: try again shortly."""

    code = "unavailable"
    retry = True
    status = 503


class DatabaseUnavailable(Unavailable):
    """The database does not answer: check 'reasonance db status'; work goes on by itself when it is back."""

    code = "database.unavailable"


class DatabaseOutdated(Unavailable):
    """The database's schema is not the one this version needs: run 'reasonance db upgrade'."""

    code = "database.outdated"


class StorageFull(Unavailable):
    """The disk is full: free some space; what was accepted before is safe."""

    code = "storage.full"
    status = 507


class AddressTaken(Unavailable):
    """No free port was found for the service: set REASONANCE_PORT, or end what listens there."""

    code = "service.address_taken"
    retry = False


class ServiceNotRunning(Unavailable):
    """No service of this data directory runs: start one with 'reasonance serve'."""

    code = "service.not_running"
    retry = False


class MasterKeyMissing(Unavailable):
    """The master key that opens the inbox is not there: restore it to REASONANCE_MASTER_KEY_FILE."""

    code = "storage.master_key_missing"
    retry = False


class StorageCorrupt(ReasonanceError):
    """A stored item is not what was written: restore it from a backup, then run 'reasonance verify'."""

    code = "storage.corrupt"


# What happens inside a stage


class StageFailed(ReasonanceError):
    """A stage of the pipeline could not finish."""

    code = "stage.failed"
    retry = True


class StageTimeout(StageFailed):
    """A stage ran past its time limit and was stopped."""

    code = "stage.timeout"


class StageStopped(StageFailed):
    """The worker is stopping: the work is handed back, and goes on from what is stored."""

    code = "stage.stopped"


class ChildDied(StageFailed):
    """A process of its own, for decoding, transcribing or measuring, ended abnormally."""

    code = "stage.child_died"


class StaleToken(StageFailed):
    """Another worker has taken this work over; this result is dropped."""

    code = "stage.stale_token"
    retry = False


class LanguageUnsupported(RequestRefused):
    """The speech model does not speak this language: choose a multilingual model, or correct the language."""

    code = "asr.language_unsupported"


class TooFewTexts(RequestRefused):
    """There are too few contacts with text to discover reasons in: 30 are needed."""

    code = "discover.too_few"


def all_errors() -> Iterator[type[ReasonanceError]]:
    """Every class of the tree, the root first."""
    pending: list[type[ReasonanceError]] = [ReasonanceError]
    for error in pending:
        yield error
        pending.extend(error.__subclasses__())
