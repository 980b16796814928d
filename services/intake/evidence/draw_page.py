"""Draws one page of a file as a JPEG, as a process of its own: `draw_page.py FILE PAGE EDGE MEGABYTES SECONDS`.

It takes little memory and time, whatever the file says of itself, and knows nothing of the project: it is started as a
script, without settings or secrets. To standard output: the number of pages, a line feed, the picture. Exit code 3: too
large, 4: no such page, anything else: it cannot be drawn.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import resource
import sys
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

TOO_LARGE = 3
NO_SUCH_PAGE = 4
_MOST_PIXELS = 50_000_000
"""A page of A2 at 300 dots an inch has 35 million."""
_CLONE_NEWNET = 0x40000000
_CHIP = 56
"""Pixels of 320: a card shows the picture at less than half its size."""


def main(path: str, page: int, edge: int, megabytes: int, seconds: int) -> None:
    """Draw page `page` (from 1), its longer side `edge` pixels at most."""
    _limit(megabytes, seconds)
    with open(path, "rb") as file:  # noqa: PTH123 -- this script does without more than it must import
        head = file.read(5)
    pages, picture = _from_pdf(path, page, edge) if head == b"%PDF-" else _from_picture(path, page, edge)
    if edge < 1000 and pages > 1:
        _number(picture, f"{page}/{pages}")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82, optimize=True)
    sys.stdout.buffer.write(b"%d\n" % pages + out.getvalue())


def _limit(megabytes: int, seconds: int) -> None:
    """Memory, time, files and threads; where the system lets it, no network either."""
    memory = megabytes * 1024 * 1024
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        resource.setrlimit(what, (most, most))
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).unshare(_CLONE_NEWNET)


def _from_pdf(path: str, page: int, edge: int) -> tuple[int, Image.Image]:
    import pypdfium2  # noqa: PLC0415

    document: Any = pypdfium2.PdfDocument(path)
    pages = len(document)
    if page > pages:
        sys.exit(NO_SUCH_PAGE)
    drawn = document[page - 1]
    width, height = drawn.get_size()
    bitmap = drawn.render(scale=edge / max(width, height, 1.0), may_draw_forms=False)
    picture: Image.Image = bitmap.to_pil().convert("RGB")
    return pages, picture


def _from_picture(path: str, page: int, edge: int) -> tuple[int, Image.Image]:
    from PIL import Image, ImageOps  # noqa: PLC0415

    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    try:
        opened = Image.open(path, formats=("PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP"))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        sys.exit(TOO_LARGE)
    pages = getattr(opened, "n_frames", 1) if opened.format == "TIFF" else 1
    if page > pages:
        sys.exit(NO_SUCH_PAGE)
    if pages > 1:
        opened.seek(page - 1)
        if opened.width * opened.height > _MOST_PIXELS:
            sys.exit(TOO_LARGE)
    opened.draft("RGB", (edge, edge))
    turned = ImageOps.exif_transpose(opened).convert("RGBA")
    turned.thumbnail((edge, edge))
    plain = Image.new("RGB", turned.size, "white")  # what the picture said of itself stays behind
    plain.paste(turned, mask=turned.getchannel("A"))
    return pages, plain


def _number(picture: Image.Image, text: str) -> None:
    """Page and number of pages, at the corner of a small picture."""
    from PIL import ImageDraw, ImageFont  # noqa: PLC0415

    draw, (width, height) = ImageDraw.Draw(picture), picture.size
    font = ImageFont.load_default(_CHIP * 2 // 3)
    left = width - draw.textlength(text, font) - _CHIP // 2
    draw.rectangle((left, height - _CHIP, width, height), fill=(30, 41, 59))
    draw.text(((left + width) / 2, height - _CHIP / 2), text, fill="white", font=font, anchor="mm")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:6]))
