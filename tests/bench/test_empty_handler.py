#!/usr/bin/python3
"""Sends requests to digitd-empty-handler and checks its answers.

    tests/bench/test_empty_handler.py DIGITD-EMPTY-HANDLER
"""

import http.client
import signal
import subprocess
import sys
import unittest

PROGRAM = ""


class EmptyHandler(unittest.TestCase):
    """Every answer has the number of bytes that the argument says."""

    def test_a_body_is_received_and_answered_with_that_many_bytes(self):
        with subprocess.Popen([PROGRAM, "218"], stdout=subprocess.PIPE, text=True) as server:
            word, port = server.stdout.readline().split()
            self.assertEqual(word, "port")
            connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=10)
            for body in (b"", b"x" * 784, b"x" * 500_000):
                connection.request("POST", "/predict", body)
                answer = connection.getresponse()
                self.assertEqual((answer.status, len(answer.read())), (200, 218))
            connection.close()
            server.send_signal(signal.SIGTERM)
            self.assertEqual(server.wait(10), 0)

    def test_invalid_arguments_are_a_usage_error(self):
        for arguments in ([], ["0"], ["many"], ["65537"], ["1", "2"]):
            done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stdout), (2, ""))


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
