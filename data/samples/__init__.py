"""A contact centre's fortnight to try the product with: calls, e-mails, notes and survey answers.

Everything in ``fortnight/`` is made by ``python -m data.samples.make`` from the texts in ``texts/``; the company,
its customers and what they say are invented. What lies beside that folder is for tests and never ingested.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
FORTNIGHT = FOLDER / "fortnight"
"""The folder to ingest: ``calls/``, ``mail/``, ``notes.csv`` and ``survey.xlsx``."""
TRUTH = FOLDER / "truth.csv"
"""The underlying reason of every contact: external id, file, channel, reason, week (1 or 2)."""
DIALOGUES = FOLDER / "calls.jsonl"
"""What is said in each call, by whom and when."""

__all__ = ["DIALOGUES", "FOLDER", "FORTNIGHT", "TRUTH"]
