export function pinsOf(prefix: string): string[];
export function downloadPinned(python: string, requirement: string, folder: string): Promise<string>;
export function assertHash(file: string, sha256: string): Promise<void>;
