"""Paths that misbehave on purpose: a table from path to fault, the same on every site."""

from __future__ import annotations

from dataclasses import dataclass

CHALLENGE = (
    "<html><head><script>document.cookie=('_')+('_')+('j')+('s')+('l')+('_')+('c')+('learance_s')"
    "+'=1718000000.123|-1|'+'a1b2c3'+';Max-age=3600;path=/';location.href=location.pathname"
    "+location.search</script></head></html>"
)
MISSING = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>提示信息</title></head><body>'
    "<div class='error'><h1>您访问的页面不存在</h1><p>该信息可能已被删除或移动，"
    "<span>5</span>秒后返回<a href='/'>首页</a></p></div></body></html>"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One misbehaviour. ``delay`` is in seconds before the answer begins."""

    status: int
    body: str
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0.0


FAULTS: dict[str, Fault] = {
    "/fault/challenge": Fault(
        521,
        CHALLENGE,
        (("Set-Cookie", "__jsluid_h=5d41402abc4b2a76b9719d911017c592; path=/; HttpOnly"),),
    ),
    "/fault/soft404": Fault(200, MISSING),
    "/fault/500": Fault(500, "<html><head><title>500</title></head><body>500</body></html>"),
    "/fault/slow": Fault(
        200, "<html><head><title>慢</title></head><body>慢</body></html>", delay=30
    ),
}
