"""Who may ask: API keys for programs, one-time links and sessions for browsers. Only hashes of them are stored.

A secret is ``<kind>_<32 random characters><6 of checksum>``: the checksum tells a typing error from a wrong key
without a query, and lets scanners recognise a key that was published.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import string
import uuid
import zlib
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from data.errors import AccessRefused, NotFound
from data.ids import new_id
from data.tables import ApiKeyRow, SessionRow, SignInRow

AccessRole: TypeAlias = Literal["admin", "analyst"]
Kind: TypeAlias = Literal["api_key", "sign_in", "session"]

ALPHABET = string.digits + string.ascii_letters
PREFIXES: dict[Kind, str] = {"api_key": "rk_", "sign_in": "rl_", "session": "rs_"}
RANDOM_LENGTH = 32
"""190 bits."""
CHECKSUM_LENGTH = 6
SHOWN_LENGTH = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks: a key or a session of a tenant, with its role."""

    tenant: str
    kind: Kind
    id: uuid.UUID
    role: AccessRole

    @property
    def actor(self) -> str:
        """As the audit names it."""
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """``secret`` is shown once: nobody can read it again."""

    id: uuid.UUID
    secret: str
    expires_at: dt.datetime | None

    def __repr__(self) -> str:
        return f"Issued(id={self.id})"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """``prefix`` is the beginning of the secret, so that a person can tell keys apart."""

    id: uuid.UUID
    prefix: str
    name: str
    role: AccessRole
    created_at: dt.datetime
    expires_at: dt.datetime | None
    revoked_at: dt.datetime | None


class AccessStore:
    """A tenant's keys, links and sessions."""

    def __init__(self, session: Session, tenant: str) -> None:
        self._session = session
        self._tenant = tenant

    def create_key(self, name: str, role: AccessRole, *, expires_at: dt.datetime | None = None) -> Issued:
        issued = Issued(id=new_id(), secret=new_secret("api_key"), expires_at=expires_at)
        prefix = issued.secret[:SHOWN_LENGTH]
        self._add(ApiKeyRow(**self._columns(issued, role), prefix=prefix, name=name, expires_at=expires_at))
        return issued

    def api_keys(self) -> tuple[ApiKey, ...]:
        """All, revoked and expired ones too, oldest first."""
        statement = select(ApiKeyRow).where(ApiKeyRow.tenant == self._tenant).order_by(ApiKeyRow.id)
        return tuple(_api_key(row) for row in self._session.scalars(statement))

    def revoke_key(self, key_id: uuid.UUID) -> None:
        """Effective with the next request. Revoked already is no error. Raises NotFound (permanent)."""
        row = self._session.get(ApiKeyRow, (self._tenant, key_id))
        if row is None:
            raise NotFound(f"key {key_id}")
        row.revoked_at = row.revoked_at or dt.datetime.now(dt.UTC)
        self._session.flush()

    def create_link(self, role: AccessRole, *, lifetime: dt.timedelta = dt.timedelta(minutes=15)) -> Issued:
        """A secret that opens one session, once."""
        expires_at = dt.datetime.now(dt.UTC) + lifetime
        issued = Issued(id=new_id(), secret=new_secret("sign_in"), expires_at=expires_at)
        self._add(SignInRow(**self._columns(issued, role), expires_at=expires_at))
        return issued

    def redeem_link(self, secret: str, *, lifetime: dt.timedelta = dt.timedelta(hours=12)) -> Issued:
        """The session that a link opens. Of two who try it at once one succeeds.

        Raises AccessRefused (permanent): used, expired, unknown.
        """
        statement = (
            update(SignInRow)
            .where(SignInRow.tenant == self._tenant, SignInRow.hash == hashed(secret))
            .where(SignInRow.used_at.is_(None), SignInRow.expires_at > func.now())
            .values(used_at=func.now())
            .returning(SignInRow.role)
        )
        role = self._session.scalar(statement)
        if role is None:
            raise AccessRefused("the link was used or has expired")
        return self._open_session(role, lifetime)

    def end_session(self, session_id: uuid.UUID) -> None:
        """Signs out; ended already is no error."""
        wanted = (SessionRow.tenant == self._tenant, SessionRow.id == session_id, SessionRow.revoked_at.is_(None))
        self._session.execute(update(SessionRow).where(*wanted).values(revoked_at=func.now()))

    def _open_session(self, role: str, lifetime: dt.timedelta) -> Issued:
        expires_at = dt.datetime.now(dt.UTC) + lifetime
        issued = Issued(id=new_id(), secret=new_secret("session"), expires_at=expires_at)
        self._add(SessionRow(**self._columns(issued, role), expires_at=expires_at))
        return issued

    def _columns(self, issued: Issued, role: str) -> dict[str, object]:
        return {"tenant": self._tenant, "id": issued.id, "hash": hashed(issued.secret), "role": role}

    def _add(self, row: ApiKeyRow | SignInRow | SessionRow) -> None:
        self._session.add(row)
        self._session.flush()


def new_secret(kind: Kind) -> str:
    body = PREFIXES[kind] + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return body + _checksum(body)


def kind_of(secret: str) -> Kind:
    """What sort of secret this is, if it can be one at all. Raises AccessRefused (permanent)."""
    for kind, prefix in PREFIXES.items():
        length = len(prefix) + RANDOM_LENGTH + CHECKSUM_LENGTH
        if secret.startswith(prefix) and len(secret) == length and secret.isascii():
            body, checksum = secret[:-CHECKSUM_LENGTH], secret[-CHECKSUM_LENGTH:]
            if secrets.compare_digest(checksum, _checksum(body)):
                return kind
    raise AccessRefused()


def hashed(secret: str) -> bytes:
    """What is stored. A plain hash suffices: nobody guesses 190 random bits."""
    return hashlib.sha256(secret.encode()).digest()


def _checksum(body: str) -> str:
    value, digits = zlib.crc32(body.encode()), ""
    for _ in range(CHECKSUM_LENGTH):
        value, digit = divmod(value, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


def _api_key(row: ApiKeyRow) -> ApiKey:
    return ApiKey(
        id=row.id,
        prefix=row.prefix,
        name=row.name,
        role=row.role,  # type: ignore[arg-type]  # the table's check allows these two
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
