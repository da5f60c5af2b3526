"""A child for the tests: echoes what it hears; ``("die", code)`` ends it, ``"pid"`` tells its process id."""

import os
import threading

from maquette.ops.mailbox import Channel, inherited_channel


def main() -> None:
    def receive(message: object) -> None:
        match message:
            case ("die", int(code)):
                os._exit(code)
            case "pid":
                channel.post(os.getpid())
            case _:
                channel.post(("echo", message))

    channel: Channel = inherited_channel(receive)
    channel.start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
