"""What mail programs quote in HTML, marked in the tree as plain text marks it: ``> `` before each line.

Each program has its own element for the message that is answered; some only draw a line and let the history run to
the end. Signatures that a program labels get the delimiter of plain text (``-- ``, RFC 3676) above them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

BEGIN, END = "\ufdd0", "\ufdd1"
"""Around what is quoted, while the text is made: no text may hold these code points (Unicode, noncharacters)."""
DELIMITER = "--"

_QUOTES = re.compile(
    r"\b(?:gmail_quote(?:_container)?|yahoo_quoted|protonmail_quote|tutanota_quote|zmail_extra|moz-forward-container"
    r"|ntes-mailmaster-quote|OutlookMessageHeader|qmail_quote|js-helper js-readmsg-msg)\b"
)
_QUOTE_IDS = frozenset(("isreplycontent", "isforwardcontent", "ntes-pcmail-quote", "olk_src_body_section"))
_HISTORY_IDS = frozenset(
    ("divrplyfwdmsg", "appendonsend", "stopspelling", "mail-editor-reference-message-container", "replysplit")
)
"""Where the history begins that goes on to the end; Outlook on the web prefixes what it quotes again with ``x_``."""
_SIGNATURES = re.compile(
    r"\b(?:gmail_signature|moz-signature|protonmail_signature_block|ntes-mailmaster-signature|spark-signature)\b"
)
_SIGNATURE_IDS = frozenset(
    (
        "signature",
        "ms-outlook-mobile-signature",
        "applemailsignature",
        "linebreakatbeginningofsignature",
        "ntes-signature",
    )
)
_SENDER = re.compile(r"\s*(?:from|von|de|发件人|發件人|寄件者)\s*[:：]", re.IGNORECASE)
_INDENTED = re.compile(r"border(?:-left)?(?:-style)?\s*:\s*(?:none|0)", re.IGNORECASE)
_LINE_ABOVE = re.compile(r"border-top(?:-style|-width|-color)?\s*:(?!\s*(?:none|0(?:px|pt)?)\b)", re.IGNORECASE)
_FIELD = re.compile(r"\s*[^\W\d_]+(?: [^\W\d_]+)?\s?[:：]")
"""The first field of a block of mail headers, in any language."""
_SEEN_CHARS = 400
_SEEN_PARTS = 60
_MAX_SEPARATORS = 200
"""Lines that are looked at, and how far; a hostile page may draw thousands."""


def mark_quotes(tree: HtmlElement) -> None:
    """Puts the marks around what is quoted, and a delimiter above signatures; nothing else is changed."""
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    history = next((element for element in elements if _has_id(element, _HISTORY_IDS)), None)
    history = _first(elements, history, _separator(elements))
    if history is not None:
        history.addprevious(_line(BEGIN))
    for element in elements:
        if _is_quote(element):
            element.addprevious(_line(BEGIN))
            _add_behind(element, _line(END))
        elif _is_signature(element):
            element.addprevious(_line(DELIMITER))


def as_marked(text: str) -> str:
    """The text with ``> `` before each line between the marks, which are gone."""
    lines: list[str] = []
    depth = 0
    for line in text.split("\n"):
        depth += line.count(BEGIN)
        bare = line.replace(BEGIN, "").replace(END, "")
        if bare.strip() or bare == line:
            lines.append(f"> {bare}".rstrip() if depth > 0 else bare)
        depth = max(0, depth - line.count(END))
    return "\n".join(lines)


def _line(text: str) -> HtmlElement:
    from lxml.html import Element

    line = Element("div")
    line.text = text
    return line


def _add_behind(element: HtmlElement, line: HtmlElement) -> None:
    """Right behind the element, in front of the text that follows it."""
    line.tail, element.tail = element.tail, None
    element.addnext(line)


def _first(elements: list[HtmlElement], *found: HtmlElement | None) -> HtmlElement | None:
    there = [element for element in found if element is not None]
    return min(there, key=elements.index, default=None)


def _separator(elements: list[HtmlElement]) -> HtmlElement | None:
    """The line that Outlook draws above the headers of the message that is answered."""
    drawn = (one for one in elements if one.tag == "hr" or _LINE_ABOVE.search(one.get("style", "")))
    return next((element for element in islice(drawn, _MAX_SEPARATORS) if _shows_headers(element)), None)


def _shows_headers(element: HtmlElement) -> bool:
    """In any language: a field with an address near it, or several names of fields in bold."""
    text = _text_from(element)
    if _SENDER.match(text) or (_FIELD.match(text) and "@" in text):
        return True
    bold = ("".join(one.itertext()).strip() for one in islice(element.iter("b", "strong"), _SEEN_PARTS))
    return bool(_FIELD.match(text)) and sum(_FIELD.fullmatch(one) is not None for one in bold) > 1


def _text_from(element: HtmlElement) -> str:
    """The first characters of what stands in it; of a bare line, of what follows it."""
    parts = element.itertext() if element.tag != "hr" else _texts_after(element)
    text = ""
    for part in islice(parts, _SEEN_PARTS):
        text = f"{text}{part}".lstrip()
        if len(text) > _SEEN_CHARS:
            break
    return text


def _texts_after(element: HtmlElement) -> Iterator[str]:
    yield element.tail or ""
    for sibling in element.itersiblings():
        yield from sibling.itertext()
        yield sibling.tail or ""


def _is_quote(element: HtmlElement) -> bool:
    if element.tag == "blockquote":
        own = "webkit-indent" in element.get("class", "") or _INDENTED.search(element.get("style", ""))
        return element.get("type") == "cite" or not own
    return element.tag == "includetail" or bool(_QUOTES.search(_classes(element))) or _has_id(element, _QUOTE_IDS)


def _is_signature(element: HtmlElement) -> bool:
    if not "".join(islice(element.itertext(), _SEEN_PARTS)).strip() and element.tag != "br":
        return False
    labelled = element.get("data-signatureblock") or _SIGNATURES.search(_classes(element))
    return bool(labelled) or _has_id(element, _SIGNATURE_IDS)


def _classes(element: HtmlElement) -> str:
    return " ".join(name.removeprefix("x_") for name in element.get("class", "").split())


def _has_id(element: HtmlElement, ids: frozenset[str]) -> bool:
    return element.get("id", "").casefold().removeprefix("x_") in ids
