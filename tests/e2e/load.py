"""Clients that keep a server busy, and count what became of their requests."""

import collections
import socket
import threading

from digitd import START_SECONDS


class Connection:
    """A client's connection over TCP (host, port) or a Unix socket (path)."""

    def __init__(self, address, timeout=START_SECONDS):
        if isinstance(address, tuple):
            self.socket = socket.create_connection(address, timeout)
        else:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(timeout)
            self.socket.connect(str(address))
        self.received = b""

    def send(self, request):
        self.socket.sendall(request)

    def _receive(self):
        piece = self.socket.recv(65536)
        if not piece:
            raise EOFError(f"closed after {len(self.received)} bytes of an answer")
        self.received += piece

    def answer(self):
        """(status, head, body) of the next answer, which has a Content-Length."""
        while b"\r\n\r\n" not in self.received:
            self._receive()
        head, rest = self.received.split(b"\r\n\r\n", 1)
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        size = int(fields[b"content-length"])
        while len(self.received) < len(head) + 4 + size:
            self._receive()
        rest = self.received[len(head) + 4 :]
        self.received = rest[size:]
        return int(head[9:12]), fields, rest[:size]

    def ask(self, request):
        self.send(request)
        return self.answer()

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.close()


class Load:
    """Clients that send `requests` in turn until they are stopped, have sent `total`, or are refused.

    A client that keeps its connection makes another one when an answer says that it is closed. Its request is
    refused if the connection cannot be made, and lost if it was made and ended without a whole answer.
    """

    def __init__(self, address, requests, clients=4, keep_alive=False, total=None):
        self.address = address
        self.requests = requests
        self.keep_alive = keep_alive
        self.share = total // clients if total is not None else None
        self.answers = collections.Counter()  # of each status
        self.refused = []
        self.lost = []
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self.threads = [threading.Thread(target=self._run, args=(i,), daemon=True) for i in range(clients)]
        for thread in self.threads:
            thread.start()

    def _may_send(self, sent):
        return not self._stopping.is_set() and (self.share is None or sent < self.share)

    def _connect(self):
        try:
            return Connection(self.address)
        except OSError as error:
            self.refused.append(error)
            return None

    def _ask(self, connection, request):
        """The connection if it can be used again, else None."""
        status, fields, _ = connection.ask(request)
        with self._lock:
            self.answers[status] += 1
        if self.keep_alive and fields.get(b"connection") != b"close":
            return connection
        connection.close()
        return None

    def _run(self, index):
        connection = None
        sent = 0
        while self._may_send(sent):
            connection = connection or self._connect()
            if connection is None:
                return
            request = self.requests[(index + sent) % len(self.requests)]
            sent += 1
            try:
                connection = self._ask(connection, request)
            except (OSError, EOFError) as error:
                self.lost.append(error)
                return
        if connection is not None:
            connection.close()

    @property
    def count(self):
        return sum(self.answers.values())

    def stop(self):
        self._stopping.set()
        self.wait()

    def wait(self, seconds=600):
        for thread in self.threads:
            thread.join(seconds)
            assert not thread.is_alive()
