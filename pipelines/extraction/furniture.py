"""Lines that belong to the page and not to the document: buttons, counters, neighbours, footers.

Only whole short lines are judged, never words inside a paragraph: 放大 is a button on its own line
and a verb in 引导和放大作用.
"""

from __future__ import annotations

import re

from pipelines.extraction.folding import fold, squeeze
from pipelines.extraction.people import is_person
from pipelines.extraction.remembered import remembered

LONGEST = 80
_SIZES = r"[\[【(]?(?:A?大|A?中|A?小|超大|特大|标准|默认|放大|缩小|增大|减小|A|T)[+-]?[\]】)]?"
_NETWORKS = r"(?:微信|微博|新浪微博|腾讯微博|QQ空间|QQ好友|QQ|朋友圈|人人网|豆瓣|易信)"
_BUTTON = (
    r"(?:(?:我要)?(?:打印(?:本页|文章|页面|此页|正文|预览)?|关闭(?:窗口|本页|页面|当前页面)?|"
    r"返回(?:顶部|首页|列表|上一页|上页)?)|(?:加入|添加|我的)?收藏(?:本页|夹)?|"
    rf"分享(?:到|至|本页|文章到|文章|网页|给好友)?[:]?{_NETWORKS}*|复制(?:链接|网址)?|保存|"
    r"纠错|我要纠错|内容纠错|举报|点赞|评论|转发|推荐|朗读|语音播报|语音播放|听全文|无障碍(?:浏览|阅读)?|"
    r"回到顶部|TOP|下载(?:文字版|图片版|word版|pdf版)?|取消|确定|展开|收起|全文|阅读全文|"
    rf"{_NETWORKS}|更多|X|视力保护色?|繁体|简体)"
)
_DESK = (
    r"(?:编辑|责编|责任编辑|责任校对|校对|审核|审校|初审|复审|终审|一审|二审|三审|编审|值班编委|值班主任|"
    r"监制|录入|排版|审签|信息审核|供图|核稿|审稿|主编|总编|美编|统筹|信息员|上传|网编|内容管理|发布人员)"
)
_TURN = r"(?:上一?[篇版条页期]|下一?[篇版条页期]|前一[篇条]|后一[篇条]|阅读下一篇)"
_PATTERNS = (
    # Font size and colour switches, print, close, share.
    rf"[\[【(]?(?:浏览|阅读|调整|文章|显示)?(?:字[体号]|文字)(?:大小|调整|缩放)?[:]?"
    rf"(?:{_SIZES}[/|、]?)*[\]】)]?(?:{_BUTTON})?",
    rf"(?:{_SIZES}[/|、]?){{2,}}(?:{_BUTTON})?",
    rf"(?:[\[【(<]?{_BUTTON}[\]】)>]?[|/、]?)+",
    r"[\[【(]?字号(?:增大|减小)[\]】)]?",
    # QR codes that open or share this very page, and where else the site can be followed.
    r"(?:请?用?微信)?扫一扫[,，]?(?:.{0,6}(?:手机|分享|关注|朋友圈|当前页|本页|浏览|查看|打开|阅读).{0,16})?",
    r".{0,6}(?:扫码|扫描).{0,8}(?:当前页|本页|手机(?:上)?(?:查看|打开|浏览)|分享).{0,12}",
    r".{0,8}手机(?:扫一扫|上?查看|打开|浏览).{0,8}(?:页面?|本文|文章)",
    r"(?:分享至|分享到).{0,12}(?:朋友圈|好友).{0,6}",
    r"[\u3400-\u9fff]{0,16}(?:微信公众号|官方微信|官方微博|手机版|手机客户端)",
    # Neighbours.
    rf"[\d.、]*[34<>«»←→]*{_TURN}[34<>«»←→|]*(?:(?:{_TURN}|返回目录)[34<>«»←→|]*)*(?:[:].*)?",
    r"(?:没有|暂无|无|已是?(?:第一|最后)一?).{0,6}(?:上一|下一|更多|新|了).{0,6}",
    # Counters and clocks.
    r"[(]?(?:已)?(?:浏览|点击|阅读|访问|下载|查看|人气|关注)(?:次数|量|数|率|人数|人次)?[:]?[\[(]?[\d,-]*[\])]?"
    r"[次人]?(?:浏览|阅读|参与)?[)]?",
    r"(?:点赞|评论|收藏|转发|喜欢|赞|顶|踩|有用)(?:数|量)?[:]?[\[(]?\d*[\])]?",
    r"\d+(?:条评论|次阅读|次浏览|人参与|人点赞|个赞)",
    r"\d+(?:秒|分钟|小时|天|个?月|年)前(?:发布|更新)?",
    r"(?:信息|文章)?(?:正文|内容)[:]?",
    r"您是第\d*位访[问客]者?",
    r"今天是.{0,4}(?:\d{2,4}年.{0,20}|星期.)",
    r"(?:当前时间|现在时间|北京时间)[:]\d.{0,24}",
    # Editors and checkers: the desk that put the page up, not the author.
    rf"[\[【(]?(?:本文|本期|网站|网络|值班|责任|文字|图片|美术|新媒体|执行|本网|见习|实习)?{_DESK}"
    r"(?:人|者|员)?[:/][^,。;]{0,40}",
    r"[\[【(](?:责任)?编辑[\]】)]?[\w·、]{2,6}[\]】)]?",
    # Related things.
    r"[▌■●◆|]*(?:相关|延伸|热点|推荐|精彩|热门|为您|猜你|更多|最新|往期|关联)(?:您?(?:推荐|喜欢))?"
    r"(?:新闻|文章|链接|阅读|稿件|资讯|报道|信息|内容|专题|文件|政策|解读|推荐|回顾|公告|附件|文档|"
    r"文章推荐|政策解读)?[:>»]*",
    r"(?:点击)?(?:查看|阅读|进入|返回|浏览)(?:更多|原文|全文|剩余全文|[“《].{0,12}[”》]).{0,10}",
    r"返回.{0,8}(?:查看更多|首页|频道)",
    r".{0,20}尽在.{2,14}(?:APP|客户端|公众号)",
    r"(?:文件下载|附件下载|关联文件|分享让更多人看到)[:]?",
    # Breadcrumbs.
    r"(?:您?(?:现?在|当前|所在)(?:的)?(?:位置|栏目)[:>]|您所在的位置|当前(?:所在)?位置|首页>).{0,70}",
    r"[|/·>»<«\-—=_*…]+",
)
_RIGHTS = re.compile(
    r".{0,24}(?:版权所有|Copyright|©|AllRightsReserved|ICP[备证]\d|ICP备案号|公网安备|网站标识码[:\w]).{0,60}\Z|"
    r".{0,24}未经.{0,8}(?:许可|授权).{0,6}(?:不得|禁止|请勿).{0,6}(?:转载|复制|摘编|镜像).{0,20}\Z",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"[【\[][^【】\[\]]{1,40}[】\]]")
