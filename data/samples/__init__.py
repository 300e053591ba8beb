"""A contact centre's fortnight to try the product with: calls, e-mails, notes and survey answers.

Everything in ``fortnight/`` and ``other-languages/`` is made by ``python -m data.samples.make`` from the texts in
``texts/``; the company, its customers and what they say are invented. What lies beside these two folders is for tests
and never ingested.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
FORTNIGHT = FOLDER / "fortnight"
"""The folder to ingest: ``calls/``, ``mail/``, ``notes.csv`` and ``survey.xlsx``."""
TRUTH = FOLDER / "truth.csv"
"""The underlying reason of every contact: external id, file, channel, reason, week (1 or 2)."""
OTHER_LANGUAGES = FOLDER / "other-languages"
"""Another folder to ingest, German and Chinese: ``mail/`` and ``survey.csv``."""
OTHER_TRUTH = FOLDER / "truth-other-languages.csv"
"""As ``TRUTH``, and the language, of the contacts in that folder."""
DIALOGUES = FOLDER / "calls.jsonl"
"""What is said in each call, by whom and when."""
ROLE_TURNS = FOLDER / "roles.jsonl"
"""Who speaks when in each call: a manifest of ``reasonance evaluate roles``."""

__all__ = ["DIALOGUES", "FOLDER", "FORTNIGHT", "OTHER_LANGUAGES", "OTHER_TRUTH", "ROLE_TURNS", "TRUTH"]
