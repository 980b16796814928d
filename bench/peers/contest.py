"""One contestant, one run: started on topics of its own, looked at from outside, its answers counted, cleared away."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator, Sequence
from subprocess import Popen

from kafka.admin import KafkaAdminClient

from bench.figures import Rate
from bench.logs import BOOTSTRAP_MILLISECONDS
from bench.peers.answers import AnswerTopic, CommittedAnswers, Look
from bench.peers.contestants import OURS, Contestant, Run
from bench.peers.feed import Feed
from contracts.topics import PARTITIONS, RULINGS, TOPIC_CONFIG
from embedded.child_process import last_lines, spawn, stop
from eventlog.log import provisioning

STOP_SECONDS = 30


async def contest(contestant: Contestant, run: Run, feed: Feed) -> Rate:
    """Submissions per second behind the warm-up. Raises RuntimeError with its log's end: it did not do its work."""
    await _topics(contestant, run, feed)
    log = run.folder / "log"
    ruled = contestant.rule != "trivial"
    wanted = feed.ruled if ruled else feed.asked
    try:
        with _running(contestant, run) as process:
            async with AnswerTopic(run.bootstrap, run.answers) as topic:
                looks = await topic.looks(process, wanted.total())
                answered = await topic.read(wanted, ruled=ruled)
    except RuntimeError as error:
        raise RuntimeError(f"{contestant.key}: {error}\n{last_lines(log)}") from error
    finally:
        _clear(run)
    return rate(looks, answered, feed.warm)


def rate(looks: Sequence[Look], answered: CommittedAnswers, warm: int) -> Rate:
    """What lies between the first look behind the warm-up and the last one. Raises RuntimeError: that is one look."""
    done = [answered.submissions(look.ends) for look in looks]
    first = next(number for number, count in enumerate(done) if count >= warm)
    if first == len(looks) - 1:
        raise RuntimeError(f"{done[-1]} submissions were answered too soon to be measured")
    number = done[-1] - done[first]
    seconds = looks[-1].seconds - looks[first].seconds
    return Rate(number / seconds, number / (looks[-1].cpu_seconds - looks[first].cpu_seconds))


async def _topics(contestant: Contestant, run: Run, feed: Feed) -> None:
    if contestant.name == OURS:
        await feed.append(run.bootstrap, f"{run.name}-")
        return
    wanted = provisioning.specs((RULINGS,), PARTITIONS, TOPIC_CONFIG, prefix=f"{run.name}-")
    provisioning.apply(run.bootstrap, wanted, bootstrap_timeout_ms=BOOTSTRAP_MILLISECONDS)


@contextlib.contextmanager
def _running(contestant: Contestant, run: Run) -> Iterator[Popen[bytes]]:
    run.folder.mkdir(parents=True, exist_ok=True)
    started = contestant.start(run)
    process = spawn(started.command, log=run.folder / "log", env=started.env, folder=run.folder)
    try:
        yield process
    finally:
        stop(process, signal.SIGTERM, STOP_SECONDS)


def _clear(run: Run) -> None:
    """Delete its topics, changelogs included: the next run is to find the broker as this one did."""
    admin = KafkaAdminClient(bootstrap_servers=run.bootstrap, bootstrap_timeout_ms=BOOTSTRAP_MILLISECONDS)
    try:
        admin.delete_topics([topic for topic in admin.list_topics() if run.name in topic])
    finally:
        admin.close()