_FURNITURE = re.compile(rf"(?:{'|'.join(_PATTERNS)})\Z", re.IGNORECASE)
# A declaration about what the site prints, not one of the document's own about its subject.
_DISCLAIMER = re.compile(
    r"[“\"【\[(（*]*(?:(?:特别|免责|平台|版权|转载|本[网站]|网站)声明|Notice|Disclaimer)[:：】\]].{0,200}?"
    r"(?:观点|立场|仅代表|不代表|存储|仅供参考|(?:来[源自]于?|摘自)(?:网络|互联网)|如[有若]?.{0,6}侵权?|"
    r"(?:本[网站]|均|系|凡|经)转载|转载(?:自|请|的|须|时|本|此|内容|文章)|content|view)",
    re.IGNORECASE,
)
_FOOT = re.compile(
    r"版权所有|ICP[备证]\d|ICP备案号|公网安备|网站标识码|AllRightsReserved|Copyright|©|建议使用.{0,20}分辨率|"
    r"未经.{0,8}(?:许可|授权).{0,6}(?:不得|禁止|请勿).{0,6}(?:转载|复制|摘编|镜像)|"
    r"\A[\u3400-\u9fff]{3,30}主办[\u3400-\u9fff]{3,30}(?:承办|协办|维护|管理)\Z|"
    r"技术支持:.{2,24}(?:公司|科技|网络|软件|信息中心|数据中心|工作室)",
    re.IGNORECASE,
)
_ITEM = re.compile(
    r"(?:第?[一二三四五六七八九十百\d]{1,4}[、.条]|[(][一二三四五六七八九十\d]{1,3}[)]|[问答]:)"
)
_ENDS = ("。", "!", "?", ";")
_OF_SITE = re.compile(
    r"本[网站台报刊]|网站|©|Copyright|ICP[备证]\d|公网安备\d|\A版权所有|书面", re.IGNORECASE
)
_CRUMBS = re.compile(
    r"(?:您?(?:现?在|当前|所在|的)的?(?:位置|栏目)|您所在的?位置|当前(?:所在)?位置)[:：]?|"
    r"位置[:：](?=\Z|首页|.*[>›»])|"
    r"首页.{0,3}[>›»/]"
)
_EDITOR = re.compile(
    r"[\[【(（]?\s*(?:责任|本文|网络|值班|见习|实习|网站|责)?\s*(?:编辑|责编|编)\s*[:：/]\s*[^，。；]{0,30}[\]】)）]?\s*\Z"
)
_EDITOR_WITHOUT_COLON = re.compile(
    r"(?:责任|值班)?编辑\s+([\u3400-\u9fff]{2,4})(?:\s+(?:责任)?校对\s+([\u3400-\u9fff]{2,4}))?"
)
_NEIGHBOUR = re.compile(r"[\d34<>«»←→【\[]*(?:上|下)一?[篇条]")
_RELATED = re.compile(
    r"[▌■●◆|【\[]*(?:相关|延伸|热点|推荐|精彩|热门|为您推荐|猜你喜欢|更多|最新|往期|关联)"
    r"(?:新闻|文章|链接|阅读|稿件|资讯|报道|信息|内容|专题|政策|解读|推荐|回顾|公告|政策解读|文件)[:>»】\]]*\Z"
)


