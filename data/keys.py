"""The master key, and what is derived from it: wrapped data keys, content ids, look-up of customer identifiers.

The key lies outside the data directory, so that a copy of the data opens nothing. Without it accepted originals
are lost, so it is never made anew where encrypted files exist already.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from data.errors import MasterKeyMissing, SettingsInvalid, StorageCorrupt
from data.files import create_once

KEY_BYTES = 32
NONCE_BYTES = 12
HEADER = "reasonance-master-key-1:"


class MasterKey:
    """256 random bits that never leave this process; shown nowhere, not even in a traceback."""

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise MasterKeyMissing("the file holds no key of 256 bits")
        self._secret = secret

    @property
    def fingerprint(self) -> str:
        """Tells keys apart without telling anything of them."""
        return _derive(self._secret, "fingerprint").hex()[:16]

    def wrap(self, data_key: bytes, context: str) -> bytes:
        """The data key, encrypted for this context only: moved to another row it does not open."""
        return _seal(_derive(self._secret, "wrap"), data_key, context)

    def unwrap(self, wrapped: bytes, context: str) -> bytes:
        """Raises StorageCorrupt (permanent): another master key, another context, or changed bytes."""
        return _open(_derive(self._secret, "wrap"), wrapped, context)

    def tenant(self, tenant: str) -> TenantKeys:
        return TenantKeys(_derive(self._secret, "tenant:" + tenant))


class TenantKeys:
    """What one tenant's values are looked up and encrypted with; equal values of two tenants have nothing in common."""

    __slots__ = ("_content", "_identifier", "_sealing")

    def __init__(self, secret: bytes) -> None:
        self._content = _derive(secret, "content")
        self._identifier = _derive(secret, "identifier")
        self._sealing = _derive(secret, "sealing")

    def content_hasher(self) -> hmac.HMAC:
        """An HMAC-SHA256 to feed the original's bytes to; its digest is the content id."""
        return hmac.new(self._content, digestmod=hashlib.sha256)

    def content_id(self, content: bytes) -> bytes:
        """The id of an original: the same bytes have the same id, and nobody without the key can tell which bytes."""
        return hmac.digest(self._content, content, "sha256")

    def lookup(self, kind: str, value: str) -> bytes:
        """What a value is found by without being stored."""
        return hmac.digest(self._identifier, f"{kind}:{value}".encode(), "sha256")

    def seal(self, value: bytes, context: str) -> bytes:
        """Encrypted for a column; bound to ``context`` (table and key), so that it cannot be moved."""
        return _seal(self._sealing, value, context)

    def open(self, sealed: bytes, context: str) -> bytes:
        """Raises StorageCorrupt (permanent)."""
        return _open(self._sealing, sealed, context)


def load(path: Path) -> MasterKey:
    """Raises MasterKeyMissing (permanent): no such file, not a key, or open to other users."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise MasterKeyMissing(f"{path}: {type(error).__name__}") from None
    if mode & 0o077:
        raise MasterKeyMissing(f"{path} can be read by other users: chmod 600 it, and consider it known")
    return MasterKey(_decoded(path, text))


def load_or_create(path: Path, *, data_dir: Path) -> MasterKey:
    """The key of this installation, made at its first start. Two processes at once get the same key.

    Raises MasterKeyMissing (permanent) where the data directory was used with a key before and that one is not
    here; SettingsInvalid (permanent) where the key would lie inside the data directory.
    """
    if path.resolve().is_relative_to(data_dir.resolve()):
        raise SettingsInvalid("REASONANCE_MASTER_KEY_FILE lies inside REASONANCE_DATA_DIR")
    known = data_dir / "master-key-fingerprint"
    if not path.exists():
        if known.exists():
            raise MasterKeyMissing(f"{path} is gone; its fingerprint was {known.read_text().strip()}")
        create_once(path, (HEADER + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n").encode())
    key = load(path)
    create_once(known, (key.fingerprint + "\n").encode())
    if known.read_text().strip() != key.fingerprint:
        raise MasterKeyMissing(f"{path} is another key than this data directory was used with")
    return key


def _decoded(path: Path, text: str) -> bytes:
    if not text.startswith(HEADER):
        raise MasterKeyMissing(f"{path} is not a master key")
    try:
        return base64.b64decode(text[len(HEADER) :].strip(), validate=True)
    except ValueError:
        raise MasterKeyMissing(f"{path} is not a master key") from None


def _derive(secret: bytes, purpose: str) -> bytes:
    """One key for each purpose, by HMAC as in HKDF's expand step (RFC 5869); the secret is uniform already."""
    return hmac.digest(secret, b"reasonance:" + purpose.encode() + b"\x01", "sha256")


def _seal(key: bytes, value: bytes, context: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, value, context.encode())


def _open(key: bytes, sealed: bytes, context: str) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError):
        raise StorageCorrupt("a sealed value does not open") from None
