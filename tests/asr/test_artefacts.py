"""Which texts are known to be written where nobody speaks."""

from __future__ import annotations

import pytest

from asr.artefacts import Artefact, artefact


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Subtitles by the Amara.org community", Artefact.CREDIT),
        (" Untertitelung des ZDF, 2020", Artefact.CREDIT),
        ("Sous-titres réalisés par la communauté d'Amara.org", Artefact.CREDIT),
        ("Subtítulos realizados por la comunidad de Amara.org", Artefact.CREDIT),
        ("字幕由Amara.org社区提供", Artefact.CREDIT),
        ("Редактор субтитров А.Синецкая Корректор А.Егорова", Artefact.CREDIT),
        ("Thanks for watching!", Artefact.AUDIENCE),
        ("ご視聴ありがとうございました", Artefact.AUDIENCE),
        ("Vielen Dank fürs Zuschauen!", Artefact.AUDIENCE),
        ("Thank you.", Artefact.COURTESY),
        ("谢谢。", Artefact.COURTESY),
        ("[Music]", Artefact.NO_WORD),
        ("(applause) (music)", Artefact.NO_WORD),
        ("♪ la la la ♪", Artefact.NO_WORD),
        ("...", Artefact.NO_WORD),
    ],
)
def test_what_is_written_where_nobody_speaks_is_known(text: str, kind: Artefact) -> None:
    assert artefact(text) is kind


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for calling, how can I help you?",
        "I watched the video on your website, thanks.",
        "(555) 123 4567",
        "Vielen Dank für Ihren Anruf.",
        "The subtitles by my provider do not work",
        "谢谢您的来电",
        "42",
    ],
)
def test_what_people_say_is_like_any_other_text(text: str) -> None:
    assert artefact(text) is None
