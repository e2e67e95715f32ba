export function rotateLog(file: string, options?: { maxBytes?: number; kept?: number }): boolean;
