"""Supervise a device: open it, read it, and reopen it with back-off for as long as the process lives."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from drivers.errors import DeviceError, DeviceLost, DeviceMisconfigured, DeviceStalled
from pipelines.backoff import BackOff
from pipelines.devices.device_state import DeviceCondition, DeviceState

log = logging.getLogger(__name__)

SampleT = TypeVar("SampleT", covariant=True)
FormatT = TypeVar("FormatT", covariant=True)
S = TypeVar("S")
F = TypeVar("F")

READ_TIMEOUT_S = 0.5
STALLED_TOO_LONG_S = 4.0
SILENT_S = 2.0
WATCHDOG_S = 1.0
HUNG_S = 10.0
# A lesson is short: a device that is plugged in again is found within this, give or take the jitter.
MAX_RETRY_S = 2.0
UNFIT_RETRY_S = 30.0


class ReopenableDevice(Protocol[SampleT, FormatT]):
    """What cameras, microphones and clicker receivers have in common; see ``drivers.protocols``."""

    def open(self) -> FormatT:
        """Start the device."""

    def read(self, timeout_s: float) -> SampleT:
        """The next sample."""

    def close(self) -> None:
        """Release the device."""


class PrerollBuffer(Protocol[S]):
    """The last samples of a device, kept for a listener that is attached later."""

    @property
    def oldest_ns(self) -> int | None:
        """Capture time of the oldest usable sample; None while there is none."""

    def push(self, sample: S, /, *, is_delivered: bool) -> None:
        """Add the next sample; one that ``is_delivered`` is kept only if later ones need it to be decoded."""

    def snapshot(self) -> list[S]:
        """The samples, oldest first."""

    def clear(self) -> None:
        """Drop all samples."""


class DeviceSupervisor(Generic[S, F]):
    """Keep one device delivering to at most one listener; any thread may attach, detach and read ``condition``.

    A device that hangs in a call for ``HUNG_S`` is abandoned with its thread, and a new one is made: only
    ``check_watchdog``, called periodically from another thread, can notice that. ``delivered_count`` counts samples.
    """

    def __init__(
        self,
        role: str,
        make: Callable[[], ReopenableDevice[S, F]],
        on_change: Callable[[str, DeviceCondition[F]], None],
        preroll: PrerollBuffer[S] | None = None,
    ) -> None:
        self.role = role
        self.condition: DeviceCondition[F] = DeviceCondition(DeviceState.OPENING)
        self.delivered_count = 0
        self._make = make
        self._on_change = on_change
        self._listener: Callable[[F, S], None] | None = None
        self._format: F | None = None
        self._preroll = preroll
        self._is_preroll_suspended = False
        self._delivery = threading.Lock()
        self._lock = threading.Lock()
        self._retry = threading.Event()
        self._closing = False
        self._watched_ns = self._scheduled_ns = time.monotonic_ns()
        self._worker: _Worker[S, F] | None = None

    def start(self) -> None:
        """Begin to open the device, in a thread of its own."""
        self._start(_Worker(self, self._make()))

    def attach(
        self, listener: Callable[[F, S], None], make_room_for: Callable[[Sequence[S]], None] | None = None
    ) -> None:
        """Give ``listener`` the pre-roll, and then every sample as it comes. It must not block.

        It also gets the format, the same object until the device has been reopened. ``make_room_for`` gets the whole
        pre-roll before it is delivered.
        """
        with self._delivery:
            if self._preroll is not None and self._format is not None:
                samples = self._preroll.snapshot()
                if make_room_for is not None:
                    make_room_for(samples)
                for sample in samples:
                    listener(self._format, sample)
            self._listener = listener

    def detach(self) -> None:
        """Stop delivering; samples go to the pre-roll only."""
        self._listener = None

    @property
    def preroll_start_ns(self) -> int | None:
        """Capture time of the oldest sample of the pre-roll; None where it is empty or there is none."""
        with self._delivery:
            return self._preroll.oldest_ns if self._preroll is not None else None

    def preroll_snapshot(self) -> list[S]:
        """What the pre-roll contains, oldest first; empty while it is suspended."""
        with self._delivery:
            return self._preroll.snapshot() if self._preroll is not None else []

    def suspend_preroll(self) -> None:
        """Clear the pre-roll, and keep no sample until ``resume_preroll``."""
        with self._delivery:
            self._is_preroll_suspended = True
            if self._preroll is not None:
                self._preroll.clear()

    def resume_preroll(self) -> None:
        """Keep samples in the pre-roll again."""
        with self._delivery:
            self._is_preroll_suspended = False

    def retry_now(self) -> None:
        """End the back-off at once: something was plugged in."""
        self._retry.set()

    def check_watchdog(self, now_ns: int) -> None:
        """Report a device that does not return from a call as stalled, and replace it after ``HUNG_S``.

        Where nobody checked for ``WATCHDOG_S`` it was this process that got no processor: that is not counted as the
        device's silence.
        """
        if now_ns - self._watched_ns > WATCHDOG_S * 1e9:
            self._scheduled_ns = now_ns
        self._watched_ns = now_ns
        worker = self._worker
        if self._closing or worker is None:
            return
        silent_s = (now_ns - max(worker.alive_ns, self._scheduled_ns)) / 1e9
        if silent_s >= HUNG_S:
            self._abandon(worker)
        elif silent_s >= SILENT_S and self.condition.state is DeviceState.RUNNING:
            stalled = DeviceCondition(DeviceState.STALLED, "the driver does not answer", self.condition.format)
            self.set_condition(worker, stalled)

    def _abandon(self, worker: _Worker[S, F]) -> None:
        log.warning("%s: hangs in the driver and is abandoned with its thread", self.role)
        worker.is_abandoned = True
        hung: DeviceCondition[F] = DeviceCondition(DeviceState.MISSING, "the driver hangs; opening it again")
        self.set_condition(worker, hung, forced=True)
        self.start()

    def lend(self, deadline_s: float = 3.0) -> None:
        """Close the device, so that another process can open it, until ``take_back``. Idempotent.

        ``lend``, ``take_back`` and ``check_watchdog`` are called by one thread at a time.

        One that hangs is left behind after ``deadline_s``.
        """
        worker, self._worker = self._worker, None
        if worker is None:
            return
        worker.is_abandoned = True
        self._retry.set()
        self._close_device(worker, deadline_s)
        self.on_opened()
        self.set_condition(worker, DeviceCondition(DeviceState.LENT, "it is lent to the calibration"), forced=True)

    def take_back(self) -> None:
        """Open the device again after ``lend``, also while its borrower still holds it. Idempotent."""
        if self._worker is None and not self._closing:
            self._retry.clear()
            worker = _Worker(self, self._make())
            self.set_condition(worker, DeviceCondition(DeviceState.OPENING))
            self._start(worker)

    def close(self, deadline_s: float = 3.0) -> None:
        """Stop reading and close the device; one that hangs is left behind after ``deadline_s``. Idempotent."""
        self._closing = True
        self._listener = None
        self._retry.set()
        worker, self._worker = self._worker, None
        if worker is not None:
            self._close_device(worker, deadline_s)

    def _start(self, worker: _Worker[S, F]) -> None:
        self._worker = worker
        worker.thread.start()

    def _close_device(self, worker: _Worker[S, F], deadline_s: float) -> None:
        # In a thread of its own: a device that hangs in one call may hang in this one too.
        closer = threading.Thread(target=worker.device.close, name=f"close-{self.role}", daemon=True)
        closer.start()
        deadline_ns = time.monotonic_ns() + int(deadline_s * 1e9)
        for thread in (worker.thread, closer):
            thread.join(max(0.0, (deadline_ns - time.monotonic_ns()) / 1e9))
        if worker.thread.is_alive() or closer.is_alive():
            log.warning("%s: did not stop within %g s and is left behind", self.role, deadline_s)

    # Called by the worker's thread.

    def is_current(self, worker: _Worker[S, F]) -> bool:
        """Whether this worker should go on."""
        return not self._closing and not worker.is_abandoned

    def deliver(self, form: F, sample: S) -> None:
        """Pass a sample to pre-roll and listener."""
        self.delivered_count += 1
        with self._delivery:
            self._format = form
            listener = self._listener
            if self._preroll is not None and not self._is_preroll_suspended:
                self._preroll.push(sample, is_delivered=listener is not None)
            if listener is not None:
                listener(form, sample)

    def on_opened(self) -> None:
        """Clear the pre-roll: the device begins a new stream."""
        with self._delivery:
            if self._preroll is not None:
                self._preroll.clear()

    def wait_for_retry(self, seconds: float) -> bool:
        """Wait before the next try; true if ``retry_now`` ended the wait."""
        woken = self._retry.wait(seconds)
        if woken and not self._closing:
            self._retry.clear()
        return woken

    def set_condition(self, worker: _Worker[S, F], condition: DeviceCondition[F], *, forced: bool = False) -> None:
        """Publish a changed condition; an abandoned worker's only if ``forced``."""
        with self._lock:
            if (worker.is_abandoned and not forced) or condition == self.condition:
                return
            before, self.condition = self.condition, condition
        if condition.state is not before.state:
            level = logging.INFO if condition.state is DeviceState.RUNNING else logging.WARNING
            log.log(level, "%s: %s %s", self.role, condition.state, condition.reason)
        self._on_change(self.role, condition)


