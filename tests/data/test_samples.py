"""The samples are what their README says, and can be made again."""

from __future__ import annotations

import csv
import json
from collections import Counter
from difflib import SequenceMatcher
from email import message_from_bytes
from io import BytesIO
from itertools import combinations
from pathlib import Path

import av
import numpy as np
import pytest
from openpyxl import load_workbook

from data.samples import DIALOGUES, FOLDER, FORTNIGHT, OTHER_LANGUAGES, OTHER_TRUTH, TRUTH
from data.samples.calls import ROLES, calls
from data.samples.elsewhere import others
from data.samples.make import texts
from data.samples.people import customers
from data.samples.plan import fortnight
from data.samples.tables import answer_rows
from data.samples.texts import NO_REASON, REASONS, RISING, elsewhere, statements

MAX_AUDIO_BYTES = 3_000_000
MAX_BYTES = 4_000_000


def truth() -> list[dict[str, str]]:
    with TRUTH.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def other_truth() -> list[dict[str, str]]:
    with OTHER_TRUTH.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def other_survey() -> list[dict[str, str]]:
    with (OTHER_LANGUAGES / "survey.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def survey() -> list[dict[str, object]]:
    sheet = load_workbook(BytesIO((FORTNIGHT / "survey.xlsx").read_bytes()))["Responses"]
    rows = sheet.iter_rows(values_only=True)
    header = [str(cell) for cell in next(rows)]
    return [dict(zip(header, row, strict=True)) for row in rows]


def notes() -> list[dict[str, str]]:
    with (FORTNIGHT / "notes.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def recordings() -> list[Path]:
    return sorted((FORTNIGHT / "calls").glob("*.ogg"))


def dialogues() -> dict[str, list[dict[str, object]]]:
    found = [json.loads(line) for line in DIALOGUES.read_text(encoding="utf-8").splitlines()]
    return {one["id"]: one["turns"] for one in found}


def decoded(path: Path) -> tuple[np.ndarray, int]:
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
        return np.concatenate(frames, axis=1), container.streams.audio[0].rate


def test_the_fortnight_has_all_its_contacts() -> None:
    assert Counter(row["channel"] for row in truth()) == {"voice": 14, "email": 60, "note": 150, "survey": 250}
    assert (len(recordings()), len(list(FORTNIGHT.glob("mail/*.eml"))), len(notes()), len(survey())) == (
        14,
        60,
        150,
        250,
    )


def test_everything_but_the_recordings_is_made_again_the_same() -> None:
    made = texts()
    assert made == texts()
    # Another release of a library may write the same workbook in other bytes, so that its cells are compared below.
    written = {path: content for path, content in made.items() if not path.endswith(".xlsx")}
    different = [path for path, content in written.items() if (FOLDER / path).read_bytes() != content]
    assert not different, "run: python -m data.samples.make --texts-only"


def test_the_survey_is_made_again_cell_by_cell() -> None:
    header, *rows = answer_rows(fortnight().answers)
    assert [dict(zip(map(str, header), row, strict=True)) for row in rows] == survey()


def test_the_samples_stay_small() -> None:
    kept = [path for path in FOLDER.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert sum(path.stat().st_size for path in recordings()) < MAX_AUDIO_BYTES
    assert sum(path.stat().st_size for path in kept) < MAX_BYTES


@pytest.mark.parametrize("path", recordings(), ids=lambda path: path.stem)
def test_a_recording_has_its_speakers_on_their_channels(path: Path) -> None:
    samples, rate = decoded(path)
    channels, count = samples.shape
    assert channels == 2
    assert 30 <= count / rate <= 90
    for turn in dialogues()[path.stem]:
        begin, end = (round(float(str(turn[key])) * rate) for key in ("begin_s", "end_s"))
        power = np.square(samples[:, begin:end]).mean(axis=1)
        assert int(power.argmax()) == ROLES.index(str(turn["role"])), turn["text"]


def test_what_is_said_is_written_down() -> None:
    for call in calls():
        assert [(one.role, one.text) for one in call.utterances] == [
            (turn["role"], turn["text"]) for turn in dialogues()[call.id]
        ]


def test_the_telephone_band_is_kept() -> None:
    samples, rate = decoded(recordings()[0])
    power = np.square(np.abs(np.fft.rfft(samples[0])))
    hertz = np.fft.rfftfreq(samples.shape[1], 1 / rate)
    assert power[(hertz < 200) | (hertz > 3600)].sum() < 0.01 * power.sum()


def test_agent_and_customer_never_share_a_voice_and_both_play_both_parts() -> None:
    pairs = {tuple(speaker.voice for speaker in call.speakers) for call in calls()}
    assert pairs == {("joe", "hibari"), ("hibari", "joe")}


def test_every_reason_but_one_holds_still() -> None:
    weeks = Counter((row["reason"], row["week"]) for row in truth())
    for reason in REASONS:
        first, second = weeks[reason, "1"], weeks[reason, "2"]
        assert first + second >= 40
        assert second > 4 * first if reason == RISING else abs(first - second) <= 4, reason


def test_every_row_of_the_truth_points_to_a_contact() -> None:
    rows = truth()
    ids = [row["external_id"] for row in rows]
    assert len(set(ids)) == len(ids)
    assert {row["reason"] for row in rows} == {*REASONS, NO_REASON}
    assert all((FORTNIGHT / row["file"]).is_file() for row in rows)
    in_tables = {row["id"] for row in notes()} | {str(row["id"]) for row in survey()}
    assert {row["external_id"] for row in rows if row["channel"] in ("note", "survey")} == in_tables


def test_every_email_has_its_headers_and_a_known_sender() -> None:
    addresses = {customer.email for customer in customers()}
    known = {row["external_id"] for row in truth()}
    for path in FORTNIGHT.glob("mail/*.eml"):
        message = message_from_bytes(path.read_bytes())
        assert all(message[name] for name in ("Date", "To", "Subject")), path.name
        assert any(address in message["From"] for address in addresses), path.name
        assert message["Message-ID"].strip("<>") in known


def test_emails_come_in_every_shape() -> None:
    shapes = Counter(message_from_bytes(path.read_bytes()).get_content_type() for path in FORTNIGHT.glob("mail/*.eml"))
    assert all(shapes[kind] >= 5 for kind in ("text/plain", "text/html", "multipart/alternative"))


def test_customers_are_the_same_over_all_channels() -> None:
    known = {f"crm:{customer.id}" for customer in customers()}
    assert len(known) == 40
    named = {row["customer"] for row in notes()} | {row["customer"] for row in survey()}
    assert named - {"", None} <= known
    assert all(set(json.loads(path.read_text())["customers"]) & known for path in FORTNIGHT.glob("calls/*.json"))


def test_scores_lie_on_their_scales() -> None:
    for row in survey():
        assert row["csat"] in (None, 1, 2, 3, 4, 5)
        assert row["nps"] is None or row["nps"] in range(11)


def test_no_two_texts_are_nearly_the_same() -> None:
    for reason in REASONS:
        known = statements(reason)
        written = [*known.notes, *(answer.text for answer in known.answers), *(letter.body for letter in known.letters)]
        alike = [pair for pair in combinations(written, 2) if _alike(*pair)]
        assert not alike


def test_a_written_contact_is_used_once() -> None:
    written = fortnight()
    used = Counter(contact.text for contact in (*written.mails, *written.notes, *written.answers))
    assert used.most_common(1)[0][1] == 1


def test_sixty_contacts_in_german_and_chinese_cover_every_reason() -> None:
    rows = other_truth()
    assert Counter((row["language"], row["channel"]) for row in rows) == {
        ("de", "email"): 12,
        ("de", "survey"): 18,
        ("zh", "email"): 12,
        ("zh", "survey"): 18,
    }
    for language in ("de", "zh"):
        assert {row["reason"] for row in rows if row["language"] == language} == set(REASONS)


def test_every_row_of_the_other_truth_points_to_a_contact() -> None:
    rows = other_truth()
    ids = {row["external_id"] for row in rows}
    assert len(ids) == len(rows)
    assert not ids & {row["external_id"] for row in truth()}
    assert all((OTHER_LANGUAGES / row["file"]).is_file() for row in rows)
    assert {row["id"] for row in other_survey()} == {row["external_id"] for row in rows if row["channel"] == "survey"}
    sent = {message_from_bytes(path.read_bytes())["Message-ID"] for path in OTHER_LANGUAGES.glob("mail/*.eml")}
    assert {name.strip("<>") for name in sent} == {row["external_id"] for row in rows if row["channel"] == "email"}


def test_customers_who_write_in_other_languages_are_others() -> None:
    found = others()
    named = {contact.customer.id for contact in (*found.mails, *found.answers) if contact.customer}
    assert 6 < len(named) <= 12
    assert not named & {customer.id for customer in customers()}


def test_no_two_texts_in_one_other_language_are_nearly_the_same() -> None:
    for written in elsewhere():
        said = [*(letter.body for _, letter in written.letters), *(answer.text for _, answer in written.answers)]
        assert not [pair for pair in combinations(said, 2) if _alike(*pair)]


def _alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one.lower(), other.lower())
    return matcher.real_quick_ratio() > 0.8 and matcher.quick_ratio() > 0.8 and matcher.ratio() > 0.8
