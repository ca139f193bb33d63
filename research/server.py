"""A digitd that scripts start, post pictures to and end."""

import http.client
import json
import os
import subprocess
import sys

ANSWER_SECONDS = 60


class Server:
    """A digitd of a build folder with one worker on a free port, and one connection to it; ends the program if it
    does not start."""

    def __init__(self, build, model, options=()):
        self.process = subprocess.Popen(
            [build / "server/digitd", "--listen", "127.0.0.1:0", "--workers", "1", "--access-log", "false",
             "--model", model, *options], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            event = json.loads(line)
            if event["msg"] == "listening":
                self.connection = http.client.HTTPConnection("127.0.0.1", event["port"], timeout=ANSWER_SECONDS)
                return
        sys.exit(f"{os.path.basename(sys.argv[0])}: {build}/server/digitd does not start")

    def post(self, picture, query=""):
        """The status and the JSON of the answer to a picture; `query` is empty or begins with "?"."""
        self.connection.request("POST", f"/predict{query}", picture, {"Content-Type": "image/*"})
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
