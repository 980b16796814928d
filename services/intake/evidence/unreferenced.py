"""Files that no submission on the log cites go after a day; what one cites is never deleted.

A file may be cited for as long as `citable_for` after it was brought, and it is cleared away `MARGIN` later at the
earliest, by citations that were read up to the end of the log as it was then: an append that was on its way has arrived
or failed by that time (the producer gives up after 20 s). A file goes by way of `cleared/`; whoever brings it again
meanwhile leaves a fresh mark before looking whether it is there, and a fresh mark brings it back.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Final

from contracts.topics import PARTITIONS, SUBMISSIONS
from eventlog.log.log import Log, LogUnavailable
from services.intake.evidence.citations import CitationsFeed, EvidenceCitations
from services.intake.evidence.objects import DRAFT, EvidenceObjects, StoredObject
from services.intake.evidence.store import SHA256, EvidenceStore, path_of
from services.intake.problem import IntakeProblem

MARGIN: Final = timedelta(hours=1)
EVERY: Final = timedelta(hours=1)
_CLEARED: Final = "cleared"
_HEX_DIGITS: Final = 64
_log = logging.getLogger(__name__)


class UnreferencedFiles:
    """One task that clears them away; several instances do no harm to each other."""

    def __init__(
        self,
        objects: EvidenceObjects,
        store: EvidenceStore,
        citations: EvidenceCitations,
        feed: CitationsFeed,
        log: Log,
        citable_for: timedelta,
        prepared: Callable[[], Awaitable[Collection[str]]],
    ) -> None:
        """`prepared` tells what waits for a signature and cites files that no submission does yet."""
        self._objects = objects
        self._store = store
        self._citations = citations
        self._feed = feed
        self._log = log
        self._prepared = prepared
        self._age = (citable_for + MARGIN).total_seconds()

    async def run(self) -> None:
        """Every hour, until cancelled."""
        while True:
            try:
                if gone := await self.clear(time.time()):
                    _log.info("evidence: %d files that nothing cites were deleted", gone)
            except (IntakeProblem, LogUnavailable, OSError) as error:
                _log.warning("evidence: what nothing cites was not cleared away: %s", error)
            await asyncio.sleep(EVERY.total_seconds())

    async def clear(self, now: float) -> int:
        """Clear away what is old enough at the Unix time `now`; how many files went.

        None goes while the citations are not known up to the end of the log.
        """
        self._drop_drafts(now)
        old = [sha256 for sha256, lying in (await self._files()).items() if self._is_old(lying, now)]
        if not old or not await self._caught_up():
            return 0
        gone, prepared = 0, await self._prepared()
        for sha256 in old:
            if sha256 in prepared or self._citations.is_cited(sha256):
                await self._objects.move(f"{_CLEARED}/{sha256}", path_of(sha256))  # a run before was broken off
            elif await self._clear_one(sha256, now):
                gone += 1
        return gone

    async def _clear_one(self, sha256: str, now: float) -> bool:
        path, aside = path_of(sha256), f"{_CLEARED}/{sha256}"
        self._store.forget(sha256)
        await self._objects.move(path, aside)
        lying = (await self._files(path.partition("/")[0])).get(sha256, [])
        if not self._is_old(lying, now):
            await self._objects.move(aside, path)
            return False
        await self._objects.delete([one.path for one in lying])
        await self._objects.delete([aside])
        return True

    async def _caught_up(self) -> bool:
        """Whether the citations have been read up to the end of the log as it is now."""
        ends = [await self._log.end(SUBMISSIONS, partition) for partition in range(PARTITIONS)]
        read = [self._citations.position((SUBMISSIONS, partition)) for partition in range(PARTITIONS)]
        return not self._feed.problems and all(here >= end for here, end in zip(read, ends, strict=True))

    async def _files(self, folder: str | None = None) -> Mapping[str, Sequence[StoredObject]]:
        """What lies under each hash: the file, its marks, what was made of it."""
        found: dict[str, list[StoredObject]] = defaultdict(list)
        async for some in self._objects.listed(folder):
            for one in some:
                sha256 = one.path.rpartition("/")[2][:_HEX_DIGITS]
                if SHA256.fullmatch(sha256):
                    found[sha256].append(one)
        return found

    def _is_old(self, lying: Collection[StoredObject], now: float) -> bool:
        return all(now - one.written >= self._age for one in lying if not _is_made(one.path))

    def _drop_drafts(self, now: float) -> None:
        """What an upload left that was killed."""
        for draft in self._objects.folder.glob(f"{DRAFT}*"):
            if now - draft.stat().st_mtime >= self._age:
                draft.unlink(missing_ok=True)


def _is_made(path: str) -> bool:
    """Whether this was made of the file, at any time after it came: a picture of a page."""
    return ".page-" in path
