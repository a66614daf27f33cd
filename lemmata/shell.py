"""The shell of every page that Lemmata writes: one file, no network, nothing but what stands in it.

The policy in its head lets exactly its own style and script run, by their digests, and nothing load. What comes from a
user reaches a page through `escape` or as data through `shell`, never otherwise.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import secrets
import stat
from collections.abc import Mapping
from contextlib import suppress
from html import escape as _escape

from .rewriting.source import LemmataError

# Control characters and lone surrogates cannot stand in HTML, or in UTF-8.
_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


class PageError(LemmataError):
    """A page that could not be written. The message names the file."""

    kind = "file"


def escape(text: str) -> str:
    """Text as it may stand between tags or in a quoted attribute."""
    return _escape(_NOT_TEXT.sub("\ufffd", text))


def embed(data: object) -> str:
    r"""JSON as it may stand in a script element, without `<`, `>`, `&` and the separators that end a line.

    >>> embed({"name": "</script><!--"})
    '{"name":"\\u003c/script\\u003e\\u003c!--"}'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return _NOT_TEXT.sub("\ufffd", text).translate(_ESCAPES)


def shell(title: str, body: str, data: Mapping[str, object], *, style: str, script: str) -> str:
    """A whole page. `title` is plain text, `body` is HTML, `data` is for the script, as JSON in the element `data`."""
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>{escape(title)}</title>
<style>{style}</style>
</head>
<body>
{body}
<script type="application/json" id="data">{embed(data)}</script>
<script>{script}</script>
</body>
</html>
"""


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def write_page(path: str | os.PathLike[str], html: str) -> None:
    """Write a page so that the file is the old one or the new one, never a part. Raises PageError.

    A device or a pipe is written to as it is, since there is no old file to keep.
    """
    name = os.fspath(path)
    try:
        content = html.encode()
        target = os.path.realpath(name)
        if os.path.exists(target) and not stat.S_ISREG(os.stat(target).st_mode):
            with os.fdopen(os.open(target, os.O_WRONLY), "wb") as out:
                out.write(content)
            return
        beside = os.path.join(os.path.dirname(target), f".{secrets.token_hex(8)}.tmp")
        try:
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            os.replace(beside, target)
        except BaseException:  # an interruption too must leave nothing behind
            with suppress(OSError):
                os.unlink(beside)
            raise
    except (OSError, ValueError) as error:
        why = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
        raise PageError(f"cannot write {name!r}: {why}", hint="choose another place for the page") from None
