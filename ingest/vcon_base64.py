"""The encoding of bodies in a vCon."""

from __future__ import annotations

import base64
import binascii

from data.errors import VConInvalid


def decode_base64(text: object) -> bytes:
    """Base64url as the drafts want it, plain base64 as old writers did, padded or not."""
    if not isinstance(text, str):
        raise VConInvalid("a body is no text")
    plain = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise VConInvalid("a body is not base64url") from error
