"""Whether a signed vCon was signed by somebody who is trusted (JWS, RFC 7515; algorithms of RFC 7518 and 8037)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from data.errors import MetadataInvalid, VConInvalid, VConSignatureInvalid
from ingest.vcon_base64 import decode_base64

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    PublicKey: TypeAlias = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey

MAX_SIGNATURES = 20
HASHES = {"256": "SHA256", "384": "SHA384", "512": "SHA512"}
PEM_BEGIN = b"-----BEGIN "


def check_signature(jws: Mapping[str, Any], trusted: bytes | None) -> bool:
    """Whether one of the trusted keys made one of the signatures; False where none is given to hold them against.

    Raises VConSignatureInvalid (permanent) where keys are given and none fits, MetadataInvalid (permanent) where
    these cannot be read.
    """
    if not trusted:
        return False
    keys = trusted_keys(trusted)
    if not any(_fits(jws, one, key) for one in _signatures(jws) for key in keys):
        raise VConSignatureInvalid()
    return True


def _signatures(jws: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    found = jws.get("signatures")
    for one in found[:MAX_SIGNATURES] if isinstance(found, list) else ():
        if isinstance(one, dict) and isinstance(one.get("protected"), str):
            yield one


def _fits(jws: Mapping[str, Any], signed: Mapping[str, Any], key: PublicKey) -> bool:
    """The algorithm is the protected header's alone: what stands beside it anybody may have written there."""
    from cryptography.exceptions import InvalidSignature

    try:
        header = json.loads(decode_base64(signed["protected"]))
        signature = decode_base64(signed.get("signature"))
        content = f"{signed['protected']}.{jws['payload']}".encode("ascii")
        _verify(str(header.get("alg")), key, signature, content)
    except (InvalidSignature, VConInvalid, ValueError, AttributeError, KeyError, RecursionError):
        return False
    return True


def _verify(algorithm: str, key: PublicKey, signature: bytes, content: bytes) -> None:
    """Raises InvalidSignature, or ValueError where key and algorithm do not go together."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    if algorithm in ("EdDSA", "Ed25519") and isinstance(key, ed25519.Ed25519PublicKey):
        key.verify(signature, content)
        return
    digest: hashes.HashAlgorithm = getattr(hashes, HASHES[algorithm[2:]])()
    if algorithm.startswith("RS") and isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, content, padding.PKCS1v15(), digest)
    elif algorithm.startswith("PS") and isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, content, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
    elif algorithm.startswith("ES") and isinstance(key, ec.EllipticCurvePublicKey):
        half = len(signature) // 2
        numbers = (int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
        key.verify(encode_dss_signature(*numbers), content, ec.ECDSA(digest))
    else:
        raise ValueError(algorithm)


@cache
def trusted_keys(pem: bytes) -> tuple[PublicKey, ...]:
    """The public keys in a file of PEM blocks: certificates, or the keys alone. Raises MetadataInvalid (permanent)."""
    from cryptography.exceptions import UnsupportedAlgorithm

    blocks = [PEM_BEGIN + block for block in pem.split(PEM_BEGIN)[1:]]
    try:
        keys = tuple(map(_key, blocks))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise MetadataInvalid("the trusted keys of vCons are no PEM file of certificates or public keys") from error
    if not keys:
        raise MetadataInvalid("there is no key in the file of the trusted keys of vCons")
    return keys


def _key(block: bytes) -> PublicKey:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from cryptography.x509 import load_pem_x509_certificate

    certified = block.startswith(PEM_BEGIN + b"CERTIFICATE")
    key = load_pem_x509_certificate(block).public_key() if certified else load_pem_public_key(block)
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey):
        raise ValueError("another kind of key")  # noqa: TRY004  # one kind of fault, whatever is wrong with the file
    return key
