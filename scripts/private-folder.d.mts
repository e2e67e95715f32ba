export function closeDataFolder(folder: string, passing?: { uid: number; gid: number }): void;
export function assertOurs(folder: string): void;
export function makeOurs(folder: string): void;
