/** The bytes of a file, of which any part can be read; what Parquet needs, whose directory stands at the end. */
export interface FileBytes {
  byteLength: number;
  /** @returns fewer bytes where the file has become shorter */
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

/** The part of an open file that is needed here, as Node's `FileHandle` has it. */
interface OpenFile {
  read(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
}

/** Gives the bytes of an open file part by part. */
export const fileBytes = (file: OpenFile, byteLength: number): FileBytes => ({
  byteLength,
  async slice(start, end = byteLength) {
    const bytes = new Uint8Array(end - start);
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done);
      if (bytesRead === 0) return bytes.buffer.slice(0, done);
      done += bytesRead;
    }
    return bytes.buffer;
  },
});
