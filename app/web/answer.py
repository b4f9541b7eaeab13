"""The two shapes of an answer: a value, or a refusal with its code."""

from typing import Any, TypeVar

import msgspec
from quart import Response, request

from app import words
from app.chat import json_faults, protocol
from app.chat.errors import STATUS_BY_CODE, Refusal
from app.web.context import language

T = TypeVar("T")


def ok(value: Any = None, *, msg: str = "ok", **more: Any) -> Response:
    """`{"msg", "value"}`, and whatever else belongs beside them."""
    return Response(protocol.encode({"msg": msg, "value": value, **more}), content_type="application/json")


def refused(refusal: Refusal) -> Response:
    """`{"code", "msg", "inner"}` and the details, with the code's status, in the language of whoever asked."""
    body = {"code": refusal.code, "msg": words.sentence(refusal, language()), "inner": None, **refusal.detail}
    response = Response(protocol.encode(body), status=refusal.status, content_type="application/json")
    if "retry_ms" in refusal.detail:
        response.headers["Retry-After"] = str(-(-int(str(refusal.detail["retry_ms"])) // 1000))
    return response


def by_status(status: int) -> Refusal:
    """The refusal for an error the framework found."""
    codes = {404: "not_found", 405: "method_not_allowed", 408: "request_timeout", 413: "too_large", 500: "internal"}
    code = codes.get(status, "bad_request")
    return Refusal(code if code in STATUS_BY_CODE else "bad_request")


async def body(kind: type[T]) -> T:
    """The request's JSON as `kind`. Raises Refusal bad_request, naming the field where it is one's."""
    payload = await request.get_data(as_text=False) or b"{}"
    try:
        found = msgspec.json.decode(payload, type=kind)
        json_faults.refuse_twins(payload)
    except json_faults.TwinKey as twin:
        raise Refusal("bad_request", field=str(twin)) from None
    except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors, and so are those of Unicode
        field = json_faults.field(str(error))
        raise Refusal("bad_request", **({"field": field} if field else {})) from None
    return found
