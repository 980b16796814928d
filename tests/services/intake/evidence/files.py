"""Files that tests bring as evidence: real ones, small."""

from __future__ import annotations

import io
import zipfile

from PIL import Image


def picture(colour: str = "red", format_: str = "PNG", size: tuple[int, int] = (80, 60), **more: object) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, format_, **more)
    return out.getvalue()


def pdf(pages: int = 2) -> bytes:
    """A document of pages of different colours."""
    out = io.BytesIO()
    first, *others = [Image.new("RGB", (210, 297), (255 - 40 * n % 250, 40 * n % 250, 120)) for n in range(pages)]
    first.save(out, "PDF", save_all=True, append_images=others)
    return out.getvalue()


def archive(*names: str) -> bytes:
    """A zip with empty files of these names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, b"")
    return out.getvalue()
