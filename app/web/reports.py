"""What happened in the shop: figures for people and for spreadsheets, and a visitor's earlier conversations."""

from datetime import date, timedelta

from quart import Blueprint, Response, request

from app.chat import protocol
from app.chat.episodes import Episode
from app.chat.errors import Refusal
from app.chat.figures import MAX_DAYS, Figures, Span, Table
from app.store.sessions import Session
from app.web import spreadsheet
from app.web.answer import ok
from app.web.context import language, node
from app.web.conversations import known
from app.web.session import current_session
from app.web.zone import zone
from app.zones import called

blueprint = Blueprint("reports", __name__)

_FIRST_YEAR, _LAST_YEAR = 2000, 9000  # so that no time zone leads out of the calendar


@blueprint.get("/v1/reports")
async def reports() -> Response:
    """The figures of the days `from` to `to` in the time zone `tz`, as JSON or as a table for a spreadsheet."""
    session = current_session()
    span = _span()
    table = Table(span)
    for day in span.days:  # one after the other: of a quarter of a year there are many
        table.add(await node().reports.day(day))
    agents = _agents(table, session)
    if request.args.get("format") == "csv":
        return _csv(table, agents)
    return ok(
        {
            "from": span.first,
            "to": span.last,
            "tz": called(span.zone),
            "now": node().dashboard.now(),
            "total": table.total,
            "hours": [{"at": at.isoformat(), **_fields(figures)} for at, figures in table.hours()],
            "triggers": [{"id": id, **figures} for id, figures in table.triggers.items()],
            "agents": [{"uid": uid, "nickname": name, **_fields(figures)} for uid, name, figures in agents],
        }
    )


def _fields(figures: Figures) -> dict[str, object]:
    return {name: getattr(figures, name) for name in Figures.__struct_fields__}


def _agents(table: Table, session: Session) -> list[tuple[str, str, Figures]]:
    """Uid, name and figures of the agents that this one may look at: an administrator everybody's, others their own."""
    names = {uid: agent.nickname for uid, agent in node().team.agents.items()}
    seen = table.agents if session.role == "admin" else {session.uid: table.agents.get(session.uid, Figures())}
    rows = [(uid, names.get(uid, uid), figures) for uid, figures in seen.items()]
    return sorted(rows, key=lambda row: (-row[2].from_team, row[1]))


def _csv(table: Table, agents: list[tuple[str, str, Figures]]) -> Response:
    kind = request.args.get("table", "days")
    if kind == "agents":
        rows = [([name], figures) for _, name, figures in agents]
    elif kind == "days":
        rows = [([day.isoformat()], figures) for day, figures in table.days()]
    elif kind == "hours":
        rows = [([at.strftime("%Y-%m-%d"), at.strftime("%H:%M")], figures) for at, figures in table.hours()]
    else:
        raise Refusal("bad_request", field="table")
    name = f"{kind}-{request.args['from']}-{request.args['to']}.csv"
    content = spreadsheet.write(kind, rows, language())
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type="text/csv; charset=utf-8", headers=headers)


# -- what is asked for ------------------------------------------------------------------------------------------------


def _span() -> Span:
    first, last = _date("from"), _date("to")
    if not timedelta() <= last - first < timedelta(days=MAX_DAYS):
        raise Refusal("bad_span", limit=MAX_DAYS)
    return Span(first, last, zone())


def _date(name: str) -> date:
    try:
        found = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        raise Refusal("bad_request", field=name) from None
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise Refusal("bad_request", field=name)
    return found


# -- a visitor's earlier conversations --------------------------------------------------------------------------------


@blueprint.get("/v1/conversations/<uid>/episodes")
async def episodes(uid: str) -> Response:
    """The finished episodes of a conversation, newest first."""
    found = await node().conversations.episodes(await known(uid))
    return ok([{**_episode(episode), "rating": rating} for episode, rating in found])


def _episode(episode: Episode) -> dict[str, object]:
    agent = node().team.agents.get(episode.agent)
    return {
        "first": episode.first,
        "last": episode.last,
        "begun": protocol.timestamp(episode.begun),
        "ended": protocol.timestamp(episode.ended),
        "by": {"uid": episode.agent, "nickname": agent.nickname if agent else ""},
        "messages": episode.messages,
    }
