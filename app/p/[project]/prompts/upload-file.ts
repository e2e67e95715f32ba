import { pathsOf } from "@/domain/paths";
import type { ImportFile } from "./import-file";

export interface Upload {
  /** Resolves with the import that the file became. */
  done: Promise<string>;
  abort(): void;
}

/**
 * Sends a file's bytes. `XMLHttpRequest` is used because `fetch` does not tell how far a body has been sent.
 * @param onProgress takes the number of bytes sent so far
 */
export function uploadFile(slug: string, file: ImportFile, onProgress: (sent: number) => void): Upload {
  const request = new XMLHttpRequest();
  const done = new Promise<string>((resolve, reject) => {
    request.upload.addEventListener("progress", ({ loaded }) => onProgress(loaded));
    request.addEventListener("load", () => {
      const answer = request.status === 200 ? importIdOf(request.responseText) : null;
      if (answer) resolve(answer);
      else reject(new Error(request.responseText.trim() || `The server answered with status ${request.status}.`));
    });
    request.addEventListener("error", () => reject(new Error(LOST)));
    request.addEventListener("abort", () => reject(new DOMException("The upload was stopped.", "AbortError")));
  });
  request.open("POST", pathsOf(slug).files.upload({ name: file.fileName, hint: file.hint }));
  request.setRequestHeader("content-type", "application/octet-stream");
  request.send(file.content);
  return { done, abort: () => request.abort() };
}

const LOST = "The upload broke off. Check the connection and choose the file again.";

function importIdOf(answer: string): string | null {
  try {
    const { importId } = JSON.parse(answer) as { importId?: unknown };
    return typeof importId === "string" ? importId : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null; // something between the browser and the server has answered
    throw error;
  }
}
