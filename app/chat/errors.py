"""Every error a person or a program can be told: its stable code, its HTTP status and its words.

A code is part of the contract and never changes; the words are for people and may. Sentences say what to do next.
"""

from typing import NamedTuple


class _Error(NamedTuple):
    status: int
    en: str
    zh: str


CATALOGUE: dict[str, _Error] = {
    # who is asking
    "no_session": _Error(401, "Please log in first.", "请先登录。"),
    "bad_credentials": _Error(
        401, "The name or the password is wrong. Please try again.", "名称或密码不正确，请重试。"
    ),
    "forbidden": _Error(403, "You may not do this.", "你没有权限进行此操作。"),
    "bad_origin": _Error(403, "This request came from another site and was refused.", "请求来自其他网站，已被拒绝。"),
    "bad_host": _Error(
        403,
        "This server does not answer to that name. Add it under hosts: in the configuration.",
        "服务器不使用该域名。请在配置的 hosts: 中添加。",
    ),
    "bad_nickname": _Error(
        400,
        "Please choose a name of 2 to 20 characters that can be seen.",
        "请使用 2 到 20 个可见字符的昵称。",
    ),
    "nickname_taken": _Error(
        409, "Somebody already uses this name. Please choose another.", "这个昵称已有人使用，请换一个。"
    ),
    "nickname_reserved": _Error(
        403, "This name is kept for the team. Please choose another.", "这个昵称保留给客服使用，请换一个。"
    ),
    "weak_password": _Error(400, "Please choose a password of at least 10 characters.", "密码至少需要 10 个字符。"),
    "setup_closed": _Error(
        403,
        "This set-up link is no longer valid. Restart chatadmin and use the link it prints.",
        "此设置链接已失效。请重启 chatadmin 并使用新打印的链接。",
    ),
    # requests
    "bad_request": _Error(400, "The request could not be understood.", "无法理解该请求。"),
    "not_found": _Error(404, "There is nothing at this address.", "此地址没有内容。"),
    "method_not_allowed": _Error(405, "This address does not take that kind of request.", "此地址不支持该请求方式。"),
    "request_timeout": _Error(408, "The request took too long to arrive.", "请求超时。"),
    "too_large": _Error(413, "The request is too large.", "请求内容过大。"),
    "internal": _Error(500, "Something went wrong on our side. Please try again.", "服务器出了点问题，请重试。"),
    "draining": _Error(503, "The server is restarting. Please try again in a moment.", "服务器正在重启，请稍后重试。"),
    # conversations
    "unknown_client": _Error(404, "There is no visitor of that name.", "没有这位访客。"),
    "unknown_agent": _Error(404, "There is no agent of that name.", "没有这位客服。"),
    "claimed": _Error(409, "{holder} is already talking to this visitor.", "{holder} 正在接待这位访客。"),
    "visitor_blocked": _Error(409, "This visitor is blocked. Unblock them first.", "该访客已被屏蔽，请先取消屏蔽。"),
    "blocked": _Error(
        403,
        "You cannot write here any more. Please contact the shop another way.",
        "你无法在此继续发言，请通过其他方式联系商家。",
    ),
    "bad_tag": _Error(400, "A tag has 1 to 30 characters.", "标签应为 1 到 30 个字符。"),
    "too_many_tags": _Error(
        409, "This conversation has as many tags as fit. Remove one first.", "此会话的标签已满，请先移除一个。"
    ),
    "bad_time": _Error(400, "Please choose a time in the next 90 days.", "请选择未来 90 天内的时间。"),
    "not_yours": _Error(403, "Take this conversation before you answer.", "请先接待此会话再回复。"),
    "fenced": _Error(
        409,
        "This conversation is no longer yours. Your text was not sent.",
        "此会话已不由你接待，消息未发送。",
    ),
    # frames
    "bad_frame": _Error(400, "The frame is not valid: {field}.", "数据帧无效：{field}。"),
    "bad_id": _Error(400, "The id must be <tab>.<n>.", "id 的格式应为 <tab>.<n>。"),
    "out_of_order": _Error(409, "Message {expected} is expected next.", "接下来应为第 {expected} 条消息。"),
    "mismatch": _Error(409, "Another message was already sent with this id.", "该 id 已用于另一条消息。"),
    "unknown_tab": _Error(409, "The count of this tab is not known any more.", "此标签页的计数已失效。"),
    "too_long": _Error(413, "The message is too long: at most {limit} characters.", "消息过长：最多 {limit} 个字符。"),
    "not_joined": _Error(409, "Join this conversation first.", "请先加入此会话。"),
    # load and weather
    "slow_down": _Error(429, "That was a little fast. Please wait a moment.", "操作过快，请稍候。"),
    "too_many_connections": _Error(
        429, "Too many connections are open. Close some and try again.", "打开的连接过多，请关闭一些后重试。"
    ),
    "store_unavailable": _Error(
        503,
        "The chat cannot be reached right now. Please try again in a moment.",
        "暂时无法连接聊天服务，请稍后重试。",
    ),
    "store_full": _Error(
        507,
        "The store is full. Nothing was lost; please tell the shop.",
        "存储空间已满，内容没有丢失，请告知商家。",
    ),
}

LANGUAGES = ("en", "zh")


def message(code: str, language: str, **detail: object) -> str:
    """The sentence for `code` in `language` ("en" or "zh"; anything else reads English), with `detail` filled in."""
    error = CATALOGUE[code]
    return (error.zh if language == "zh" else error.en).format(**detail)


class Refusal(Exception):
    """A request that was understood and is refused: `code` for programs, `status` for HTTP, `detail` for the words."""

    def __init__(self, code: str, **detail: object) -> None:
        super().__init__(code)
        self.code = code
        self.status = CATALOGUE[code].status
        self.detail = detail

    def message(self, language: str) -> str:
        """The sentence for a person reading `language`."""
        return message(self.code, language, **self.detail)
