"""A file is what its content is; programs, scripts and web pages are none that is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.intake.evidence.media_types import KINDS, agrees, kind_of, media_type_for
from tests.services.intake.evidence.files import archive, pdf, picture

OOXML = "[Content_Types].xml"
TAKEN: list[tuple[str, bytes]] = [
    ("pdf", pdf(1)),
    ("png", picture()),
    ("jpeg", picture(format_="JPEG")),
    ("webp", picture(format_="WEBP")),
    ("gif", picture(format_="GIF")),
    ("tiff", picture(format_="TIFF")),
    ("bmp", picture(format_="BMP")),
    ("docx", archive(OOXML, "word/document.xml")),
    ("xlsx", archive("xl/workbook.xml", OOXML)),
    ("pptx", archive(OOXML, "ppt/presentation.xml")),
    ("ofd", archive("OFD.xml", "Doc_0/Document.xml")),
    ("ole", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    ("mp4", b"\0\0\0\x20ftypisom" + bytes(40)),
    ("mov", b"\0\0\0\x14ftypqt  " + bytes(40)),
    ("heic", b"\0\0\0\x18ftypheic" + bytes(40)),
    ("text", "序号,任务,进度\n1,道路,80%\n".encode()),
    ("text", "台账，国标编码".encode("gb18030")),
    ("text", "记事本".encode("utf-16")),
    ("text", ("长" * 300_000).encode()),
]
REFUSED: list[tuple[str, bytes]] = [
    ("a program for Windows", b"MZ\x90\0\x03\0\0\0" + bytes(100)),
    ("a program for Linux", b"\x7fELF\x02\x01\x01\0" + bytes(100)),
    ("a script", b"#!/bin/sh\nrm -rf /\n"),
    ("a web page", b"<!DOCTYPE html><p>hello"),
    ("a web page that begins late", b"\n\n  <HTML><body onload=alert(1)>"),
    ("a script in a text", b"hello <script>alert(1)</script>"),
    ("a drawing that can hold scripts", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    ("XML", b'<?xml version="1.0"?><a/>'),
    ("PostScript", b"%!PS-Adobe-3.0\n"),
    ("an archive", archive("setup.exe")),
    ("a document with macros", archive(OOXML, "word/document.xml", "word/vbaProject.bin")),
    ("an archive that lies about its end", archive("word/document.xml", OOXML)[:-22]),
    ("noise", bytes(range(256)) * 4),
    ("a RAR", b"Rar!\x1a\x07\x01\0" + bytes(50)),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file"


@pytest.mark.parametrize(("kind", "content"), TAKEN, ids=[f"{n}-{one[0]}" for n, one in enumerate(TAKEN)])
def test_a_kind_is_known_by_its_content(file: Path, kind: str, content: bytes) -> None:
    file.write_bytes(content)
    assert kind_of(file) == kind


@pytest.mark.parametrize("content", [one for _, one in REFUSED], ids=[name for name, _ in REFUSED])
def test_what_could_run_and_what_is_unknown_is_none(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert kind_of(file) is None


def test_every_kind_has_been_seen() -> None:
    assert {kind for kind, _ in TAKEN} == KINDS.keys()


def test_name_and_media_type_agree_with_the_content() -> None:
    assert agrees("jpeg", "现场.JPG", "image/jpeg") == (True, True)
    assert agrees("jpeg", "现场.jpg.exe", "image/jpeg") == (False, True)
    assert agrees("pdf", "a.pdf", "text/html") == (True, False)
    assert agrees("text", "a.csv", "text/csv; charset=gb18030") == (True, True)
    assert agrees("text", "a.html", "text/plain") == (False, True)
    assert media_type_for("text", "台账.CSV") == "text/csv"
