"""HTML as the text a reader would see, with ``> `` before what a mail program quoted. Nothing it names is fetched."""

from __future__ import annotations

import html
import re

from ingest.markup_quotes import BEGIN, END, as_marked, mark_quotes

MAX_HTML_CHARS = 2_000_000
MAX_ELEMENTS = 50_000
"""More take minutes to be laid out; a newsletter has a few thousand."""

_HIDDEN = {
    name: re.compile(rf"</{name}\s{{0,100}}>", re.IGNORECASE)  # where it ends
    for name in ("script", "style", "head")
}
_HIDDEN_BEGIN = re.compile(rf"<({'|'.join(_HIDDEN)})\b", re.IGNORECASE)
_DECLARATION = re.compile(r"<\?xml[^>]{0,200}\?>")
_TAG = re.compile(r"<[^<>]*>")


def html_text(markup: str) -> tuple[str, tuple[str, ...]]:
    """The visible text; the flag ``html_unreadable`` says that only the tags could be taken out."""
    plain = markup[:MAX_HTML_CHARS].replace("\0", "").replace(BEGIN, "").replace(END, "")
    if text := _rendered(plain):
        return text, ()
    # Too many elements, or too deep for the renderer: the words are worth more than their lines.
    rest = html.unescape(_TAG.sub(" ", _without_hidden(plain))).strip()
    return rest, ("html_unreadable",) if rest else ()


def _without_hidden(markup: str) -> str:
    """In one walk, however many there are that nobody closes."""
    kept: list[str] = []
    at, unclosed = 0, set[str]()
    for begin in _HIDDEN_BEGIN.finditer(markup):
        name = begin[1].lower()
        if begin.start() < at or name in unclosed:
            continue
        if (end := _HIDDEN[name].search(markup, begin.end())) is None:
            unclosed.add(name)
            continue
        kept.append(markup[at : begin.start()])
        at = end.end()
    return " ".join([*kept, markup[at:]])


def _rendered(markup: str) -> str:
    from inscriptis.css_profiles import STRICT_CSS_PROFILE
    from inscriptis.html_engine import Inscriptis
    from inscriptis.html_properties import Display
    from inscriptis.model.config import ParserConfig
    from inscriptis.model.html_element import HtmlElement
    from lxml.html import HTMLParser, document_fromstring

    if not markup.strip():
        return ""
    try:
        # Without "huge", libxml drops in silence whatever lies over 256 elements deep.
        tree = document_fromstring(_DECLARATION.sub("", markup.lstrip(), count=1), parser=HTMLParser(huge_tree=True))
        if sum(1 for _ in tree.iter()) > MAX_ELEMENTS:
            return ""
        mark_quotes(tree)
        css = STRICT_CSS_PROFILE | {"hr": HtmlElement(display=Display.block)}
        text: str = Inscriptis(tree, ParserConfig(css=css)).get_text()
    except Exception:  # lxml and inscriptis let several errors out, RecursionError too
        return ""
    return as_marked(text).strip()
