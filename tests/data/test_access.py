from __future__ import annotations

import datetime as dt
import string
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.access import Issued, Kind, kind_of, new_secret
from data.authentication import authenticate, sign_in
from data.database import Database
from data.errors import AccessRefused, NotFound

PAST = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def key(database: Database) -> Issued:
    with database.tenant("default") as stores:
        return stores.access.create_key("crm", "analyst")


def link(database: Database, lifetime: dt.timedelta = dt.timedelta(minutes=1)) -> str:
    with database.tenant("default") as stores:
        return stores.access.create_link("admin", lifetime=lifetime).secret


def test_a_key_says_who_asks(database: Database, key: Issued) -> None:
    principal = authenticate(database, key.secret)
    assert (principal.tenant, principal.role, principal.kind) == ("default", "analyst", "api_key")
    assert principal.actor == f"api_key:{key.id}"


def test_a_revoked_key_is_refused_at_once_f42(database: Database, key: Issued) -> None:
    with database.tenant("default") as stores:
        stores.access.revoke_key(key.id)
        stores.access.revoke_key(key.id)
    with pytest.raises(AccessRefused):
        authenticate(database, key.secret)


def test_an_expired_key_is_refused(database: Database) -> None:
    with database.tenant("default") as stores:
        expired = stores.access.create_key("old", "admin", expires_at=PAST)
        assert [entry.name for entry in stores.access.api_keys()] == ["old"]
    with pytest.raises(AccessRefused):
        authenticate(database, expired.secret)


def test_a_key_that_was_never_given_is_refused(database: Database, key: Issued) -> None:
    with pytest.raises(AccessRefused):
        authenticate(database, new_secret("api_key"))


@given(st.integers(0, 40), st.sampled_from(string.ascii_letters + string.digits + "_é"))
def test_a_typing_error_is_seen_without_a_query(position: int, typed: str) -> None:
    secret = new_secret("api_key")
    changed = secret[:position] + typed + secret[position + 1 :]
    if changed != secret:
        with pytest.raises(AccessRefused):
            kind_of(changed)


@pytest.mark.parametrize("secret", ["", "rk_", "rk_" + "0" * 37, "x" * 41, "rk_" + "0" * 10_000, "rk_\0"])
def test_what_can_be_no_key_is_refused(secret: str) -> None:
    with pytest.raises(AccessRefused):
        kind_of(secret)


@pytest.mark.parametrize("kind", ["api_key", "sign_in", "session"])
def test_a_secret_tells_its_kind(kind: Kind) -> None:
    assert kind_of(new_secret(kind)) == kind


def test_no_secret_is_stored_or_printed(database: Database, key: Issued) -> None:
    assert key.secret not in repr(key)
    with database.tenant("default") as stores:
        row = str(stores.driver_connection.execute("SELECT api_key::text FROM api_key").fetchall())
        assert key.secret not in row
        assert stores.access.api_keys()[0].prefix == key.secret[:9]


def test_another_tenant_sees_and_revokes_no_key_f37(database: Database, key: Issued) -> None:
    with database.tenant("other") as stores:
        assert stores.access.api_keys() == ()
        with pytest.raises(NotFound):
            stores.access.revoke_key(key.id)


def test_a_link_opens_one_session_once(database: Database) -> None:
    secret = link(database)
    session = sign_in(database, secret)
    principal = authenticate(database, session.secret)
    assert (principal.kind, principal.role, principal.tenant) == ("session", "admin", "default")
    with pytest.raises(AccessRefused):
        sign_in(database, secret)
    with database.tenant("default") as stores:
        stores.access.end_session(session.id)
    with pytest.raises(AccessRefused):
        authenticate(database, session.secret)


def test_of_two_who_use_a_link_at_once_one_is_signed_in(database: Database) -> None:
    secret = link(database)

    def attempt(_: int) -> bool:
        try:
            sign_in(database, secret)
        except AccessRefused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(attempt, range(8))).count(True) == 1


def test_a_link_is_no_key_and_a_key_no_link(database: Database, key: Issued) -> None:
    with pytest.raises(AccessRefused):
        authenticate(database, link(database))
    with pytest.raises(AccessRefused):
        sign_in(database, key.secret)
    with pytest.raises(AccessRefused):
        sign_in(database, link(database, lifetime=dt.timedelta(seconds=-1)))
