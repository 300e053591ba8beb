"""Makes the samples anew: ``python -m data.samples.make``; the README beside this file says what that needs."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from data.samples import DIALOGUES, FOLDER, FORTNIGHT, OTHER_LANGUAGES, OTHER_TRUTH, ROLE_TURNS, TRUTH
from data.samples.calls import ROLES, Call, calls, sidecar
from data.samples.elsewhere import Others, others
from data.samples.mail import mail_bytes, message_id
from data.samples.plan import Fortnight, fortnight, week_of
from data.samples.tables import answer_rows, csv_bytes, mail_csv, notes_csv, survey_xlsx

TRUTH_COLUMNS = ("external_id", "file", "channel", "reason", "week")
NOTES = "notes.csv"
SURVEY = "survey.xlsx"
OTHER_SURVEY = "survey.csv"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m data.samples.make", description="Make the sample contacts anew.")
    parser.add_argument("--out", type=Path, default=FOLDER, help="the folder to write to")
    parser.add_argument("--texts-only", action="store_true", help="leave the recordings as they are: no voices needed")
    chosen = parser.parse_args()
    write(texts(), chosen.out)
    if not chosen.texts_only:
        write_recordings(chosen.out)


def texts() -> Mapping[str, bytes]:
    """Every file but the recordings and what depends on them, by its path below the samples' folder."""
    written, spoken = fortnight(), calls()
    beside = FORTNIGHT.relative_to(FOLDER)
    mails = {f"{beside}/mail/{mail.id}.eml": mail_bytes(mail) for mail in written.mails}
    sidecars = {f"{beside}/calls/{call.id}.json": _json(sidecar(call), indent=2) for call in spoken}
    tables = {
        f"{beside}/mail/metadata.csv": mail_csv(written.mails),
        f"{beside}/{NOTES}": notes_csv(written.notes),
        f"{beside}/{SURVEY}": survey_xlsx(written.answers),
    }
    return mails | sidecars | tables | {TRUTH.name: _truth(written, spoken)} | _other_texts(others())


def _other_texts(found: Others) -> dict[str, bytes]:
    beside = OTHER_LANGUAGES.relative_to(FOLDER)
    mails = {f"{beside}/mail/{mail.id}.eml": mail_bytes(mail) for mail in found.mails}
    tables = {
        f"{beside}/mail/metadata.csv": mail_csv(found.mails),
        f"{beside}/{OTHER_SURVEY}": csv_bytes(answer_rows(found.answers)),
    }
    return mails | tables | {OTHER_TRUTH.name: csv_bytes([(*TRUTH_COLUMNS, "language"), *_other_truth_rows(found)])}


def write(files: Mapping[str, bytes], folder: Path) -> None:
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def write_recordings(folder: Path) -> None:
    """Speaks and stores every call, and writes down what was said when."""
    from data.samples.recording import record

    beside = folder / FORTNIGHT.relative_to(FOLDER) / "calls"
    spoken = [record(call, beside / f"{call.id}.ogg") for call in calls()]
    write_spoken(spoken, folder)


def write_spoken(spoken: Sequence[Mapping[str, Any]], folder: Path) -> None:
    """What is said in each call, and for ``reasonance evaluate roles`` who speaks when in which file."""
    (folder / DIALOGUES.name).write_bytes(b"".join(_json(dialogue) for dialogue in spoken))
    (folder / ROLE_TURNS.name).write_bytes(b"".join(_json(_role_turns(dialogue)) for dialogue in spoken))


def _role_turns(dialogue: Mapping[str, Any]) -> dict[str, object]:
    return {
        "file": f"{FORTNIGHT.relative_to(FOLDER)}/{dialogue['file']}",
        "channel_map": list(ROLES),
        "turns": [
            {"role": turn["role"], "start_s": turn["begin_s"], "end_s": turn["end_s"]} for turn in dialogue["turns"]
        ],
    }


def _truth(written: Fortnight, spoken: tuple[Call, ...]) -> bytes:
    return csv_bytes([TRUTH_COLUMNS, *_truth_rows(written, spoken)])


def _truth_rows(written: Fortnight, spoken: tuple[Call, ...]) -> Iterator[tuple[object, ...]]:
    for call in spoken:
        yield call.id, f"calls/{call.id}.ogg", "voice", call.dialogue.reason, week_of(call.dialogue.at)
    for mail in written.mails:
        yield message_id(mail), f"mail/{mail.id}.eml", "email", mail.reason, week_of(mail.at)
    for note in written.notes:
        yield note.id, NOTES, "note", note.reason, week_of(note.at)
    for answer in written.answers:
        yield answer.id, SURVEY, "survey", answer.reason, week_of(answer.at)


def _other_truth_rows(found: Others) -> Iterator[tuple[object, ...]]:
    for mail in found.mails:
        yield message_id(mail), f"mail/{mail.id}.eml", "email", mail.reason, week_of(mail.at), mail.language
    for answer in found.answers:
        yield answer.id, OTHER_SURVEY, "survey", answer.reason, week_of(answer.at), answer.language


def _json(value: object, *, indent: int | None = None) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=indent) + "\n").encode()


if __name__ == "__main__":
    main()