class _Worker(Generic[S, F]):
    """One device and the thread that opens and reads it."""

    def __init__(self, supervisor: DeviceSupervisor[S, F], device: ReopenableDevice[S, F]) -> None:
        self.device = device
        self.is_abandoned = False
        self.alive_ns = time.monotonic_ns()
        self._supervisor = supervisor
        self._backoff = BackOff(max_s=MAX_RETRY_S)
        # A daemon, because a device that hangs for ever must not keep the process alive.
        self.thread = threading.Thread(target=self._run, name=f"device-{supervisor.role}", daemon=True)

    def _run(self) -> None:
        while self._supervisor.is_current(self):
            self._wait(self._run_until_failure())

    def _run_until_failure(self) -> float:
        """Open the device, read it until it fails, and close it; return the seconds to wait before the next try."""
        try:
            self._open_and_read()
        except DeviceMisconfigured as error:
            self._report_failure(DeviceState.UNFIT, error)
            return UNFIT_RETRY_S
        except DeviceError as error:
            self._report_failure(DeviceState.MISSING, error)
            return self._backoff.next_delay_s()
        except BaseException as error:
            # A bug in a driver, or a panic of its library, ends this device's turn and not the process.
            log.error("%s: its driver failed", self._supervisor.role, exc_info=error)
            lost = DeviceLost(self._supervisor.role, f"its driver failed: {error!r}")
            self._report_failure(DeviceState.MISSING, lost)
            return self._backoff.next_delay_s()
        finally:
            self.device.close()
        return 0.0

    def _open_and_read(self) -> None:
        self._mark_alive()
        form = self.device.open()
        self._supervisor.on_opened()
        running: DeviceCondition[F] = DeviceCondition(DeviceState.RUNNING, "", form)
        stalled_since_ns: int | None = None
        while self._supervisor.is_current(self):
            self._mark_alive()
            try:
                sample = self.device.read(READ_TIMEOUT_S)
            except DeviceStalled as error:
                stalled_since_ns = stalled_since_ns or time.monotonic_ns()
                self._supervisor.set_condition(self, DeviceCondition(DeviceState.STALLED, error.reason, form))
                if time.monotonic_ns() - stalled_since_ns > STALLED_TOO_LONG_S * 1e9:
                    raise DeviceLost(self._supervisor.role, error.reason) from error
                continue
            if not self._supervisor.is_current(self):
                return
            stalled_since_ns = None
            self._backoff.reset()
            if self._supervisor.condition is not running:
                self._supervisor.set_condition(self, running)
            self._supervisor.deliver(form, sample)

    def _report_failure(self, state: DeviceState, error: DeviceError) -> None:
        if self._supervisor.is_current(self):
            self._supervisor.set_condition(self, DeviceCondition(state, error.reason))

    def _wait(self, seconds: float) -> None:
        deadline_ns = time.monotonic_ns() + int(seconds * 1e9)
        while self._supervisor.is_current(self) and (left := deadline_ns - time.monotonic_ns()) > 0:
            self._mark_alive()
            if self._supervisor.wait_for_retry(min(left / 1e9, 1.0)):
                return

    def _mark_alive(self) -> None:
        self.alive_ns = time.monotonic_ns()
