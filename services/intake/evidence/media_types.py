"""What a file is, by its content: nobody's word is taken for it."""

from __future__ import annotations

import codecs
import re
import struct
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple


class MediaKind(NamedTuple):
    """A kind of file that may be evidence: extensions of its names, and the media types that agree with it.

    The first media type is the one that it is given out with. `pictured`: its pages can be shown as pictures.
    """

    extensions: tuple[str, ...]
    media_types: tuple[str, ...]
    pictured: bool = False


_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
KINDS: Final[dict[str, MediaKind]] = {
    "pdf": MediaKind((".pdf",), ("application/pdf",), pictured=True),
    "png": MediaKind((".png",), ("image/png",), pictured=True),
    "jpeg": MediaKind((".jpg", ".jpeg"), ("image/jpeg",), pictured=True),
    "webp": MediaKind((".webp",), ("image/webp",), pictured=True),
    "gif": MediaKind((".gif",), ("image/gif",), pictured=True),
    "tiff": MediaKind((".tif", ".tiff"), ("image/tiff",), pictured=True),
    "bmp": MediaKind((".bmp",), ("image/bmp", "image/x-ms-bmp"), pictured=True),
    "heic": MediaKind((".heic", ".heif"), ("image/heic", "image/heif")),
    "docx": MediaKind((".docx",), (_OFFICE + "wordprocessingml.document",)),
    "xlsx": MediaKind((".xlsx",), (_OFFICE + "spreadsheetml.sheet",)),
    "pptx": MediaKind((".pptx",), (_OFFICE + "presentationml.presentation",)),
    "ofd": MediaKind((".ofd",), ("application/ofd", "application/octet-stream")),
    "ole": MediaKind(
        (".doc", ".xls", ".ppt", ".wps", ".et", ".dps"),
        (
            "application/x-ole-storage",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            "application/vnd.ms-works",
            "application/octet-stream",
        ),
    ),
    "mp4": MediaKind((".mp4", ".m4v"), ("video/mp4",)),
    "mov": MediaKind((".mov",), ("video/quicktime",)),
    "text": MediaKind((".txt", ".csv"), ("text/plain", "text/csv")),
}
ALLOWED: Final = " ".join(extension[1:] for kind in KINDS.values() for extension in kind.extensions)
"""The extensions that a name may have, as people are told."""
GIVEN_OUT: Final = sorted({*(kind.media_types[0] for kind in KINDS.values()), "text/csv", "application/octet-stream"})
"""The media types that files are given out with; the last for one that came before kinds were told apart."""
_MAGIC: Final = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
)
_ZIPPED: Final = (("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"), ("ppt/presentation.xml", "pptx"))
_HEAD_BYTES: Final = 4096
_END_BYTES: Final = 65_557
"""The end record of a zip and the longest comment behind it."""
_DIRECTORY_BYTES: Final = 4 * 1024 * 1024
"""A zip's list of contents that is worth reading: some 40,000 names."""
_CHUNK: Final = 256 * 1024
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_ACTIVE: Final = re.compile(
    r"<(?:!doctype|html|head|body|script|svg|iframe|object|embed|\?xml|\?php)|^\s*#!|^\s*%!PS", re.I
)
_BOMS: Final = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def kind_of(path: Path) -> str | None:
    """The kind of a file, a key of `KINDS`; None for what is refused: programs, scripts, web pages, what is unknown."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        if (found := _by_magic(head)) is not None:
            return found
        if head.startswith(b"PK\x03\x04"):
            return _zip_kind(file)
        return "text" if _is_plain_text(file, head) else None


def agrees(kind: str, name: str, media_type: str) -> tuple[bool, bool]:
    """Whether a name, and a media type, are those of a kind."""
    known = KINDS[kind]
    return name.lower().endswith(known.extensions), media_type.partition(";")[0].strip().lower() in known.media_types


def media_type_for(kind: str, name: str) -> str:
    """The media type of a file of this kind and name."""
    return "text/csv" if kind == "text" and name.lower().endswith(".csv") else KINDS[kind].media_types[0]


def _by_magic(head: bytes) -> str | None:
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[:2] == b"BM" and len(head) > 30 and head[6:10] == b"\0\0\0\0" and head[26:28] == b"\1\0":
        return "bmp"
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return "mov" if brand == b"qt  " else "heic" if brand in (b"heic", b"heix", b"mif1", b"msf1") else "mp4"
    return None


def _zip_kind(file: BinaryIO) -> str | None:
    """Of an archive only those that are documents without macros; its list of contents is read, nothing is unpacked."""
    names = _names_in_zip(file)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    if "OFD.xml" in names:
        return "ofd"
    return next((kind for name, kind in _ZIPPED if name in names and "[Content_Types].xml" in names), None)


def _names_in_zip(file: BinaryIO) -> set[str]:
    length = file.seek(0, 2)
    file.seek(max(0, length - _END_BYTES))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        return set()
    size, offset = struct.unpack("<II", tail[at + 12 : at + 20])
    if size > _DIRECTORY_BYTES or offset + size > length:
        return set()
    file.seek(offset)
    directory, names, here = file.read(size), set(), 0
    while directory[here : here + 4] == b"PK\x01\x02" and here + 46 <= len(directory):
        name, extra, comment = struct.unpack("<HHH", directory[here + 28 : here + 34])
        names.add(directory[here + 46 : here + 46 + name].decode("utf-8", "replace"))
        here += 46 + name + extra + comment
    return names


def _is_plain_text(file: BinaryIO, head: bytes) -> bool:
    """UTF-8, GB 18030 or marked UTF-16, no control characters, and no markup or script at its beginning."""
    encodings = [name for mark, name in _BOMS if head.startswith(mark)] or ["utf-8-sig", "gb18030"]
    return any(_decodes(file, encoding) for encoding in encodings)


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder, first = codecs.getincrementaldecoder(encoding)(), True
    file.seek(0)
    while True:
        chunk = file.read(_CHUNK)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError:
            return False
        if _CONTROL.search(text) or (first and _ACTIVE.search(text[:_HEAD_BYTES])):
            return False
        first = False
        if not chunk:
            return True
