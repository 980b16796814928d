"""The operations about files of evidence."""

from __future__ import annotations

from typing import Final

from services.intake.description import examples
from services.intake.description.parameters import ASKING
from services.intake.evidence.media_types import GIVEN_OUT
from supervision.words import Word
from web.openapi import TEXT, DescribedOperation, header, parameter, ref, success

_SHA256: Final = parameter(
    "path",
    "sha256",
    Word("文件的 SHA-256，小写十六进制", "the file's SHA-256 in lower-case hex"),
    {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    example=examples.DATA["progress.reported"]["evidence"][0]["sha256"],
)
_FILE: Final = {"type": "string", "format": "binary"}
EVIDENCE: Final = (
    DescribedOperation(
        method="PUT",
        path="/v1/evidence/{sha256}",
        id="uploadEvidence",
        right="evidence.upload",
        tag="evidence",
        text=Word(
            "先传文件，再在报送里引用；一日内未被引用的文件会删除。内容须与地址里的 SHA-256 一致。"
            "类型按内容认定：接受文档、图片、视频、文本，不接受程序、脚本、网页。",
            "Upload a file before it is cited; one that nothing cites goes after a day. Its content must have the "
            "SHA-256 of the address, and says what it is: documents, pictures, videos and texts are taken; programs, "
            "scripts and web pages are not.",
        ),
        parameters=(_SHA256,),
        body={"required": True, "content": {"application/octet-stream": {"schema": _FILE}}},
        answers={
            200: success(Word("已经传过", "it was there already"), ref("Stored")),
            201: success(Word("已存好", "it is stored"), ref("Stored")),
        },
        codes=(
            *(*ASKING, "too_large", "quota", "digest_mismatch", "aborted", "evidence_type", "evidence_infected"),
            *("scanner_unavailable", "store_unavailable", "no_space"),
        ),
    ),
    DescribedOperation(
        method="HEAD",
        path="/v1/evidence/{sha256}",
        id="askForEvidence",
        right="evidence.ask",
        tag="evidence",
        text=Word(
            "文件是否已传；字节数在 Content-Length。", "Whether a file was uploaded; its size is in Content-Length."
        ),
        parameters=(_SHA256,),
        answers={200: {"description": "已传过 it was uploaded"}},
        codes=(*ASKING, "store_unavailable"),
    ),
    DescribedOperation(
        method="GET",
        path="/v1/evidence/{sha256}",
        id="readEvidence",
        right="evidence.read",
        tag="evidence",
        text=Word(
            "按引用时的文件名下载。每次读取都有登记。",
            "Download a file under its name as cited. Every read goes on record.",
        ),
        parameters=(_SHA256,),
        answers={
            200: {
                "description": "文件 the file",
                "headers": {
                    "ETag": header(Word("文件的标识", "which file it is"), TEXT),
                    "Content-Disposition": header(Word("总是下载", "always a download"), TEXT),
                    "Accept-Ranges": header(Word("不分段发送", "never sent in parts"), {"const": "none"}),
                },
                "content": {media_type: {"schema": _FILE} for media_type in GIVEN_OUT},
            }
        },
        codes=(*ASKING, "not_recorded", "store_unavailable"),
    ),
)
