"""A click keeps what was looked at, and nothing that says who looked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.errors import MetadataInvalid
from data.types import Channel, Delivery, Refusal
from ingest import read
from ingest.pages import read_page


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("https://shop.example.com/loans/car?email=ann@example.com#top", "shop.example.com/loans/car"),
        ("https://ann:secret@shop.example.com:8080/", "shop.example.com"),
        ("/orders/1234567/track", "/orders/*/track"),
        ("/account/ann%40example.com/settings/", "/account/*/settings"),
        ("/reset/8f14e45fceea167a5a36dedd4bea2543", "/reset/*"),
        ("/plans/5g-unlimited", "/plans/5g-unlimited"),
        ("/", "/"),
        ("Car loans", "Car loans"),
    ],
)
def test_of_an_address_host_and_path_stay(address: str, page: str) -> None:
    assert read_page("page", address) == page


@pytest.mark.parametrize("address", ["", "?q=1", "http://[::1", 7, "x" * 9000])
def test_what_is_no_address_is_refused(address: object) -> None:
    with pytest.raises(MetadataInvalid):
        read_page("page", address)


def test_a_row_with_a_page_and_no_words_is_a_click(tmp_path: Path) -> None:
    rows = [
        {"customer": "crm:1", "url": "/loans?x=1", "dwell": 12.5, "started_at": "2026-10-05T10:00:00Z"},
        {"customer": "crm:1", "url": "/cards", "started_at": "2026-10-05T10:00:00Z", "text": "my name is Ann"},
        {"customer": "crm:1", "url": "/cards", "dwell": "long"},
    ]
    table = tmp_path / "clicks.jsonl"
    table.write_text("".join(json.dumps(row) + "\n" for row in rows))
    first, second, third = read(table)
    assert isinstance(first, Delivery)
    assert isinstance(second, Delivery)
    assert (first.channel, first.metadata.page, first.metadata.dwell_s) == (Channel.WEB, "/loans", 12.5)
    assert first.payload.endswith(b'"page":"/loans","started_at":"2026-10-05T10:00:00+00:00"}')  # type: ignore[union-attr]  # bytes
    assert (second.channel, second.metadata.page) == (Channel.NOTE, None)
    assert isinstance(third, Refusal)
    assert third.code == "input.metadata_invalid"
