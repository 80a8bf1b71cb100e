"""A device in its role: opened, read, and opened again for as long as the process lives."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from drivers.errors import DeviceError, DeviceLost, DeviceMisconfigured, DeviceStalled
from pipelines.backoff import BackOff

log = logging.getLogger(__name__)

SampleT = TypeVar("SampleT", covariant=True)
FormatT = TypeVar("FormatT", covariant=True)
S = TypeVar("S")
F = TypeVar("F")

READ_S = 0.5
STALLED_TOO_LONG_S = 4.0
SILENT_S = 2.0
WATCH_S = 1.0
HUNG_S = 10.0
# A lesson is short: what is plugged in again is found within this, give or take the jitter.
REOPEN_S = 2.0
UNFIT_AGAIN_S = 30.0


class DeviceHealth(StrEnum):
    """How a device does: ``unfit`` waits for a person, the others mend themselves."""

    OPENING = "opening"
    RUNNING = "running"
    STALLED = "stalled"
    MISSING = "missing"
    UNFIT = "unfit"


class ReopenableDevice(Protocol[SampleT, FormatT]):
    """What cameras and microphones have in common."""

    def open(self) -> FormatT:
        """Start it."""

    def read(self, timeout_s: float) -> SampleT:
        """The next sample."""

    def close(self) -> None:
        """Let it go."""


class Backlog(Protocol[S]):
    """What is kept of a device's samples for somebody who begins to listen later."""

    @property
    def since_ns(self) -> int | None:
        """From which capture time on; None while nothing is kept."""

    def feed(self, sample: S, /, *, taken: bool) -> None:
        """The next sample; ``taken``: somebody has it, so it is kept only as far as those after it need it."""

    def recall(self) -> list[S]:
        """What is kept, in its order."""

    def forget(self) -> None:
        """Keep nothing of what came up to now."""


@dataclass(frozen=True, slots=True)
class DeviceCondition(Generic[FormatT]):
    """What is known of a source now: health, the sentence that says why, and the format while it runs."""

    health: DeviceHealth
    reason: str = ""
    format: FormatT | None = None


class DeviceSupervisor(Generic[S, F]):
    """Keeps one device delivering to whoever listens; any thread may attach, detach and ask.

    A device that hangs in a call is abandoned with its thread after ``HUNG_S``, and a new
    one is made: only ``watch``, called now and then from outside, can notice.
    """

    def __init__(
        self,
        role: str,
        make: Callable[[], ReopenableDevice[S, F]],
        on_change: Callable[[str, DeviceCondition[F]], None],
        memory: Backlog[S] | None = None,
    ) -> None:
        self.role = role
        self.condition: DeviceCondition[F] = DeviceCondition(DeviceHealth.OPENING)
        self.delivered = 0
        self._make = make
        self._on_change = on_change
        self._listener: Callable[[F, S], None] | None = None
        self._form: F | None = None
        self._memory = memory
        self._blind = False
        self._delivery = threading.Lock()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._closing = False
        self._watched_ns = self._awake_ns = time.monotonic_ns()
        self._worker: _Worker[S, F] | None = None

    def start(self) -> None:
        """Begin to open the device, in a thread of its own."""
        self._worker = _Worker(self, self._make())
        self._worker.thread.start()

    def attach(self, listener: Callable[[F, S], None], expect: Callable[[Sequence[S]], None] | None = None) -> None:
        """Give ``listener`` what is remembered, and from the next sample on each as it comes. It must not wait.

        It also gets the format, the same object until the device has been opened again. ``expect`` is told
        what is remembered before it comes, all at once.
        """
        with self._delivery:
            if self._memory is not None and self._form is not None:
                remembered = self._memory.recall()
                if expect is not None:
                    expect(remembered)
                for sample in remembered:
                    listener(self._form, sample)
            self._listener = listener

    def detach(self) -> None:
        """Samples go nowhere again."""
        self._listener = None

    @property
    def remembers_since_ns(self) -> int | None:
        """The capture time from which on samples are remembered; None where none are."""
        with self._delivery:
            return self._memory.since_ns if self._memory is not None else None

    def blind(self) -> None:
        """Forget what is remembered, and remember nothing until ``see``. Again: nothing."""
        with self._delivery:
            self._blind = True
            if self._memory is not None:
                self._memory.forget()

    def see(self) -> None:
        """Remember what comes from now on. Again: nothing."""
        with self._delivery:
            self._blind = False

    def wake(self) -> None:
        """Something was plugged in: try again now."""
        self._wake.set()

    def watch(self, now_ns: int) -> None:
        """See that a device does not come back from a call; in the end abandon it and begin with a new one.

        Where nobody watched for a second it was this process that got no processor: that is no device's silence.
        """
        if now_ns - self._watched_ns > WATCH_S * 1e9:
            self._awake_ns = now_ns
        self._watched_ns = now_ns
        worker = self._worker
        if self._closing or worker is None:
            return
        silent_s = (now_ns - max(worker.alive_ns, self._awake_ns)) / 1e9
        if silent_s >= HUNG_S:
            self._abandon(worker)
        elif silent_s >= SILENT_S and self.condition.health is DeviceHealth.RUNNING:
            form = self.condition.format
            self.report(worker, DeviceCondition(DeviceHealth.STALLED, "the driver does not answer", form))

    def _abandon(self, worker: _Worker[S, F]) -> None:
        log.warning("%s: hangs in the driver and is abandoned with its thread", self.role)
        worker.abandoned = True
        self.report(worker, DeviceCondition(DeviceHealth.MISSING, "the driver hangs; opening it again"), forced=True)
        self.start()

    def close(self, deadline_s: float = 3.0) -> None:
        """Stop reading and let the device go; a hung one is left behind. Again: nothing."""
        self._closing = True
        self._listener = None
        self._wake.set()
        worker, self._worker = self._worker, None
        if worker is None:
            return
        # In a thread of its own: what hangs in a call may hang in this one too.
        threading.Thread(target=worker.device.close, name=f"close-{self.role}", daemon=True).start()
        worker.thread.join(deadline_s)
        if worker.thread.is_alive():
            log.warning("%s: did not stop within %g s and is left behind", self.role, deadline_s)

    # What the worker calls.

    def wanted(self, worker: _Worker[S, F]) -> bool:
        """Whether this worker is still the one."""
        return not self._closing and not worker.abandoned

    def deliver(self, form: F, sample: S) -> None:
        """Pass a sample on."""
        self.delivered += 1
        with self._delivery:
            self._form = form
            listener = self._listener
            if self._memory is not None and not self._blind:
                self._memory.feed(sample, taken=listener is not None)
            if listener is not None:
                listener(form, sample)

    def opened(self) -> None:
        """The device begins anew."""
        with self._delivery:
            if self._memory is not None:
                self._memory.forget()

    def rest(self, seconds: float) -> bool:
        """Wait before the next try; true when woken, which ends the waiting."""
        woken = self._wake.wait(seconds)
        if woken and not self._closing:
            self._wake.clear()
        return woken

    def report(self, worker: _Worker[S, F], condition: DeviceCondition[F], *, forced: bool = False) -> None:
        """Publish a changed condition."""
        with self._lock:
            if (worker.abandoned and not forced) or condition == self.condition:
                return
            before, self.condition = self.condition, condition
        if condition.health is not before.health:
            level = logging.INFO if condition.health is DeviceHealth.RUNNING else logging.WARNING
            log.log(level, "%s: %s %s", self.role, condition.health, condition.reason)
        self._on_change(self.role, condition)


