"""Reaches the installed kernel in every way that Jupyter has, and prints one line of JSON for each.

    python transports.py [NAME ...]

Each line is {"test": name, "outcome": "passed" | "failed", "detail": text}. The clients are
jupyter_client's own; where it has none, for the registration handshake, a ZeroMQ socket as the
protocol describes it.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import socket
import stat
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import zmq
from jupyter_client import BlockingKernelClient, KernelManager
from jupyter_client.kernelspec import KernelSpecManager

PATIENCE = 60
"""Seconds for something that is to happen."""
SILENCE = 1500
"""Milliseconds for something that is not to happen."""
KEY = "a secret of the tests"


@contextlib.contextmanager
def kernel(**traits) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """A kernel as jupyter_client starts it, and a client that is ready."""
    manager = KernelManager(kernel_name="weft", **traits)
    manager.start_kernel()
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=PATIENCE)
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=False)


def run(client: BlockingKernelClient, code: str, **options) -> tuple[str, str]:
    """Runs a cell: the status of its reply, and what it printed and gave."""
    shown = []

    def output(message: dict) -> None:
        content = message["content"]
        if message["msg_type"] == "stream":
            shown.append(content["text"])
        elif message["msg_type"] == "execute_result":
            shown.append(content["data"]["text/plain"])

    reply = client.execute_interactive(code, timeout=PATIENCE, output_hook=output, **options)
    return reply["content"]["status"], "".join(shown)


def works(client: BlockingKernelClient) -> None:
    """Every channel of the client does what it is for."""
    assert run(client, 'System.out.println("printed"); 6 * 7') == ("ok", "printed\n42")

    def answer(_: dict) -> None:
        client.input("Ada")

    asked = run(
        client,
        "new Scanner(System.in).nextLine()",
        allow_stdin=True,
        stdin_hook=answer,
    )
    assert asked == ("ok", "Ada"), asked
    control = client.session.msg("kernel_info_request")
    client.control_channel.send(control)
    assert client.get_control_msg(timeout=PATIENCE)["msg_type"] == "kernel_info_reply"
    beats(client)


def beats(client: BlockingKernelClient) -> None:
    """Waits for a heartbeat: the client sends one a second, and the first may have come before the kernel."""
    deadline = time.monotonic() + PATIENCE
    while not client.hb_channel.is_beating():
        assert time.monotonic() < deadline, "no heartbeat"
        time.sleep(0.1)


def plain_tcp() -> None:
    with kernel() as (manager, client):
        assert "curve_publickey" not in json.loads(Path(manager.connection_file).read_text())
        works(client)


def encrypted() -> None:
    with kernel(transport_encryption="auto") as (manager, client):
        written = json.loads(Path(manager.connection_file).read_text())
        assert len(written["curve_publickey"]) == len(written["curve_secretkey"]) == 40
        works(client)
        manager.restart_kernel(now=False)
        client.wait_for_ready(timeout=PATIENCE)
        works(client)


def encryption_required() -> None:
    with kernel(transport_encryption="required") as (_, client):
        works(client)


def encrypted_heartbeat_of_jupyter() -> None:
    with kernel(transport_encryption="auto") as (_, client):
        context = zmq.Context()
        beat = context.socket(zmq.REQ)
        beat.linger = 0
        beat.rcvtimeo = PATIENCE * 1000
        beat.curve_publickey, beat.curve_secretkey = zmq.curve_keypair()
        beat.curve_serverkey = client.curve_publickey
        beat.connect(client._make_url("hb"))
        beat.send(b"ping")
        assert beat.recv() == b"ping"
        context.destroy(linger=0)


def without_keys_nothing_is_heard() -> None:
    """Not without a key, nor with the wrong one, nor in an older version of ZeroMQ's protocol."""
    with kernel(transport_encryption="auto") as (_, client):
        context = zmq.Context()
        strangers = []
        for serverkey in (None, zmq.curve_keypair()[0]):
            for channel, kind in (
                ("iopub", zmq.SUB),
                ("shell", zmq.DEALER),
                ("control", zmq.DEALER),
                ("stdin", zmq.DEALER),
                ("hb", zmq.REQ),
            ):
                stranger = context.socket(kind)
                stranger.linger = 0
                if serverkey:
                    stranger.curve_publickey, stranger.curve_secretkey = zmq.curve_keypair()
                    stranger.curve_serverkey = serverkey
                if kind == zmq.SUB:
                    stranger.subscribe(b"")
                stranger.connect(client._make_url(channel))
                if channel == "hb":
                    stranger.send(b"ping")
                elif channel in ("shell", "control"):
                    # signed as it should be: it is the encryption that keeps the stranger out
                    client.session.send(stranger, "kernel_info_request")
                strangers.append(stranger)
        old = {version: old_subscriber(client, version) for version in (0, 1, 2)}
        assert run(client, 'System.out.println("a secret")') == ("ok", "a secret\n")
        for stranger in strangers:
            assert not stranger.poll(SILENCE // len(strangers)), stranger.recv_multipart()
        for version, raw in old.items():
            heard = bytearray()
            raw.settimeout(SILENCE / 1000)
            with contextlib.suppress(TimeoutError, ConnectionError):
                while part := raw.recv(65536):
                    heard += part
            assert b"secret" not in heard and len(heard) <= 64, (version, bytes(heard))
            raw.close()
        context.destroy(linger=0)
        works(client)


def old_subscriber(client: BlockingKernelClient, version: int) -> socket.socket:
    """A subscriber that speaks an old version of ZeroMQ's protocol, which knows no encryption."""
    raw = socket.create_connection((client.ip, client.iopub_port))
    if version == 0:
        raw.sendall(b"\x01\x00" + b"\x02\x00\x01")
    else:
        raw.sendall(b"\xff" + b"\0" * 8 + b"\x7f" + bytes([version, 2]) + b"\x00\x00" + b"\x00\x01\x01")
    return raw


def one_key_is_refused() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "kernel.json")
        fields = dict.fromkeys(("shell_port", "control_port", "stdin_port", "iopub_port", "hb_port"), 1)
        fields |= {"ip": "127.0.0.1", "transport": "tcp", "key": KEY, "curve_publickey": zmq.curve_keypair()[0].decode()}
        file.write_text(json.dumps(fields))
        process = launch(file)
        said = process.communicate(timeout=PATIENCE)[0]
        assert process.returncode == 2, said
        assert "`curve_secretkey` is missing" in said, said


