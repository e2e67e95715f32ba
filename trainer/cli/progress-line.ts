import type { WriteStream } from "node:tty";
import type { LoadProgress } from "../models/fetch-progress";
import { widthOf } from "./print-progress";

/** The parts of a progress report that are shown. */
export type ShownProgress = Pick<LoadProgress, "message" | "bytes" | "totalBytes">;

/**
 * Shows the progress of getting or writing a model: one live line on a terminal; in a file one line for each message,
 * without percentages.
 */
export function createProgressLine(stream: WriteStream): { show: (progress: ShownProgress) => void; end: () => void } {
  let last = "";
  let live = false;
  return {
    show({ message, bytes, totalBytes }) {
      if (stream.isTTY) {
        const share = totalBytes ? ` ${Math.floor((100 * (bytes ?? 0)) / totalBytes)} %` : "";
        stream.write(`\r\u001b[2K${(message + share).slice(0, widthOf(stream) - 1)}`);
        live = true;
      } else if (message !== last) stream.write(`${message}\n`);
      last = message;
    },
    end() {
      if (live) stream.write("\r\u001b[2K");
      live = false;
    },
  };
}
