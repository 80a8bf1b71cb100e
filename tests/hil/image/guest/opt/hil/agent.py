"""Does what a test asks through the virtio port, one JSON line each, side by side.

A command costs an emulated machine a process; to look at a file or to ask a socket costs it nothing.
"""

import json
import os
import socket
import subprocess
import threading
import time

PORT = "/dev/virtio-ports/org.hil.agent"


def run(request: dict) -> dict:
    """What came of one command: its exit code, or -1 where it had no end in time."""
    try:
        done = subprocess.run(
            ["bash", "-c", request["command"]],
            input=request["input"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=request["timeout_s"],
        )
    except subprocess.TimeoutExpired as late:
        return {"code": -1, "out": "", "err": str(late)}
    return {"code": done.returncode, "out": done.stdout, "err": done.stderr}


def ask(request: dict) -> dict:
    """What a Unix socket answers to one line."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(request["timeout_s"])
        line.connect(request["socket"])
        line.sendall(request["line"].encode() + b"\n")
        return {"code": 0, "out": line.makefile().readline(), "err": ""}


def read(request: dict) -> dict:
    """What a file says."""
    with open(request["file"], errors="replace") as file:
        return {"code": 0, "out": file.read(), "err": ""}


def done(request: dict) -> dict:
    """What came of a request; code 1 where the system refused it."""
    act = run if "command" in request else ask if "socket" in request else read
    try:
        return act(request)
    except OSError as error:
        return {"code": 1, "out": "", "err": str(error)}


class Port:
    """The guest's end of the line; whole lines leave it, whoever writes."""

    def __init__(self) -> None:
        while not os.path.exists(PORT):
            time.sleep(0.1)
        self._port = os.open(PORT, os.O_RDWR)
        self._lock = threading.Lock()

    def say(self, message: dict) -> None:
        data = json.dumps(message).encode() + b"\n"
        with self._lock:
            while data:
                data = data[os.write(self._port, data) :]

    def lines(self):
        pending = b""
        while True:
            data = os.read(self._port, 65536)
            if not data:  # nobody at the other end
                time.sleep(0.1)
            *whole, pending = (pending + data).split(b"\n")
            yield from whole


def answer(port: Port, request: dict) -> None:
    """Do one thing and say what came of it."""
    port.say({"id": request["id"], **done(request)})


def main() -> None:
    port = Port()
    port.say({"id": "hello"})
    for line in port.lines():
        try:
            request = json.loads(line)
        except ValueError:  # what was under way when the machine was photographed
            continue
        threading.Thread(target=answer, args=(port, request), daemon=True).start()


main()