def ipc() -> None:
    with tempfile.TemporaryDirectory() as folder:
        with kernel(transport="ipc", ip=str(Path(folder, "kernel-ipc"))) as (manager, client):
            works(client)
            sockets = [file for file in Path(folder).iterdir() if stat.S_ISSOCK(file.stat().st_mode)]
            assert len(sockets) == 5, sockets
            assert {stat.S_IMODE(file.stat().st_mode) for file in sockets} == {0o600}
            manager.restart_kernel(now=False)
            client.wait_for_ready(timeout=PATIENCE)
            works(client)
        assert not list(Path(folder).iterdir())


def encrypted_ipc() -> None:
    with tempfile.TemporaryDirectory() as folder:
        with kernel(
            transport="ipc", ip=str(Path(folder, "kernel-ipc")), transport_encryption="required"
        ) as (_, client):
            works(client)
        assert not list(Path(folder).iterdir())


def ipc_of_a_killed_kernel_is_taken_over() -> None:
    """A restart after kill -9 meets the socket files of the kernel before."""
    with tempfile.TemporaryDirectory() as folder:
        with kernel(transport="ipc", ip=str(Path(folder, "kernel-ipc"))) as (manager, client):
            manager.restart_kernel(now=True)
            client.wait_for_ready(timeout=PATIENCE)
            works(client)
        assert not list(Path(folder).iterdir())


def launch(file: Path) -> subprocess.Popen:
    argv = KernelSpecManager().get_kernel_spec("weft").argv
    command = [argument.replace("{connection_file}", str(file)) for argument in argv]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def sign(*frames: bytes) -> bytes:
    mac = hmac.new(KEY.encode(), digestmod=hashlib.sha256)
    for frame in frames:
        mac.update(frame)
    return mac.hexdigest().encode()


def registration_file(folder: str, address: str, **fields) -> Path:
    file = Path(folder, "registration.json")
    port = int(address.rpartition(":")[2])
    file.write_text(
        json.dumps(
            {"transport": "tcp", "registration_port": port, "signature_scheme": "hmac-sha256", "key": KEY} | fields
        )
    )
    return file


def registered(ports: dict, process: subprocess.Popen) -> None:
    """The kernel behind these ports works, and ends when it is asked to."""
    client = BlockingKernelClient()
    client.load_connection_info(
        {"ip": "127.0.0.1", "transport": "tcp", "key": KEY, "signature_scheme": "hmac-sha256"}
        | {name: int(port) for name, port in ports.items() if name.endswith("_port")}
        | {name: key for name, key in ports.items() if name.startswith("curve_")}
    )
    client.start_channels()
    try:
        client.wait_for_ready(timeout=PATIENCE)
    except RuntimeError:  # without a manager it takes a first heartbeat that is late for the kernel's death
        beats(client)
        client.wait_for_ready(timeout=PATIENCE)
    works(client)
    client.shutdown()
    assert process.wait(timeout=PATIENCE) == 0, process.stdout.read()
    client.stop_channels()


