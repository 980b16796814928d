"""docs/rights.md, written from the table of rights; `python -m tests.architecture.rights_page` writes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from contracts.values import Classification
from supervision.right import REASONS, Asker, Operation, Outcome, Relation, Scope, relations
from supervision.rights import OPERATIONS, answer
from supervision.words import ROLES, Word

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "rights.md"
RELATIONS: Final[dict[Relation, Word]] = {
    "lead": Word("牵头", "lead"),
    "cooperating": Word("配合", "cooperating"),
    "own_leader": Word("分管", "own"),
    "party": Word("当事", "party"),
    "other": Word("其他", "other"),
}
SCOPES: Final[dict[Scope, Word]] = {
    "item": Word("就一个事项", "About an item"),
    "record": Word("就事项的一份材料：提交、通知、文件", "About a record of an item: a submission, a notice, a file"),
    "sheet": Word("就一个单位的考核计分表", "About a unit's evaluation sheet"),
    "programme": Word("就一个方案或一个地区", "About a programme or a jurisdiction as a whole"),
    "installation": Word("不涉及具体对象", "About none of these"),
}
ASKERS: Final[tuple[Asker, ...]] = ("public", "unit", "leader", "office", "chief", "auditor")
SIGNS: Final[dict[Outcome, str]] = {"allowed": "✓", "forbidden": "403", "hidden": "404"}
_REASONS: Final = "；".join(f"`{code}` {word.zh} {word.en}" for code, word in REASONS.items())
HEAD: Final = f"""# 权限表 · Table of rights

由 `supervision/rights.py` 生成，测试保证两者一致；另一个测试在运行的服务上走遍每一格。
*Written from `supervision/rights.py`; a test holds it to the table, and another walks every cell on running services.*

| 符号 sign | 意思 | what it means |
|---|---|---|
| ✓ | 允许 | allowed |
| 401 | 请先登录 | sign in first |
| 403 | 不允许，并说明理由 | refused, with the reason |
| 404 | 不告诉是否存在：与不存在时的回答相同 | whether it exists is not told: it is the answer for what does not exist |
| a·b | 公开事项·内部事项 | a public item · an internal one |

理由 reasons：{_REASONS}。

- 先看角色，再读正文。
  “牵头、配合、分管”是本单位或本人与事项的关系，“当事”是自己提交、上传或收到的，“其他”是没有这些关系。
  *The role is looked at before a body is read. Lead, cooperating, own: the tie of one's unit, or oneself, to the item.
  Party: one sent or uploaded it, or was sent it. Other: none of these.*
- 别的地区的方案，不论其中的单位编号、领导编号是否与本地区相同，一律 404（发布别的地区的方案：403）。
  公众不属于任何地区，看各地已公布的；已登录的人只看自己地区的。
  *Of another jurisdiction's programme everything is 404, even where units and leaders have the same ids (to publish one
  is 403). The public belongs to no jurisdiction and sees what any of them published; who is signed in sees their own.*
- 代理人在指定的起止日内（当地日期，首尾两日都算），就所代理的分管领导或主要领导的事项，能看、能办被代理人能看、能办的；
  其余日子和其他事项照本人的角色。
  *A deputy, on the local days of the naming (first and last included), sees and may do on the items concerned what the
  leader in charge or chief leader may for whom they stand in; on other days, and elsewhere, what their own role may.*
- 角色 `alarm` 除不问来者身份的门以外，一律 403。
  *The role `alarm` gets 403 everywhere, but for doors that ask nobody who they are.*
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for scope, heading in SCOPES.items():
        parts.append("\n".join(_table(scope, heading, [one for one in OPERATIONS.values() if one.scope == scope])))
    return "\n".join(parts)


def _table(scope: Scope, heading: Word, operations: Iterable[Operation]) -> Iterator[str]:
    columns = [(asker, relation) for asker in ASKERS for relation in _own(asker, scope)]
    named = [f"{ROLES[asker].zh}<br>{asker}{_tie(asker, relation, scope)}" for asker, relation in columns]
    yield f"## {heading.zh} · {heading.en}"
    yield ""
    yield f"| 操作 operation | | {' | '.join(named)} |"
    yield "|---|---|" + "---|" * len(columns)
    for one in operations:
        cells = [_cell(one, asker, relation) for asker, relation in columns]
        yield f"| `{one.name}` | {one.word.zh} {one.word.en} | {' | '.join(cells)} |"
    yield ""


def _own(asker: Asker, scope: Scope) -> list[Relation]:
    """The relations inside the own jurisdiction."""
    return [one for one in relations(asker, scope) if one != "foreign"]


def _tie(asker: Asker, relation: Relation, scope: Scope) -> str:
    if len(_own(asker, scope)) == 1:
        return ""
    return f"<br>{RELATIONS[relation].zh} {RELATIONS[relation].en}"


def _cell(one: Operation, asker: Asker, relation: Relation) -> str:
    kinds: tuple[Classification, ...] = ("public", "internal") if one.scope in ("item", "record") else ("public",)
    signs = [_sign(one, asker, relation, kind) for kind in kinds]
    return signs[0] if len(set(signs)) == 1 else "·".join(signs)


def _sign(one: Operation, asker: Asker, relation: Relation, classification: Classification) -> str:
    said = answer(one.name, asker, relation, classification)
    return "401" if said.reason == "sign_in" else SIGNS[said.outcome]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
