"""Builds notify from its settings: the only place where its parts are made and put together."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

from fastapi import FastAPI

from contracts.topics import DISPATCHES, PARTITIONS, RULINGS, TOPIC_CONFIG
from directory.contacts_file import ContactsFile
from directory.copy import running_copy
from eventlog.log import provisioning
from eventlog.log.kafka import KafkaLog
from eventlog.log.log import Log
from eventlog.owner.assignment import Assignment
from eventlog.owner.group_assignment import GroupAssignment
from services.notify import ops
from services.notify.delivery.channels.channel import Channel
from services.notify.delivery.channels.smtp import SmtpChannel, SmtpServer
from services.notify.delivery.sender import Sender
from services.notify.delivery.state import RetryPolicy
from services.notify.dispatch.context import DeliveryTerms, DispatchContext
from services.notify.dispatch.workers import Workers
from services.notify.notices.directory import ContactSource, Directory
from services.notify.notices.gatherer import Gatherer
from services.notify.runtime import Runtime
from services.notify.settings import NotifySettings
from web.operator_door import guarded


def delivery_terms(settings: NotifySettings) -> DeliveryTerms:
    """How deliveries are claimed and retried."""
    return DeliveryTerms(
        lease=timedelta(seconds=settings.lease),
        skew=timedelta(seconds=settings.skew),
        retry=RetryPolicy(
            max_tries=settings.max_tries,
            first=timedelta(seconds=settings.retry_first),
            longest=timedelta(seconds=settings.retry_longest),
        ),
    )


def mail_channel(settings: NotifySettings) -> SmtpChannel:
    """The mail channel."""
    server = SmtpServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        username=settings.smtp_username or None,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
        sender_name=settings.mail_from_name,
        sender_address=settings.mail_from,
        timeout=settings.smtp_timeout,
    )
    return SmtpChannel(server, settings.log)


def runtime(
    log: Log, assignment: Assignment, directory: Directory, senders: Mapping[str, Sender], settings: NotifySettings
) -> Runtime:
    """The parts of one process on a log."""
    gatherer = Gatherer(log)
    context = DispatchContext(
        log_id=settings.log,
        token=secrets.token_hex(8),
        log=log,
        gatherer=gatherer,
        directory=directory,
        senders=senders,
        prefixes=settings.prefixes,
        terms=delivery_terms(settings),
        now=partial(datetime.now, UTC),
    )
    return Runtime(
        log=log,
        gatherer=gatherer,
        workers=Workers(context, assignment),
        senders=senders,
        directory=directory,
        stop_seconds=settings.stop_seconds,
    )


def sender(channel: Channel, settings: NotifySettings) -> Sender:
    """The sender of a channel."""
    return Sender(channel, settings.smtp_concurrency, settings.smtp_backlog)


@contextlib.asynccontextmanager
async def contacts(settings: NotifySettings) -> AsyncIterator[ContactSource]:
    """The file of contacts where one is named, else a copy of the directory. Raises OSError, DirectoryFault."""
    if settings.directory is not None:
        yield ContactsFile(settings.directory)
    else:
        async with running_copy(settings.database_url, settings.directory_copy) as copy:
            yield copy


def build(settings: NotifySettings) -> FastAPI:
    """The application; nothing connects before it is started."""
    wanted = provisioning.specs((RULINGS, DISPATCHES), PARTITIONS, TOPIC_CONFIG, prefix=settings.topic_prefix)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        assignment = GroupAssignment(settings.kafka, "notify", DISPATCHES, settings.session_timeout)
        channel = mail_channel(settings)
        senders = {channel.name: sender(channel, settings)}
        async with contacts(settings) as source:
            running = runtime(KafkaLog(settings.kafka), assignment, Directory(source), senders, settings)
            running.topics = partial(provisioning.require, settings.bootstrap_servers, wanted)
            app.state.runtime = running
            await running.open()
            yield
            await running.stop()

    app = FastAPI(
        title="亮灯 · notify", version="1", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.include_router(ops.router)
    return guarded(app)
