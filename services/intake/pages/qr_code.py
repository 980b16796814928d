"""A text as a QR code to print: an SVG that stands in the page itself, since nothing foreign may be loaded."""

from __future__ import annotations

from typing import Final

import segno
from markupsafe import Markup

_MASK: Final = 0
"""Of eight masks the standard takes the one with the fewest patterns. A signature has none under any of them, and
trying all takes 35 ms of the 50 that a receipt's code costs."""


def qr_code(text: str, title: str) -> Markup:
    """The code with low error correction, so that it stays coarse enough for a phone to read from paper."""
    drawn = segno.make_qr(text, error="l", mask=_MASK).svg_inline(
        title=title, svgclass="qr", lineclass=None, omitsize=True, border=4, dark="#000", light="#fff"
    )
    return Markup(drawn)  # made here of a signature and a fixed title
