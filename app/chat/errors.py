"""Every error a person or a program can be told: its stable code and its HTTP status.

A code is part of the contract and never changes; its words are in the message catalogues (app/words.py).
"""

STATUS_BY_CODE: dict[str, int] = {
    # who is asking
    "no_session": 401,
    "other_session": 401,
    "bad_credentials": 401,
    "bad_identity": 401,
    "forbidden": 403,
    "bad_origin": 403,
    "bad_host": 403,
    "bad_site": 403,
    "bad_nickname": 400,
    "bad_form": 400,
    "nickname_taken": 409,
    "nickname_reserved": 403,
    "weak_password": 400,
    "wrong_password": 403,
    "last_admin": 409,
    "not_yourself": 409,
    "setup_closed": 403,
    # requests
    "bad_request": 400,
    "too_short": 400,
    "not_found": 404,
    "method_not_allowed": 405,
    "request_timeout": 408,
    "too_large": 413,
    "bad_type": 415,
    "internal": 500,
    "draining": 503,
    # conversations
    "unknown_client": 404,
    "unknown_agent": 404,
    "gone": 404,
    "erased": 410,
    "invited": 409,
    "quiet": 409,
    "claimed": 409,
    "visitor_blocked": 409,
    "linked": 409,
    "blocked": 403,
    "link_over": 403,
    "verified": 409,
    "mail_not_set_up": 409,
    "visitor_here": 409,
    "nothing_to_rate": 409,
    "rated": 409,
    "bad_tag": 400,
    "too_many_tags": 409,
    "bad_time": 400,
    "bad_span": 400,
    "bad_zone": 400,
    "not_yours": 403,
    "fenced": 409,
    # settings
    "changed_meanwhile": 409,
    "bad_shop_name": 400,
    "bad_greeting": 400,
    "bad_colour": 400,
    "bad_retention": 400,
    "bad_hours": 400,
    "bad_face": 400,
    "bad_site_address": 400,
    "too_many_sites": 409,
    "too_many_keys": 409,
    "bad_text": 400,
    "bad_shortcut": 400,
    "bad_reply": 400,
    "shortcut_taken": 409,
    "too_many_replies": 409,
    "unknown_reply": 404,
    # frames
    "bad_frame": 400,
    "bad_id": 400,
    "out_of_order": 409,
    "mismatch": 409,
    "bad_file": 400,
    "unknown_tab": 409,
    "too_long": 413,
    "not_joined": 409,
    # files
    "bad_name": 400,
    "too_slow": 408,
    "length_required": 411,
    "file_refused": 422,
    "files_unavailable": 503,
    "files_full": 507,
    # load and weather
    "slow_down": 429,
    "too_many_connections": 429,
    "store_unavailable": 503,
    "store_full": 507,
    "restore_incomplete": 503,
}


class Refusal(Exception):
    """A request that was understood and is refused: `code` for programs, `status` for HTTP, `detail` for the words."""

    def __init__(self, code: str, **detail: object) -> None:
        super().__init__(code)
        self.code = code
        self.status = STATUS_BY_CODE[code]
        self.detail = detail