_COMMENTS = re.compile(
    r"(?:\d+条)?(?:网友|用户|读者|最新|热门|全部|精彩|发表)?(?:评论|留言|回复|跟帖|回帖|讨论)(?:区|列表)?"
    r"(?:[(]?\d*条?[)])?:?\Z"
)


@remembered
def is_furniture(text: str) -> bool:
    """Whether a whole line is a button, a counter, a neighbour or another part of the frame."""
    short = squeeze(text)
    if len(short) > LONGEST:
        return False
    if _FURNITURE.match(short) or _RIGHTS.match(short):
        return True
    bracketed = _BRACKETED.findall(short)  # 【纠错】【责任编辑:某某】
    return (
        len(bracketed) > 1 and "".join(bracketed) == short and all(map(_FURNITURE.match, bracketed))
    )


@remembered
def is_foot(text: str) -> bool:
    """Whether a line reads as if from a page's foot (copyright, licences, who answers for what).

    A text may say the same of its own subject: where the line stands decides (``closes_page``).
    """
    short = squeeze(text)[:240]
    return bool(_FOOT.search(short[:200]) or _RIGHTS.match(short) or _DISCLAIMER.match(short))


def closes_page(text: str) -> bool:
    """Whether the last line of a text is the page's foot, and no sentence or item of the text."""
    short = squeeze(text)
    if not is_foot(text) or _ITEM.match(short):
        return False
    if _DISCLAIMER.match(short) or not short.endswith(_ENDS):
        return True
    return bool(_OF_SITE.search(short))


@remembered
def is_crumbs(text: str) -> bool:
    """Whether a line is a breadcrumb trail."""
    return bool(_CRUMBS.match(squeeze(text)[:60]))


@remembered
def is_editor(text: str) -> bool:
    """Whether a line names the editor who put the page up."""
    if len(text) > LONGEST:
        return False
    if _EDITOR.match(text.strip()):
        return True
    named = _EDITOR_WITHOUT_COLON.fullmatch(fold(text).strip())
    return named is not None and all(is_person(name) for name in named.groups() if name)


def ends_article(text: str) -> bool:
    """Whether nothing of an article follows a line: its editor, its neighbours, related ones."""
    if len(text) > LONGEST:
        return False
    if is_editor(text) or opens_related(text) or opens_comments(text):
        return True
    flat = squeeze(text)
    neighbour = _NEIGHBOUR.match(flat)
    # 下一篇稿件请于六月前提交。 is a sentence, and no link to another article.
    said = neighbour is not None and flat.endswith("。") and flat[neighbour.end()] not in ":<>]】"
    return neighbour is not None and not said


@remembered
def opens_comments(text: str) -> bool:
    """Whether a line heads what readers wrote below an article."""
    return bool(_COMMENTS.match(squeeze(text)))


@remembered
def opens_related(text: str) -> bool:
    """Whether a line heads a list of other articles."""
    return bool(_RELATED.match(squeeze(text)))
