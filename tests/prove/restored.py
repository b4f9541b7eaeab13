"""What was told before a restore, judged by the logs that there are after it: the same places, in another epoch."""

import copy
from collections.abc import Collection, Mapping

from tests.prove import checker
from tests.prove.journal import Evidence, Frame, Journal


def judge(
    journals: Collection[Journal], before: Collection[str], logs: Mapping[str, list[Frame]], errors: list[str]
) -> checker.Verdict:
    """Judge what was restored. `journals`: of all who were there; `before`: the ids that were acknowledged before the
    backup began, of which each must be there. What came later may be or not; but what is there is what was told."""
    evidence = Evidence([_carried_over(one, set(before), logs) for one in journals], dict(logs), errors=errors)
    return checker.check(evidence)


def _carried_over(journal: Journal, before: set[str], logs: Mapping[str, list[Frame]]) -> Journal:
    """What a tab wrote down, as far as it must be so in the logs: by the epoch that each log has now."""
    epochs = {uid: log[0]["epoch"] for uid, log in logs.items() if log}
    ends = {uid: len(log) for uid, log in logs.items()}
    carried = copy.deepcopy(journal)
    carried.complete = False
    for id, uid in journal.offered.items():
        if (id in journal.acked and id in before) or (id in journal.acked and journal.acked[id][1] <= ends.get(uid, 0)):
            carried.acked[id] = (epochs.get(uid, 0), journal.acked[id][1])
        else:
            carried.acked.pop(id, None)
            carried.abandoned.add(id)
    for uid, heard in journal.heard.items():
        kept = [one for one in heard if one.seq <= ends.get(uid, 0)]
        carried.heard[uid] = [one._replace(epoch=epochs.get(uid, 0)) for one in kept]
    carried.heard = {uid: heard for uid, heard in carried.heard.items() if heard}
    return carried


def judge_later(
    journals: Collection[Journal], logs: Mapping[str, list[Frame]], ends: Mapping[str, int], errors: list[str]
) -> checker.Verdict:
    """Judge what came after a restore that ended each conversation at `ends`. Nobody was told to have left then."""
    verdict = checker.check(Evidence(list(journals), dict(logs), errors=errors))
    verdict.counts.pop("presence", None)
    verdict.examples.pop("presence", None)
    for uid, log in logs.items():
        checker.presence_events(verdict, uid, log[ends.get(uid, 0) :])
    return verdict
