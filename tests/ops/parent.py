"""A parent for the tests: starts the echoing child, prints the child's process id, then waits to be killed."""

import sys
import threading

from maquette.ops.supervise import Child


def main() -> None:
    def receive(message: object) -> None:
        print(message, flush=True)

    Child("tests.ops.echo", receive, lambda: ["pid"], lambda alert: None).start()
    sys.stdin.read()
    threading.Event().wait()


if __name__ == "__main__":
    main()
