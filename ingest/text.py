"""Text as it may be stored: decoded by best effort, and without characters that hide or turn what is read.

``clean`` is the one place where characters are dropped (fault F29). It runs before anything counts offsets, so
that offsets stay true from there on.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

MAX_TEXT_CHARS = 1_000_000
"""The longest written contact that is analysed; the language pipelines refuse more."""

_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, but for tab and line feed
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u2064\ufeff"  # zero width, and marks that only turn the direction
    "\u202a-\u202e\u2066-\u206f"  # bidirectional embeddings, overrides, isolates
    "\ufff9-\ufffb\U000e0000-\U000e007f]"  # annotations and tags
)
# Joiners shape Persian, Indic and emoji; beside ASCII they only split words and card numbers.
_IDLE_JOINER = re.compile("(?<=[\x00-\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?=[\x00-\x7f])")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# Codecs that take quadratic time, or whose output depends on the machine.
_UNSAFE_CODECS = frozenset({"idna", "punycode", "undefined", "mbcs", "oem"})
_SINGLE_BYTE = frozenset({"ascii", "iso8859-1", "cp1252", "iso8859-15"})
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def clean(text: str) -> str:
    """The same text in NFC with line feeds only, without controls, zero-width and direction-turning characters.

    A lone surrogate becomes U+FFFD, because no database column can hold it.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _LONE_SURROGATE.sub("\ufffd", text)
    text = _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))
    return unicodedata.normalize("NFC", _IDLE_JOINER.sub("", text))


def clean_line(text: str) -> str:
    """``clean`` for a name or a code: one line, single spaces, nothing around it."""
    return " ".join(clean(text).split())


def bounded(text: str) -> tuple[str, tuple[str, ...]]:
    """The cleaned text, cut at the longest that is analysed; the flag ``partial`` says so."""
    cut = text[:MAX_TEXT_CHARS]
    return clean(cut).strip(), ("partial",) if len(text) > MAX_TEXT_CHARS else ()


def by_mark(head: bytes) -> str | None:
    """The encoding that a byte-order mark names, or None."""
    return next((name for mark, name in _BOMS if head.startswith(mark)), None)


def guess_encoding(sample: bytes) -> str:
    """The encoding of a text without any declaration: by its mark, UTF-8, UTF-16 by its zeros, else Windows-1252.

    ``sample`` may end within a character.
    """
    if marked := by_mark(sample):
        return marked
    if is_utf8(sample):
        return "utf-8"
    return _zeros(sample) or "cp1252"


def is_utf8(sample: bytes) -> bool:
    """Whether this is the beginning of a text in UTF-8 (an ending cut short is no fault)."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return _zeros(sample) is None


def decode(content: bytes, charset: str | None = None) -> tuple[str, tuple[str, ...]]:
    """The text, whatever the declared charset says; the flag ``charset_guessed`` where that one was not usable."""
    declared = _usable(charset)
    if declared in _SINGLE_BYTE and not content.isascii() and is_utf8(content):
        # Most programs that write UTF-8 and declare Latin-1 are wrong about the second (a lying charset, F30).
        declared = None
    if declared:
        try:
            return content.decode(declared), ()
        except (UnicodeError, ValueError):
            pass
    text = content.decode(guess_encoding(content), errors="replace")
    return text, ("charset_guessed",) if charset and not content.isascii() else ()


def _usable(charset: str | None) -> str | None:
    """The canonical name of a declared charset, or None where Python cannot read it or should not."""
    try:
        found = codecs.lookup((charset or "").strip())
        b"    ".decode(found.name)  # only text codecs let bytes be decoded so
    except UnicodeError:
        pass
    except (LookupError, ValueError):
        return None
    return None if found.name in _UNSAFE_CODECS else found.name


def _zeros(sample: bytes) -> str | None:
    """UTF-16 without a mark shows as zeros at every second place of mostly Latin text."""
    even, odd = sample[0:4096:2].count(0), sample[1:4096:2].count(0)
    half = min(len(sample), 4096) // 2
    if half < 2 or max(even, odd) < 0.4 * half or min(even, odd) > 0.05 * half:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"
