"""Many vote for half a minute, and comments must still be acknowledged soon."""

import http.client
import json
from itertools import islice, product

from benchmarks.crowd import Broken, Crowd, Feed
from benchmarks.plan import OURS, Figures, Plan, started
from benchmarks.service import RESIDENT, Service

RATE = 2_000
"""Ballots cast in a second."""

SECONDS = 30
SUPPORTED = 20
"""Comments that every ballot supports, in turn."""

COMMENTS = 10
"""Comments sent in a second meanwhile."""

ADDRESSES = "32"
"""The service lets one network send 6,000 at once and 100 a second: 32 of them may cast what is cast here."""


def measure(plan: Plan) -> Figures:
    """One run."""
    seconds, rate = plan.size(SECONDS, 2), plan.size(RATE, 500)
    with started(OURS, comments=SUPPORTED) as (service, folder):
        assert isinstance(service, Service)
        service.approve(SUPPORTED)
        votes = _votes(service, seconds * rate)
        lines = plan.size(10_000, 1_000)
        with (
            Crowd(service.port, RESIDENT, lines, options=("-a", ADDRESSES)) as crowd,
            service.crowd(COMMENTS) as authors,
        ):
            crowd.open()
            authors.open()
            epoch = service.epoch
            writing = Feed(authors, "send", lambda number: service.comment(number, epoch), folder)
            writing.next = SUPPORTED
            crowd.begin(f"send {seconds + 10} {service.write(votes)} 0 {rate} 0")
            written = writing.window([], COMMENTS, seconds)
            cast = crowd.result()
    found = {
        "acknowledged": written.published["answers"]["p99"],
        "unanswered": written.published["sent"] - written.published["acked"],
        "cast": cast["sent"],
        "counted": cast["acked"],
        "a ballot": cast["answers"]["p99"],
        "seconds": cast["seconds"],
    }
    plan.say(
        f"{found['counted']:,} of {found['cast']:,} ballots counted; comments acknowledged in "
        f"{found['acknowledged']:.0f} ms at p99"
    )
    return {OURS: found}


def _votes(service: Service, count: int) -> list[str]:
    """Frames that cast so many different ballots, in an order in which every comment gets some all the time."""
    epoch = service.epoch
    ballots = _ballots(service, epoch, -(-count // SUPPORTED))
    pairs = islice(product(ballots, service.comments[:SUPPORTED]), count)
    return [
        json.dumps({"type": "support_comment", "ref": str(ref), "epoch": epoch, "comment": comment, "ballot": ballot})
        for ref, (ballot, comment) in enumerate(pairs)
    ]


def _ballots(service: Service, epoch: str, count: int) -> list[str]:
    """So many ballots, issued one after the other. Raises `Broken` if the service issues none."""
    line = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
    issued = []
    for _ in range(count):
        body = json.dumps({"epoch": epoch})
        line.request("POST", "/m/dialog/ballot", body, {"Content-Type": "application/json"})
        answer = line.getresponse()
        said = answer.read()
        if answer.status != 201:
            raise Broken(f"no ballot was issued: HTTP {answer.status}")
        issued.append(str(json.loads(said)["ballot"]))
    line.close()
    return issued
