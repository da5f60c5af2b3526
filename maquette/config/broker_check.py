"""The broker's certificates: where they are, and whether they can serve."""

from pathlib import Path as FilePath

from maquette.config.documents import InstallationMqttDocument, MqttDocument
from maquette.config.draft import Draft
from maquette.config.yaml import reason_of
from maquette.core.message import Message, message

_FILES = ("ca", "certificate", "key")


def with_absolute_files(broker: MqttDocument, folder: FilePath) -> MqttDocument:
    """Return a broker as a feed needs it, its files with absolute paths; relative ones are read from ``folder``."""
    told = {name: getattr(broker, name) for name in MqttDocument.model_fields}
    files = {name: str((folder / told[name]).absolute()) for name in _FILES if told[name] is not None}
    return MqttDocument(**{**told, **files})


def check_certificates(draft: Draft, written: InstallationMqttDocument, broker: MqttDocument) -> None:
    """Report the files of the installation's broker that cannot serve.

    Args:
        draft: the config document.
        written: the broker as it stands there.
        broker: the same with absolute paths.
    """
    for name in _FILES:
        reason = None if getattr(broker, name) is None else _fault(broker, name)
        if reason is not None:
            draft.report("E257", ("mqtt", name), name=getattr(written, name), reason=reason)
            return  # a key without its certificate says no more


def _fault(broker: MqttDocument, name: str) -> Message | None:
    import ssl  # noqa: PLC0415 - only here, and start-up is counted in milliseconds

    context, file = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), FilePath(getattr(broker, name))
    try:
        file.read_bytes()  # says why not, which OpenSSL does not
        if name == "key" and broker.certificate is not None:
            # An empty password: a locked key is an error, not a question on a terminal.
            context.load_cert_chain(broker.certificate, file, password="")
        else:
            context.load_verify_locations(file)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            return message("other_key")
        return message("no_key") if name == "key" else message("no_certificate")
    except (OSError, ValueError) as error:
        return reason_of(error)
    return None
