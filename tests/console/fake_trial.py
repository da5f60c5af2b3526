"""A stand-in for the process in which documents are tried: it answers with the text it gets, or hangs."""

import contextlib
import sys
from multiprocessing.connection import Connection


def main() -> None:
    connection = Connection(int(sys.argv[1]))
    connection.recv()
    while True:
        text = connection.recv().text
        if text == "hang":
            connection.recv()
        connection.send(text)


if __name__ == "__main__":
    with contextlib.suppress(EOFError, OSError):
        main()