def registration() -> None:
    """The handshake of protocol 5.6: the kernel chooses its ports and says them to a ROUTER."""
    with tempfile.TemporaryDirectory() as folder, zmq.Context() as context, context.socket(zmq.ROUTER) as launcher:
        port = launcher.bind_to_random_port("tcp://127.0.0.1")
        file = registration_file(folder, f":{port}", kernel_id="the-kernel", registration_ip="127.0.0.1")
        process = launch(file)
        assert launcher.poll(PATIENCE * 1000), process.communicate(timeout=PATIENCE)
        identity, delimiter, signature, content = launcher.recv_multipart()
        assert delimiter == b"<IDS|MSG>"
        assert signature == sign(content)
        ports = json.loads(content)
        assert ports.pop("kernel_id") == "the-kernel"
        assert set(ports) == {"shell_port", "control_port", "stdin_port", "iopub_port", "hb_port"}
        assert all(isinstance(port, str) for port in ports.values())
        launcher.send_multipart([identity, b"<IDS|MSG>", sign(b"ACK"), b"ACK"])

        # other front ends find the kernel by a connection file
        published = Path(folder, "kernel-the-kernel.json")
        client = BlockingKernelClient()
        for _ in range(PATIENCE * 10):
            if published.exists():
                break
            process.poll()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
        client.load_connection_file(str(published))
        assert str(client.shell_port) == ports["shell_port"]
        assert stat.S_IMODE(published.stat().st_mode) == 0o600

        registered(ports, process)
        assert sorted(os.listdir(folder)) == ["registration.json"]


def registration_with_positron() -> None:
    """The handshake of Positron, which is older: a whole message to a REP socket."""
    with tempfile.TemporaryDirectory() as folder, zmq.Context() as context, context.socket(zmq.REP) as launcher:
        port = launcher.bind_to_random_port("tcp://127.0.0.1")
        process = launch(registration_file(folder, f":{port}", ip="127.0.0.1"))
        assert launcher.poll(PATIENCE * 1000), process.communicate(timeout=PATIENCE)
        delimiter, signature, header, parent, metadata, content = launcher.recv_multipart()
        assert delimiter == b"<IDS|MSG>"
        assert signature == sign(header, parent, metadata, content)
        assert json.loads(header)["msg_type"] == "handshake_request"
        ports = json.loads(content)
        assert all(isinstance(port, int) for port in ports.values())
        reply = [
            json.dumps({"msg_type": "handshake_reply", "msg_id": "1"}).encode(),
            header,
            b"{}",
            json.dumps({"status": "ok", "error": None, "capabilities": {}}).encode(),
        ]
        launcher.send_multipart([b"<IDS|MSG>", sign(*reply), *reply])
        registered(ports, process)


def encrypted_registration() -> None:
    """Keys in a registration file are for the kernel's five sockets."""
    with tempfile.TemporaryDirectory() as folder, zmq.Context() as context, context.socket(zmq.ROUTER) as launcher:
        port = launcher.bind_to_random_port("tcp://127.0.0.1")
        public, secret = (key.decode() for key in zmq.curve_keypair())
        file = registration_file(
            folder,
            f":{port}",
            kernel_id="k",
            registration_ip="127.0.0.1",
            curve_publickey=public,
            curve_secretkey=secret,
        )
        process = launch(file)
        assert launcher.poll(PATIENCE * 1000), process.communicate(timeout=PATIENCE)
        identity, _, _, content = launcher.recv_multipart()
        launcher.send_multipart([identity, b"<IDS|MSG>", sign(b"ok"), b"ok"])
        registered(json.loads(content) | {"curve_publickey": public, "curve_secretkey": secret}, process)


def registration_refused(reply: list[bytes] | None, reason: str) -> None:
    """A kernel whose registration is not acknowledged ends, and says why."""
    with tempfile.TemporaryDirectory() as folder, zmq.Context() as context, context.socket(zmq.ROUTER) as launcher:
        launcher.linger = 0
        port = launcher.bind_to_random_port("tcp://127.0.0.1")
        process = launch(registration_file(folder, f":{port}", kernel_id="k", registration_ip="127.0.0.1"))
        assert launcher.poll(PATIENCE * 1000)
        identity = launcher.recv_multipart()[0]
        if reply:
            launcher.send_multipart([identity, *reply])
        said = process.communicate(timeout=PATIENCE)[0]
        assert process.returncode == 3, (process.returncode, said)
        assert reason in said and f"127.0.0.1:{port}" in said and said.count("\n") == 1, said
        assert os.listdir(folder) == ["registration.json"]


def registration_without_receipt() -> None:
    registration_refused(None, "acknowledged nothing")


def registration_with_a_forged_receipt() -> None:
    registration_refused([b"<IDS|MSG>", b"0" * 64, b"ACK"], "the signature is wrong")


TESTS = [
    plain_tcp,
    encrypted,
    encryption_required,
    encrypted_heartbeat_of_jupyter,
    without_keys_nothing_is_heard,
    one_key_is_refused,
    ipc,
    encrypted_ipc,
    ipc_of_a_killed_kernel_is_taken_over,
    registration,
    registration_with_positron,
    encrypted_registration,
    registration_without_receipt,
    registration_with_a_forged_receipt,
]


def main(names: list[str]) -> None:
    for test in TESTS:
        if names and test.__name__ not in names:
            continue
        outcome = {"test": test.__name__, "outcome": "passed", "detail": ""}
        try:
            test()
        except Exception:  # noqa: BLE001 - whatever it is, it is what the test found
            outcome |= {"outcome": "failed", "detail": traceback.format_exc()}
        print(json.dumps(outcome), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
