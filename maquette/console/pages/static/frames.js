// Frames as they come over the WebSocket. The format is written down in the server's module of the same name.

const VERSION = 1;

/** Read a binary frame: `{sequence, servos: degrees[], pixels: Uint8Array}`, or null when it is of another version. */
export function readFrame(buffer) {
  const view = new DataView(buffer);
  if (view.getUint8(0) !== VERSION) return null;
  const servoCount = view.getUint8(1);
  const servos = Array.from({ length: servoCount }, (_, i) => view.getInt16(8 + 2 * i, true) / 100);
  const pixels = new Uint8Array(buffer, 8 + 2 * servoCount, 3 * view.getUint16(2, true));
  return { sequence: view.getUint32(4, true), servos, pixels };
}