class _Worker(Generic[S, F]):
    """One device and the thread that waits for it."""

    def __init__(self, source: DeviceSupervisor[S, F], device: ReopenableDevice[S, F]) -> None:
        self.device = device
        self.abandoned = False
        self.alive_ns = time.monotonic_ns()
        self._source = source
        self._backoff = BackOff(longest_s=REOPEN_S)
        # A daemon, because a device that hangs for ever must not keep the process alive.
        self.thread = threading.Thread(target=self._run, name=f"device-{source.role}", daemon=True)

    def _run(self) -> None:
        while self._source.wanted(self):
            self._pause(self._tried())

    def _tried(self) -> float:
        """Open and read until something is wrong, and let the device go; how many seconds to wait then."""
        try:
            self._open_and_read()
        except DeviceMisconfigured as error:
            self._failed(DeviceHealth.UNFIT, error)
            return UNFIT_AGAIN_S
        except DeviceError as error:
            self._failed(DeviceHealth.MISSING, error)
            return self._backoff.next_s()
        except BaseException as error:
            log.error("%s: its driver failed", self._source.role, exc_info=error)
            self._failed(DeviceHealth.MISSING, DeviceLost(self._source.role, f"its driver failed: {error!r}"))
            return self._backoff.next_s()
        finally:
            self.device.close()
        return 0.0

    def _open_and_read(self) -> None:
        self._touch()
        form = self.device.open()
        self._source.opened()
        running: DeviceCondition[F] = DeviceCondition(DeviceHealth.RUNNING, "", form)
        stalled_since_ns: int | None = None
        while self._source.wanted(self):
            self._touch()
            try:
                sample = self.device.read(READ_S)
            except DeviceStalled as error:
                stalled_since_ns = stalled_since_ns or time.monotonic_ns()
                self._source.report(self, DeviceCondition(DeviceHealth.STALLED, error.reason, form))
                if time.monotonic_ns() - stalled_since_ns > STALLED_TOO_LONG_S * 1e9:
                    raise DeviceLost(self._source.role, error.reason) from error
                continue
            if not self._source.wanted(self):
                return
            stalled_since_ns = None
            self._backoff.reset()
            self._source.report(self, running)
            self._source.deliver(form, sample)

    def _failed(self, health: DeviceHealth, error: DeviceError) -> None:
        if self._source.wanted(self):
            self._source.report(self, DeviceCondition(health, error.reason))

    def _pause(self, seconds: float) -> None:
        deadline_ns = time.monotonic_ns() + int(seconds * 1e9)
        while self._source.wanted(self) and (left := deadline_ns - time.monotonic_ns()) > 0:
            self._touch()
            if self._source.rest(min(left / 1e9, 1.0)):
                return

    def _touch(self) -> None:
        self.alive_ns = time.monotonic_ns()
